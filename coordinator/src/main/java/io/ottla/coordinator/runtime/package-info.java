/**
 * Drives state machines over logs. A machine decides; its {@link io.ottla.coordinator.runtime.CoordinatorShard} writes
 * the decision to the log, replays it when it is committed, and then gives the answer.
 */
package io.ottla.coordinator.runtime;
