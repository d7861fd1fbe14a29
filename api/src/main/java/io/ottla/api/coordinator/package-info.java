/** What all coordinators have in common: pure state machines over logs, driven by one agent. */
package io.ottla.api.coordinator;
