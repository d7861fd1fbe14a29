package io.ottla.server;

import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.FaultyStorage;
import java.util.ServiceLoader;

/** Provides the storage in files, with operations that fail on demand. */
final class FaultyProvider implements StorageProvider {
    private FaultyStorage storage;

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Storage create(final StorageContext context) {
        final StorageProvider mmap = ServiceLoader.load(StorageProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("mmap"))
                .findFirst()
                .orElseThrow();
        storage = new FaultyStorage(mmap.create(context));
        return storage;
    }

    /** Returns the storage that was created last. */
    FaultyStorage storage() {
        return storage;
    }
}
