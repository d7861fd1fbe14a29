/** The Kafka wire protocol: messages, record batches, compression. */
module io.ottla.codec {
    requires transitive io.ottla.api;

    exports io.ottla.codec;
    exports io.ottla.codec.message;
    exports io.ottla.codec.record;

    provides io.ottla.api.codec.ProtocolCodecProvider with
            io.ottla.codec.KafkaCodecProvider;
}
