package io.ottla.api.group;

import java.util.UUID;

/**
 * A partition that is asked about.
 *
 * @param topic the topic's name.
 * @param topicId the topic's id, so that what was committed for an older topic of that name is not found; zero for any.
 * @param partition the partition's index.
 */
public record TopicIdPartition(String topic, UUID topicId, int partition) {}
