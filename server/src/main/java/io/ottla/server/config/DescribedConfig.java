package io.ottla.server.config;

import java.util.List;

/**
 * A key of some resource with its value, as DescribeConfigs and CreateTopics tell of it.
 *
 * @param key the key.
 * @param value the value that holds, as text; null if there is none or it must not be shown.
 * @param source where the value comes from: one of the numbers below.
 * @param origins all values that were set for the key or its synonyms, the strongest first.
 */
public record DescribedConfig(ConfigKey key, String value, byte source, List<Origin> origins) {
    /** A topic's own setting. */
    public static final byte TOPIC = 1;

    /** The file and options that the broker was started with. */
    static final byte STATIC_BROKER = 4;

    /** The default. */
    static final byte DEFAULT = 5;

    /** The level of a logger. */
    public static final byte BROKER_LOGGER = 6;

    /** A subscription's own setting. */
    static final byte CLIENT_METRICS = 7;

    /** A group's own setting. */
    static final byte GROUP = 8;

    /**
     * A value that was set somewhere.
     *
     * @param name the key or its synonym.
     * @param value the value, as text; null if it must not be shown.
     * @param source where it was set.
     */
    public record Origin(String name, String value, byte source) {}
}
