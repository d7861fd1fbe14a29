/** The common parts of all coordinators: pure state machines over logs, driven by one agent. */
@NullMarked
package io.ottla.api.coordinator;

import org.jspecify.annotations.NullMarked;
