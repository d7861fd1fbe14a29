package io.ottla.storage.memory;

import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.LaggingStorage;
import io.ottla.testkit.StorageContract;

/** Tests that the testkit's decorator fulfils the contract while nothing lags. */
final class LaggingStorageTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        return new StorageProvider() {
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
                return new LaggingStorage(new MemoryStorageProvider().create(context));
            }
        };
    }

    @Override
    protected boolean isDurable() {
        return false;
    }
}
