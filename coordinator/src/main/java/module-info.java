/** The coordinators: a runtime for state machines over logs, and the state machines. */
module io.ottla.coordinator {
    requires io.ottla.api;
    requires org.slf4j;
}
