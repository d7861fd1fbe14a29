package io.example.parts;

import io.ottla.api.Providers;
import io.ottla.api.storage.ForwardingStorage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import java.util.concurrent.atomic.AtomicLong;

/** Provides a storage that counts opened logs and delegates to Ottla's memory storage. */
public final class CountingStorageProvider implements StorageProvider {
    /** The number of logs opened so far. */
    static final AtomicLong LOGS = new AtomicLong();

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Storage create(final StorageContext context) {
        final Storage storage = Providers.find(StorageProvider.class, SPI_VERSION, "ottla.storage", "memory")
                .create(context);
        return new ForwardingStorage(storage) {
            @Override
            public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
                LOGS.incrementAndGet();
                return super.openLog(id, config, observer);
            }
        };
    }
}
