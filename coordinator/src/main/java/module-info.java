/** Contains the coordinators: a runtime for state machines over logs, and the state machines. */
module io.ottla.coordinator {
    requires transitive io.ottla.api;
    requires io.ottla.codec;
    requires re2j;
    requires org.slf4j;

    exports io.ottla.coordinator;

    provides io.ottla.api.group.PartitionAssignor with
            io.ottla.coordinator.group.RangeAssignor,
            io.ottla.coordinator.group.UniformAssignor;
    provides io.ottla.api.group.GroupCoordinatorProvider with
            io.ottla.coordinator.LogGroupCoordinatorProvider;
    provides io.ottla.api.metadata.MetadataCoordinatorProvider with
            io.ottla.coordinator.LogMetadataCoordinatorProvider;
}
