/** The types that all parts of the broker share, and the SPIs of its replaceable parts. */
module io.ottla.api {
    requires transitive org.agrona;
    requires transitive org.slf4j;
    requires static org.jspecify;

    exports io.ottla.api;
    exports io.ottla.api.codec;
    exports io.ottla.api.coordinator;
    exports io.ottla.api.group;
    exports io.ottla.api.metadata;
    exports io.ottla.api.storage;
    exports io.ottla.api.transport;

    uses io.ottla.api.codec.ProtocolCodecProvider;
    uses io.ottla.api.group.GroupCoordinatorProvider;
    uses io.ottla.api.group.PartitionAssignor;
    uses io.ottla.api.metadata.MetadataCoordinatorProvider;
    uses io.ottla.api.storage.StorageProvider;
    uses io.ottla.api.transport.TransportProvider;
}
