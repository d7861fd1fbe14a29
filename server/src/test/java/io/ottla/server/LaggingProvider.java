package io.ottla.server;

import io.ottla.api.storage.LogId;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.LaggingStorage;
import java.util.ServiceLoader;

/** Provides the storage in memory, with logs that lag on demand. */
public final class LaggingProvider implements StorageProvider {
    private LaggingStorage storage;

    @Override
    public String name() {
        return "lagging";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Storage create(final StorageContext context) {
        final StorageProvider memory = ServiceLoader.load(StorageProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("memory"))
                .findFirst()
                .orElseThrow();
        storage = new LaggingStorage(memory.create(context));
        return storage;
    }

    /** Returns a log that was opened. */
    public LaggingLog log(final LogId id) {
        return storage.log(id);
    }
}
