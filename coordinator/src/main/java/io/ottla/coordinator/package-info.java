/**
 * The coordinators: one runtime, and state machines over logs that it drives.
 *
 * <p>A state machine decides, a {@link io.ottla.coordinator.CoordinatorShard} writes what it decided to the log and replays it,
 * and answers are given when that is committed. What is public here is providers alone.
 */
package io.ottla.coordinator;
