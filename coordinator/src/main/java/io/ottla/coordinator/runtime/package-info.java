/**
 * Drives state machines over logs, whatever they coordinate. A machine decides, its {@link io.ottla.coordinator.runtime.CoordinatorShard}
 * writes what it decided to the log and replays it, and answers are given when that is committed.
 */
package io.ottla.coordinator.runtime;
