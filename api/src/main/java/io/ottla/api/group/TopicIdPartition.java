package io.ottla.api.group;

import java.util.UUID;

/**
 * A partition, identified by its topic's id and name.
 *
 * @param topic the topic's name.
 * @param topicId the topic's id, so that offsets of an older topic with the same name are not found; zero for any.
 * @param partition the partition's index.
 */
public record TopicIdPartition(String topic, UUID topicId, int partition) {}
