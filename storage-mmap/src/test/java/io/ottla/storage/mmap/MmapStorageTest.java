package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.StorageContract;

final class MmapStorageTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        return new MmapStorageProvider();
    }
}
