package io.ottla.codec;

import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.ProtocolCodecProvider;

/** Provides the protocol of Apache Kafka under the name {@code kafka}. */
public final class KafkaCodecProvider implements ProtocolCodecProvider {
    /** Does nothing, as a provider must. */
    public KafkaCodecProvider() {}

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public ProtocolCodec create(final int elementsMax) {
        return new KafkaProtocolCodec(elementsMax);
    }
}
