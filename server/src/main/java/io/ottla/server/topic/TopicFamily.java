package io.ottla.server.topic;

import io.ottla.api.AgentProxy;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.storage.Storage;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.HandlerFamily;
import java.util.List;

/** Serves the APIs that describe the cluster and its topics, create and delete topics, and delete records. */
public final class TopicFamily implements HandlerFamily {
    private final BrokerConfig config;
    private final PartitionTable partitionTable;
    private final MetadataView metadata;
    private final TopicCatalog catalog;
    private final Storage storage;
    private final AgentProxy housekeeping;

    /**
     * Creates the family of a broker.
     *
     * @param config the broker's configuration.
     * @param partitionTable has the partitions.
     * @param metadata has the topics.
     * @param catalog creates and deletes topics.
     * @param storage has the logs.
     * @param housekeeping the agent for long tasks on partitions.
     */
    public TopicFamily(
            final BrokerConfig config,
            final PartitionTable partitionTable,
            final MetadataView metadata,
            final TopicCatalog catalog,
            final Storage storage,
            final AgentProxy housekeeping) {
        this.config = config;
        this.partitionTable = partitionTable;
        this.metadata = metadata;
        this.catalog = catalog;
        this.storage = storage;
        this.housekeeping = housekeeping;
    }

    @Override
    public List<ApiHandler<?>> handlers(final HandlerAgent agent) {
        return List.of(
                new MetadataHandler(config, partitionTable, metadata, catalog),
                new CreateTopicsHandler(config, catalog),
                new DeleteTopicsHandler(config, partitionTable, catalog),
                new DeleteRecordsHandler(partitionTable, housekeeping),
                new DescribeLogDirsHandler(config, partitionTable, storage),
                new CreatePartitionsHandler(config.nodeId(), partitionTable, catalog),
                new DescribeClusterHandler(config, metadata),
                new DescribeTopicPartitionsHandler(config, partitionTable));
    }
}
