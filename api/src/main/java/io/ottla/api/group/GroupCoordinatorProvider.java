package io.ottla.api.group;

import io.ottla.api.Provider;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicCatalog;

/** The factory of a group coordinator. */
public interface GroupCoordinatorProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * A coordinator that is not open yet.
     *
     * @param context what it is given by the broker.
     * @param config what is configured about groups.
     * @param settings what is configured about each consumer group.
     * @param metadata what topics there are.
     * @param topics by it the coordinator creates its own topic when that is first needed.
     * @param logs the logs of that topic's partitions.
     * @return the coordinator.
     */
    GroupCoordinator create(
            CoordinatorContext context,
            GroupConfig config,
            ConsumerGroupSettings settings,
            MetadataView metadata,
            TopicCatalog topics,
            PartitionLogs logs);
}
