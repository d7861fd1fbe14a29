package io.ottla.server.config;

import java.util.List;

/**
 * A key of a resource with its value, for DescribeConfigs and CreateTopics.
 *
 * @param key the key.
 * @param value the effective value, as text; null if there is none or it must not be shown.
 * @param source where the value comes from: one of the constants below.
 * @param origins all values that were set for the key or its synonyms, in order of precedence.
 */
public record DescribedConfig(ConfigKey key, String value, byte source, List<Origin> origins) {
    /** An override of a topic. */
    public static final byte TOPIC = 1;

    /** A value from the configuration file or the command line of the broker. */
    static final byte STATIC_BROKER = 4;

    /** The default value. */
    static final byte DEFAULT = 5;

    /** The level of a logger. */
    public static final byte BROKER_LOGGER = 6;

    /** An override of a subscription. */
    static final byte CLIENT_METRICS = 7;

    /** An override of a group. */
    static final byte GROUP = 8;

    /**
     * A value that was set for a key or a synonym.
     *
     * @param name the key or its synonym.
     * @param value the value, as text; null if it must not be shown.
     * @param source where it was set: one of the constants above.
     */
    public record Origin(String name, String value, byte source) {}
}
