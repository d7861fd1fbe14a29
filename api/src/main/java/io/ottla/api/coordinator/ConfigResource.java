package io.ottla.api.coordinator;

/**
 * What a configuration belongs to.
 *
 * @param type Kafka's number of the type: {@link #TOPIC}, {@link #BROKER} or another that the protocol knows.
 * @param name the topic's name or the broker's id; empty for all brokers.
 */
public record ConfigResource(byte type, String name) {
    /** The type of topics. */
    public static final byte TOPIC = 2;

    /** The type of brokers. */
    public static final byte BROKER = 4;

    /** The type of groups (KIP-848). */
    public static final byte GROUP = 32;
}
