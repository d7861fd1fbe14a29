package io.ottla.coordinator.group;

import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.storage.StorageProvider;
import io.ottla.coordinator.LogGroupCoordinatorProvider;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.testkit.GroupCoordinatorContract;

final class LogGroupContractTest extends GroupCoordinatorContract {
    @Override
    protected GroupCoordinatorProvider provider() {
        return new LogGroupCoordinatorProvider();
    }

    @Override
    protected StorageProvider storageProvider() {
        return new MemoryStorageProvider();
    }
}
