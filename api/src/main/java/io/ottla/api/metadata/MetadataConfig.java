package io.ottla.api.metadata;

/**
 * The configuration of metadata. The broker, which defines the keys, fills in defaults.
 *
 * @param partitionsMax {@code ottla.partitions.max}: the most partitions that all topics may have together.
 */
public record MetadataConfig(int partitionsMax) {}
