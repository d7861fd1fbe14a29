/** The common parts of all coordinators: pure state machines over logs, driven by one agent. */
package io.ottla.api.coordinator;
