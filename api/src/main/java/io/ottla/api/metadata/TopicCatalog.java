package io.ottla.api.metadata;

import io.ottla.api.coordinator.CoordinatorException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Creates, extends and deletes topics.
 *
 * <p><b>Note:</b> thread-safe. Stages are completed as {@link MetadataCoordinator} says, and fail only with a
 * {@link CoordinatorException}.
 */
public interface TopicCatalog {
    /**
     * Creates topics.
     *
     * @param topics the topics to create. The caller has checked what the coordinator does not know, such as the values
     *     of settings.
     * @param validateOnly whether only to check and change nothing.
     * @return a result for each topic, in the same order.
     */
    CompletionStage<List<TopicResult>> create(List<NewTopic> topics, boolean validateOnly);

    /**
     * Deletes topics.
     *
     * @param topicIds the topics' ids.
     * @return a result for each id, in the same order; UNKNOWN_TOPIC_ID for one that does not exist.
     */
    CompletionStage<List<TopicResult>> delete(List<UUID> topicIds);

    /**
     * Adds partitions to a topic.
     *
     * @param topic the topic's name.
     * @param totalCount the new number of partitions.
     * @param validateOnly whether only to check and change nothing.
     * @return the result; INVALID_PARTITIONS if the number is not larger than before.
     */
    CompletionStage<TopicResult> addPartitions(String topic, int totalCount, boolean validateOnly);
}
