package io.ottla.api.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Keeps topics, configurations and producer ids in the log {@code __cluster_metadata}, as records of Kafka's own schemas.
 *
 * <ol>
 *   <li>{@link #open} is called once, first, on the owning agent's thread or before that agent runs; {@link #close} once, at
 *       the end, likewise.
 *   <li>All other methods may be called by any thread. Their stages are completed on the owning agent, after the records
 *       were committed and the {@link MetadataListener} was told, in the order of the calls.
 *   <li>Expected failures are error codes in results. A stage fails only if the log does, with a
 *       {@link CoordinatorException}.
 * </ol>
 */
public interface MetadataCoordinator extends AutoCloseable {
    /**
     * Replays the log, telling the listener of each topic that exists in the end. An empty log is begun with a new cluster
     * id.
     *
     * @param log the log of {@code __cluster_metadata}.
     */
    void open(PartitionLog log);

    /**
     * The metadata as it is now.
     *
     * @return always the same object, whose answers change.
     */
    MetadataView view();

    /**
     * Makes topics.
     *
     * @param topics what to make, with their configurations validated by the caller.
     * @param validateOnly only say what would happen.
     * @return a result for each topic, in the same order.
     */
    CompletionStage<List<TopicResult>> createTopics(List<NewTopic> topics, boolean validateOnly);

    /**
     * Deletes topics.
     *
     * @param topicIds which ones.
     * @return a result for each id, in the same order; UNKNOWN_TOPIC_ID for one that is not there.
     */
    CompletionStage<List<TopicResult>> deleteTopics(List<UUID> topicIds);

    /**
     * Adds partitions to a topic.
     *
     * @param topic the topic's name.
     * @param totalCount how many it shall have.
     * @param validateOnly only say what would happen.
     * @return the result; INVALID_PARTITIONS if the count is not larger than now.
     */
    CompletionStage<TopicResult> createPartitions(String topic, int totalCount, boolean validateOnly);

    /**
     * Changes configurations that were validated by the caller.
     *
     * @param resource whose.
     * @param changes new values by key; a null value takes the key's setting away.
     * @return completes when the change is committed; with UNKNOWN_TOPIC_OR_PARTITION if the topic is not there.
     */
    CompletionStage<ErrorCode> alterConfigs(ConfigResource resource, Map<String, String> changes);

    /**
     * A producer id that was never given out before.
     *
     * @return the id.
     */
    CompletionStage<Long> nextProducerId();

    @Override
    void close();
}
