/** The broker's vocabulary and the SPIs that its parts are plugged in through. */
module io.ottla.api {
    requires transitive org.agrona;
    requires transitive org.slf4j;

    exports io.ottla.api;
    exports io.ottla.api.codec;
    exports io.ottla.api.coordinator;
    exports io.ottla.api.storage;
    exports io.ottla.api.transport;

    uses io.ottla.api.codec.ProtocolCodecProvider;
    uses io.ottla.api.coordinator.GroupAssignor;
    uses io.ottla.api.coordinator.GroupCoordinatorProvider;
    uses io.ottla.api.coordinator.MetadataCoordinatorProvider;
    uses io.ottla.api.storage.StorageProvider;
    uses io.ottla.api.transport.TransportProvider;
}
