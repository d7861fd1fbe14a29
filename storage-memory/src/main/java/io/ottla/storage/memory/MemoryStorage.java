package io.ottla.storage.memory;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.api.storage.StorageSpace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stores logs in memory. A log that is closed and opened again keeps its batches if the storage is not closed in
 * between.
 */
final class MemoryStorage implements Storage {
    private final Clock clock;
    private final Heap heap;
    private final Map<LogId, MemoryLog> logs = new HashMap<>();

    /** The logs by topic and partition. There is at most one for each, regardless of the topic's id. */
    private final Map<String, LogId> byName = new HashMap<>();

    private boolean isOpen;

    MemoryStorage(final Clock clock, final long maxBytes) {
        this.clock = clock;
        this.heap = new Heap(maxBytes);
    }

    @Override
    public synchronized void open() {
        isOpen = true;
    }

    @Override
    public synchronized Collection<LogId> logs() {
        return new ArrayList<>(logs.keySet());
    }

    @Override
    public StorageSpace space() {
        return new StorageSpace(heap.maxBytes(), heap.usableBytes());
    }

    @Override
    public synchronized PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        if (!isOpen) {
            throw new StorageException("the storage is not open");
        }
        final MemoryLog former = logs.get(id);
        if (former != null && !former.isClosed()) {
            throw new StorageException(id + " is open already");
        }
        final LogId other = byName.get(id.toString());
        if (other != null && !other.equals(id)) {
            throw new StorageException(id + " exists with the topic id " + other.topicId() + ", not " + id.topicId()
                    + ": delete it first");
        }
        final MemoryLog log = former == null
                ? new MemoryLog(id, config, observer, clock, heap, List.of(new Segment(0, null, clock.epochMs())), 0)
                : former.reopen(config, observer);
        logs.put(id, log);
        byName.put(id.toString(), id);
        return log;
    }

    @Override
    public synchronized void deleteLog(final LogId id) {
        final MemoryLog log = logs.remove(id);
        if (log != null) {
            byName.remove(id.toString());
            log.close();
            log.free();
        }
    }

    @Override
    public synchronized void close() {
        isOpen = false;
        for (final MemoryLog log : logs.values()) {
            log.close();
            log.free();
        }
        logs.clear();
        byName.clear();
    }
}
