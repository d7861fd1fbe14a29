package io.ottla.api.storage;

import java.util.UUID;

/**
 * Which partition a log is of. A topic that is deleted and made again has another id, and so has other logs.
 *
 * @param topicId the topic's id.
 * @param topic the topic's name.
 * @param partition the partition's index, from 0.
 */
public record LogId(UUID topicId, String topic, int partition) {
    @Override
    public String toString() {
        return topic + '-' + partition;
    }
}
