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
     * Creates a coordinator that is not open yet.
     *
     * @param context what the broker provides.
     * @param config the configuration of groups.
     * @param settings the settings of each consumer group.
     * @param metadata the view of all topics.
     * @param topics used to create the coordinator's own topic when it is first needed.
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
