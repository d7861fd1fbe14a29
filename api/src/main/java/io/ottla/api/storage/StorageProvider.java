package io.ottla.api.storage;

import io.ottla.api.Provider;

/** The factory of a storage. */
public interface StorageProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * Creates a storage that is not open yet.
     *
     * @param context what the broker provides.
     * @return the storage.
     */
    Storage create(StorageContext context);
}
