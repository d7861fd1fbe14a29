package io.ottla.api.metadata;

/**
 * What a configuration belongs to.
 *
 * @param type Kafka's number of the type: {@link #TOPIC}, {@link #BROKER} or another that the protocol knows.
 * @param name the topic's name or the broker's id; empty for all brokers.
 */
public record ConfigResource(byte type, String name) implements Comparable<ConfigResource> {
    /** The type of topics. */
    public static final byte TOPIC = 2;

    /** The type of brokers. */
    public static final byte BROKER = 4;

    /** The type of groups (KIP-848). */
    public static final byte GROUP = 32;

    /** Lets hash tables find resources among very many that have the same hash, as a client may choose them. */
    @Override
    public int compareTo(final ConfigResource other) {
        final int order = Byte.compare(type, other.type);
        return order == 0 ? name.compareTo(other.name) : order;
    }
}
