package io.example.storage;

import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;

// region: provider
/** Provides the storage named {@code simple}. */
public final class SimpleStorageProvider implements StorageProvider {
    @Override
    public String name() {
        return "simple";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Storage create(final StorageContext context) {
        return new SimpleStorage(context.clock());
    }
}
// endregion
