/** The coordinators: a runtime for state machines over logs, and the state machines. */
module io.ottla.coordinator {
    requires io.ottla.api;
    requires io.ottla.codec;
    requires org.slf4j;

    provides io.ottla.api.coordinator.GroupCoordinatorProvider with
            io.ottla.coordinator.LogGroupCoordinatorProvider;
}
