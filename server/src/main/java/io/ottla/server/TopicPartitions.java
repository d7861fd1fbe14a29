package io.ottla.server;

import io.ottla.api.metadata.TopicImage;

/**
 * A topic's partitions at one moment. Immutable; the partitions are not.
 *
 * @param image the topic.
 * @param config its configuration.
 * @param partitions by their index.
 */
record TopicPartitions(TopicImage image, TopicConfig config, Partition[] partitions) {
    /**
     * A partition.
     *
     * @param index its index, as it came from a client.
     * @return the partition, or null if there is none of that index.
     */
    Partition partition(final int index) {
        return index >= 0 && index < partitions.length ? partitions[index] : null;
    }
}
