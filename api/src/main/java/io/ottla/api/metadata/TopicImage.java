package io.ottla.api.metadata;

import java.util.Map;
import java.util.UUID;

/**
 * A topic as it is at one moment. Immutable.
 *
 * @param id its id.
 * @param name its name.
 * @param partitions how many partitions it has.
 * @param configs its settings, apart from defaults.
 */
public record TopicImage(UUID id, String name, int partitions, Map<String, String> configs) {}
