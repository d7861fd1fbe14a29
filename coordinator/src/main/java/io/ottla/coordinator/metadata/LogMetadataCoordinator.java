package io.ottla.coordinator.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.ConfigStore;
import io.ottla.api.metadata.MetadataConfig;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.ProducerIds;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicResult;
import io.ottla.api.storage.PartitionLog;
import io.ottla.codec.RecordMessage;
import io.ottla.coordinator.runtime.CoordinatorRuntime;
import io.ottla.coordinator.runtime.Operation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the metadata in one log, as one shard of the {@link CoordinatorRuntime}. Every change is flushed, as in Kafka's
 * controller: a block of producer ids that is lost in a power failure would be allocated again, and the second
 * producer's records would be dropped as duplicates of the first one's.
 */
public final class LogMetadataCoordinator implements MetadataCoordinator {
    /** The largest batch of metadata in Kafka's quorum. */
    private static final int BATCH_BYTES_MAX = 8 << 20;

    /** The configuration key of the largest number of partitions of all topics. */
    static final String PARTITIONS_MAX = "ottla.partitions.max";

    private static final int PARTITION = 0;

    private final PublishedMetadata published;
    private final CoordinatorRuntime<MetadataMachine, RecordMessage> runtime;
    private final TopicCatalog topics;
    private final ConfigStore configs;
    private final ProducerIds producerIds;
    private PartitionLog log;

    /**
     * Creates a coordinator that is not open yet.
     *
     * @param context the broker's services.
     * @param config the configuration of metadata.
     * @param listener is notified when topics are created, changed and deleted.
     */
    public LogMetadataCoordinator(
            final CoordinatorContext context, final MetadataConfig config, final MetadataListener listener) {
        this.published = new PublishedMetadata(listener);
        this.topics = new Topics(new TopicOperations(context.nodeId(), config.partitionsMax()));
        this.configs = new Configs(new ConfigOperations(config.partitionsMax()));
        this.producerIds = new Ids(new ProducerIdOperations(context.nodeId()));
        this.runtime = new CoordinatorRuntime<>(
                context,
                partition -> log,
                timers -> new MetadataMachine(published, context.random()),
                new MetadataRecordSerde(),
                BATCH_BYTES_MAX,
                true);
    }

    private <T> CompletionStage<T> write(final Operation<MetadataMachine, RecordMessage, T> operation) {
        return runtime.write(PARTITION, operation);
    }

    /** The topics of the log. */
    private final class Topics implements TopicCatalog {
        private final TopicOperations operations;

        Topics(final TopicOperations operations) {
            this.operations = operations;
        }

        @Override
        public CompletionStage<List<TopicResult>> create(final List<NewTopic> wanted, final boolean validateOnly) {
            final List<NewTopic> copy = List.copyOf(wanted);
            return write((machine, nowMs) -> operations.createTopics(machine, copy, validateOnly));
        }

        @Override
        public CompletionStage<List<TopicResult>> delete(final List<UUID> topicIds) {
            final List<UUID> copy = List.copyOf(topicIds);
            return write((machine, nowMs) -> operations.deleteTopics(machine, copy));
        }

        @Override
        public CompletionStage<TopicResult> addPartitions(
                final String topic, final int totalCount, final boolean validateOnly) {
            return write((machine, nowMs) -> operations.createPartitions(machine, topic, totalCount, validateOnly));
        }
    }

    /** The configurations of the log. */
    private final class Configs implements ConfigStore {
        private final ConfigOperations operations;

        Configs(final ConfigOperations operations) {
            this.operations = operations;
        }

        @Override
        public CompletionStage<ErrorCode> alter(final ConfigResource resource, final Map<String, String> changes) {
            final Map<String, String> copy = new TreeMap<>(changes);
            return write((machine, nowMs) -> operations.alter(machine, resource, copy));
        }
    }

    /** The producer ids of the log. */
    private final class Ids implements ProducerIds {
        private final ProducerIdOperations operations;

        Ids(final ProducerIdOperations operations) {
            this.operations = operations;
        }

        @Override
        public CompletionStage<Long> next() {
            return write((machine, nowMs) -> operations.next(machine));
        }
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
    public TopicCatalog topics() {
        return topics;
    }

    @Override
    public ConfigStore configs() {
        return configs;
    }

    @Override
    public ProducerIds producerIds() {
        return producerIds;
    }

    @Override
    public void close() {
        runtime.close();
    }
}
