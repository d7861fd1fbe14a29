package io.ottla.api.metadata;

import java.util.Map;

/**
 * A topic to be made.
 *
 * @param name its name.
 * @param partitions how many partitions.
 * @param configs its settings, apart from defaults.
 */
public record NewTopic(String name, int partitions, Map<String, String> configs) {}
