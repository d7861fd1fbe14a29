package io.example.storage;

import io.ottla.api.storage.StorageProvider;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.testkit.StorageSequenceContract;

// region: sequence
/** Runs random steps; after each, the log must be the same as that of Ottla's memory storage. */
class SimpleStorageSequenceTest extends StorageSequenceContract {
    @Override
    protected StorageProvider provider() {
        return new SimpleStorageProvider();
    }

    @Override
    protected StorageProvider oracle() {
        return new MemoryStorageProvider();
    }

    @Override
    protected boolean isDurable() {
        return false;
    }
}
// endregion
