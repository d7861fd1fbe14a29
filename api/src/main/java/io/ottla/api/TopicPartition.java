package io.ottla.api;

/**
 * A partition, identified by its topic's name and its index.
 *
 * @param topic the topic's name.
 * @param partition the partition's index, from 0.
 */
public record TopicPartition(String topic, int partition) {
    @Override
    public String toString() {
        return topic + '-' + partition;
    }
}
