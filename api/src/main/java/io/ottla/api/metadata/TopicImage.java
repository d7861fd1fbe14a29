package io.ottla.api.metadata;

import java.util.Map;
import java.util.UUID;

/**
 * A topic as it is at one moment. Immutable.
 *
 * @param id its id.
 * @param name its name.
 * @param partitions its number of partitions.
 * @param configs its settings, without defaults.
 */
public record TopicImage(UUID id, String name, int partitions, Map<String, String> configs) {}
