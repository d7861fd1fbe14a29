package io.ottla.coordinator.runtime;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.storage.memory.MemoryStorageProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** Opens logs in memory. */
public final class TestLogs {
    private TestLogs() {}

    /** Opens a log in a storage of its own. */
    public static PartitionLog open(final Clock clock, final String topic) {
        final Storage storage =
                new MemoryStorageProvider().create(new StorageContext(Path.of("unused"), clock, Map.of()));
        storage.open();
        return storage.openLog(new LogId(new UUID(0, 1), topic, 0), LogConfig.DEFAULT, LogObserver.NONE);
    }
}
