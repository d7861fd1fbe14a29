/** A broker with a storage, a transport and a codec of its own. */
module io.example.parts {
    requires io.ottla.server;
    requires io.ottla.api;
    requires kafka.clients;

    provides io.ottla.api.codec.ProtocolCodecProvider with
            io.example.parts.CountingCodecProvider;
    provides io.ottla.api.storage.StorageProvider with
            io.example.parts.CountingStorageProvider;
    provides io.ottla.api.transport.TransportProvider with
            io.example.parts.CountingTransportProvider;
}
