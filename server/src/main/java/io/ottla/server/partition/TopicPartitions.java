package io.ottla.server.partition;

import io.ottla.api.metadata.TopicImage;
import io.ottla.server.config.TopicConfig;

/**
 * A topic's partitions at one moment. Immutable; the partitions are not.
 *
 * @param image the topic.
 * @param config its configuration.
 * @param partitions by their index.
 */
public record TopicPartitions(TopicImage image, TopicConfig config, Partition[] partitions) {
    /**
     * A partition.
     *
     * @param index its index, as it came from a client.
     * @return the partition, or null if there is none of that index.
     */
    public Partition partition(final int index) {
        return index >= 0 && index < partitions.length ? partitions[index] : null;
    }
}
