package io.ottla.api.storage;

import java.util.UUID;

/**
 * The identity of a log, which is that of its partition. A topic that is deleted and created again has another id, and
 * so other logs.
 *
 * @param topicId the topic's id.
 * @param topic the topic's name.
 * @param partition the partition's index, from 0.
 */
public record LogId(UUID topicId, String topic, int partition) {
    // The same as a record's own. Those are built from method handles at their first call, which no AOT cache keeps:
    // more than 10 ms of every start.
    @Override
    public boolean equals(final Object other) {
        return other instanceof final LogId id
                && partition == id.partition
                && topicId.equals(id.topicId)
                && topic.equals(id.topic);
    }

    @Override
    public int hashCode() {
        return (topicId.hashCode() * 31 + topic.hashCode()) * 31 + partition;
    }

    @Override
    public String toString() {
        return topic + '-' + partition;
    }
}
