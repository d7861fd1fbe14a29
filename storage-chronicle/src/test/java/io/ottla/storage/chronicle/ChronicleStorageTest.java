package io.ottla.storage.chronicle;

import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.StorageContract;

final class ChronicleStorageTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        return new ChronicleStorageProvider();
    }
}
