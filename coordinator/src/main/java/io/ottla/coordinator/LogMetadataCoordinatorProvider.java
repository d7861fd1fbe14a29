package io.ottla.coordinator;

import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.metadata.MetadataConfig;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.coordinator.metadata.LogMetadataCoordinator;

/** Provides the metadata coordinator named {@code log}, which keeps its state in {@code __cluster_metadata}. */
public final class LogMetadataCoordinatorProvider implements MetadataCoordinatorProvider {
    /** Creates the provider; the service loader calls it. */
    public LogMetadataCoordinatorProvider() {}

    @Override
    public String name() {
        return "log";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public MetadataCoordinator create(
            final CoordinatorContext context, final MetadataConfig config, final MetadataListener listener) {
        return new LogMetadataCoordinator(context, config, listener);
    }
}
