package io.example.storage;

import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.StorageContract;

// region: contract
/** Tests every guarantee of the contract. */
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
