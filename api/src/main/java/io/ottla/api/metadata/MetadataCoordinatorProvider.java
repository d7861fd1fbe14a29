package io.ottla.api.metadata;

import io.ottla.api.Provider;
import io.ottla.api.coordinator.CoordinatorContext;

/** The factory of a metadata coordinator. */
public interface MetadataCoordinatorProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * Creates a coordinator that is not open yet.
     *
     * @param context what the broker provides.
     * @param config the configuration of metadata.
     * @param listener notified when topics are created, changed and deleted.
     * @return the coordinator.
     */
    MetadataCoordinator create(CoordinatorContext context, MetadataConfig config, MetadataListener listener);
}
