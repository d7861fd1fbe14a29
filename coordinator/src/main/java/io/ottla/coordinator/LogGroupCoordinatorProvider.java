package io.ottla.coordinator;

import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.coordinator.group.LogGroupCoordinator;

/** Provides the group coordinator that keeps its state in {@code __consumer_offsets}: {@code ottla.groups=log}. */
public final class LogGroupCoordinatorProvider implements GroupCoordinatorProvider {
    /** Creates the provider; the service loader calls it. */
    public LogGroupCoordinatorProvider() {}

    @Override
    public String name() {
        return "log";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public GroupCoordinator create(
            final CoordinatorContext context,
            final GroupConfig config,
            final ConsumerGroupSettings settings,
            final MetadataView metadata,
            final TopicCatalog topics,
            final PartitionLogs logs) {
        return new LogGroupCoordinator(context, config, settings, metadata, topics, logs);
    }
}
