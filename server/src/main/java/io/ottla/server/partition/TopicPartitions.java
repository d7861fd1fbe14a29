package io.ottla.server.partition;

import io.ottla.api.metadata.TopicImage;
import io.ottla.server.config.TopicConfig;

/**
 * A snapshot of a topic's partitions. Immutable; the partitions are not.
 *
 * @param image the topic.
 * @param config its configuration.
 * @param partitions by their index.
 */
public record TopicPartitions(TopicImage image, TopicConfig config, Partition[] partitions) {
    /**
     * Returns a partition.
     *
     * @param index its index, as sent by a client.
     * @return the partition, or null if there is none with that index.
     */
    public Partition partition(final int index) {
        return index >= 0 && index < partitions.length ? partitions[index] : null;
    }
}
