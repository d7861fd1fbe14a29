package io.ottla.api.metadata;

/**
 * The resource that a configuration belongs to.
 *
 * @param type Kafka's number of the type: {@link #TOPIC}, {@link #BROKER} or another of the protocol.
 * @param name the topic's name or the broker's id; empty for all brokers.
 */
public record ConfigResource(byte type, String name) implements Comparable<ConfigResource> {
    /** The type of topics. */
    public static final byte TOPIC = 2;

    /** The type of brokers. */
    public static final byte BROKER = 4;

    /** The type of groups (KIP-848). */
    public static final byte GROUP = 32;

    /** Compares resources, so that hash maps stay fast when a client chooses many names with the same hash. */
    @Override
    public int compareTo(final ConfigResource other) {
        final int order = Byte.compare(type, other.type);
        return order == 0 ? name.compareTo(other.name) : order;
    }
}
