package io.ottla.coordinator.metadata;

import io.ottla.api.ConfigException;
import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicResult;
import io.ottla.api.storage.PartitionLog;
import io.ottla.codec.RecordMessage;
import io.ottla.coordinator.runtime.CoordinatorRuntime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Metadata in one log, that is: one shard of the {@link CoordinatorRuntime}. Every change is flushed, as Kafka's controller does
 * it: a block of producer ids that a loss of power takes back would be given out again, and what the second producer writes be
 * dropped as the first one's duplicates.
 */
public final class LogMetadataCoordinator implements MetadataCoordinator {
    /** What Kafka's quorum allows a batch of metadata. */
    private static final int BATCH_BYTES_MAX = 8 << 20;

    /** Names the bound of what all topics may have together. */
    static final String PARTITIONS_MAX = "ottla.partitions.max";

    /** A partition takes 500 bytes of the heap, and 1,200 more once its log is open; the rest is for other things. */
    private static final int PARTITION_BYTES = 4096;

    private static final int PARTITION = 0;

    private final PublishedMetadata published;
    private final MetadataOperations operations;
    private final CoordinatorRuntime<MetadataMachine, RecordMessage> runtime;
    private PartitionLog log;

    public LogMetadataCoordinator(final CoordinatorContext context, final MetadataListener listener) {
        this.published = new PublishedMetadata(listener);
        this.operations = new MetadataOperations(context.nodeId(), partitionsMax(context.properties()));
        this.runtime = new CoordinatorRuntime<>(
                context,
                partition -> log,
                timers -> new MetadataMachine(published, context.random()),
                new MetadataRecordSerde(),
                BATCH_BYTES_MAX,
                true);
    }

    private static int partitionsMax(final Map<String, String> properties) {
        final String text = properties.getOrDefault(PARTITIONS_MAX, "-1").trim();
        final int configured;
        try {
            configured = Integer.parseInt(text);
        } catch (final NumberFormatException e) {
            throw new ConfigException(PARTITIONS_MAX + " must be a number, and is '" + text + "'");
        }
        return configured >= 0
                ? configured
                : (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / PARTITION_BYTES);
    }

    @Override
    public void open(final PartitionLog metadataLog) {
        log = metadataLog;
        runtime.load(PARTITION);
        final CoordinatorException refusal = runtime.refusal(PARTITION);
        if (refusal != null && refusal.error() != ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) {
            throw refusal;
        }
    }

    @Override
    public MetadataView view() {
        return published;
    }

    @Override
    public CompletionStage<List<TopicResult>> createTopics(final List<NewTopic> topics, final boolean validateOnly) {
        final List<NewTopic> copy = List.copyOf(topics);
        return runtime.write(PARTITION, (machine, nowMs) -> operations.createTopics(machine, copy, validateOnly));
    }

    @Override
    public CompletionStage<List<TopicResult>> deleteTopics(final List<UUID> topicIds) {
        final List<UUID> copy = List.copyOf(topicIds);
        return runtime.write(PARTITION, (machine, nowMs) -> operations.deleteTopics(machine, copy));
    }

    @Override
    public CompletionStage<TopicResult> createPartitions(
            final String topic, final int totalCount, final boolean validateOnly) {
        return runtime.write(
                PARTITION, (machine, nowMs) -> operations.createPartitions(machine, topic, totalCount, validateOnly));
    }

    @Override
    public CompletionStage<ErrorCode> alterConfigs(final ConfigResource resource, final Map<String, String> changes) {
        final Map<String, String> copy = new TreeMap<>(changes);
        return runtime.write(PARTITION, (machine, nowMs) -> operations.alterConfigs(machine, resource, copy));
    }

    @Override
    public CompletionStage<Long> nextProducerId() {
        return runtime.write(PARTITION, (machine, nowMs) -> operations.nextProducerId(machine));
    }

    @Override
    public void close() {
        runtime.close();
    }
}
