package io.example.storage;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps logs in memory, which are lost when the storage is closed. */
final class SimpleStorage implements Storage {
    private final Clock clock;
    private final Map<LogId, SimpleLog> logs = new HashMap<>();
    private boolean isOpen;

    SimpleStorage(final Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void open() {
        isOpen = true;
    }

    @Override
    public synchronized Collection<LogId> logs() {
        return List.copyOf(logs.keySet());
    }

    // region: openLog
    @Override
    public synchronized PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        if (!isOpen) {
            throw new StorageException("the storage is not open");
        }
        for (final LogId other : logs.keySet()) {
            if (other.topic().equals(id.topic()) && other.partition() == id.partition() && !other.equals(id)) {
                throw new StorageException(id + " exists with another topic id: delete it first");
            }
        }
        final SimpleLog former = logs.get(id);
        if (former != null && !former.isClosed()) {
            throw new StorageException(id + " is open already");
        }
        final SimpleLog log = new SimpleLog(id, config, observer, clock, former);
        logs.put(id, log);
        return log;
    }

    @Override
    public synchronized void deleteLog(final LogId id) {
        final SimpleLog log = logs.remove(id);
        if (log != null) {
            log.close();
        }
    }
    // endregion

    @Override
    public synchronized void close() {
        isOpen = false;
        logs.values().forEach(SimpleLog::close);
        logs.clear();
    }
}
