package io.ottla.storage.chronicle;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stores logs in folders below the broker's data folder. Logs are opened and deleted under this object's monitor. */
final class ChronicleStorage implements Storage {
    private final Path folder;
    private final Clock clock;
    /** The existing logs, each with its open log or null. */
    private final Map<LogId, ChronicleLog> logs = new HashMap<>();

    private FileChannel lock;
    private boolean isOpen;

    ChronicleStorage(final Path folder, final Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    @Override
    public synchronized void open() {
        try {
            lock = DataFolder.take(folder);
            for (final Path each : DataFolder.list(folder)) {
                final LogId id = Files.isDirectory(each) ? LogFolder.idOf(each) : null;
                if (id != null) {
                    logs.put(id, null);
                }
            }
        } catch (final IOException e) {
            throw new StorageException("can't use the data folder " + folder + ": " + e, e);
        }
        isOpen = true;
    }

    @Override
    public synchronized Collection<LogId> logs() {
        return List.copyOf(logs.keySet());
    }

    @Override
    public synchronized PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        if (!isOpen) {
            throw new StorageException("the storage is not open");
        }
        final ChronicleLog former = logs.get(id);
        if (former != null && !former.isClosed()) {
            throw new StorageException(id + " is open already");
        }
        for (final LogId other : logs.keySet()) {
            if (other.topic().equals(id.topic()) && other.partition() == id.partition() && !other.equals(id)) {
                throw new StorageException(id + " exists with another topic id: delete it first");
            }
        }
        final LogFolder logFolder = new LogFolder(folder, id);
        try {
            logFolder.make();
            logs.put(id, null);
            final ChronicleLog log = new ChronicleLog(logFolder, config, observer, clock);
            logs.put(id, log);
            return log;
        } catch (final IOException e) {
            throw new StorageException("can't open " + logFolder.path() + ": " + e, e);
        }
    }

    @Override
    public synchronized void deleteLog(final LogId id) {
        if (logs.containsKey(id)) {
            final ChronicleLog log = logs.get(id);
            if (log != null) {
                log.close();
            }
            try {
                new LogFolder(folder, id).delete();
            } catch (final IOException e) {
                throw new StorageException("can't delete " + id + " in " + folder + ": " + e, e);
            }
            logs.remove(id);
        }
    }

    @Override
    public synchronized void close() {
        isOpen = false;
        for (final ChronicleLog log : logs.values()) {
            if (log != null) {
                log.close();
            }
        }
        logs.clear();
        if (lock != null) {
            try {
                lock.close();
            } catch (final IOException e) {
                throw new StorageException("can't release the lock on " + folder + ": " + e, e);
            }
            lock = null;
        }
    }
}
