package io.example.storage;

import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.StorageContract;

// region: contract
/** Every guarantee, each with a test of its own. */
class SimpleStorageTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        return new SimpleStorageProvider();
    }

    @Override
    protected boolean isDurable() {
        return false;
    }
}
// endregion
