package io.ottla.api.metadata;

import io.ottla.api.Provider;
import io.ottla.api.coordinator.CoordinatorContext;

/** The factory of a metadata coordinator. */
public interface MetadataCoordinatorProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * A coordinator that is not open yet.
     *
     * @param context what it is given by the broker.
     * @param config what is configured about metadata.
     * @param listener learns of topics as they come, change and go.
     * @return the coordinator.
     */
    MetadataCoordinator create(CoordinatorContext context, MetadataConfig config, MetadataListener listener);
}
