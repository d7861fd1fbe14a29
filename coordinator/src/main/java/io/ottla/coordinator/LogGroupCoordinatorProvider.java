package io.ottla.coordinator;

import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.coordinator.group.LogGroupCoordinator;

/** The group coordinator that keeps everything in {@code __consumer_offsets}: {@code ottla.groups=log}. */
public final class LogGroupCoordinatorProvider implements GroupCoordinatorProvider {
    /** Does nothing yet. */
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
            final CoordinatorContext context, final MetadataCoordinator metadata, final PartitionLogs logs) {
        return new LogGroupCoordinator(context, metadata, logs);
    }
}
