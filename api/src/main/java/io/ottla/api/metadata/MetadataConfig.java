package io.ottla.api.metadata;

/**
 * What is configured about metadata. Defaults are filled in by the broker, which defines its keys once.
 *
 * @param partitionsMax {@code ottla.partitions.max}: how many partitions all topics may have together.
 */
public record MetadataConfig(int partitionsMax) {}
