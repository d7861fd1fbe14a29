/** The SPIs of the coordinators: pure state machines over a log, driven by one agent. */
package io.ottla.api.coordinator;
