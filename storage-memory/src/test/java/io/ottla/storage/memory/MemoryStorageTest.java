package io.ottla.storage.memory;

import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.StorageContract;

final class MemoryStorageTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        return new MemoryStorageProvider();
    }

    @Override
    protected boolean isDurable() {
        return false;
    }
}
