package io.ottla.coordinator.metadata;

import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.storage.StorageProvider;
import io.ottla.coordinator.LogMetadataCoordinatorProvider;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.testkit.MetadataCoordinatorContract;

final class LogMetadataContractTest extends MetadataCoordinatorContract {
    @Override
    protected MetadataCoordinatorProvider provider() {
        return new LogMetadataCoordinatorProvider();
    }

    @Override
    protected StorageProvider storageProvider() {
        return new MemoryStorageProvider();
    }
}
