package io.ottla.server;

import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.ForwardingStorage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.FaultyStorage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A storage that fails on demand, and counts the operations on its logs. */
public final class CountedStorage implements StorageProvider {
    private final String base;
    private final Path folder;
    private final Map<String, CountedLog> logByName = new ConcurrentHashMap<>();
    private FaultyStorage storage;

    /**
     * Wraps another storage.
     *
     * @param base the name of the other storage.
     * @param folder the folder of the other storage; null for the broker's.
     */
    public CountedStorage(final String base, final Path folder) {
        this.base = base;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "counted";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Storage create(final StorageContext context) {
        final StorageProvider provider = ServiceLoader.load(StorageProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals(base))
                .findFirst()
                .orElseThrow();
        storage = new FaultyStorage(provider.create(
                folder == null ? context : new StorageContext(folder, context.clock(), context.properties())));
        return new Counted(storage);
    }

    public FaultyStorage faults() {
        return storage;
    }

    /** Returns a log that was opened, such as {@code topic-0}. */
    public CountedLog log(final String name) {
        return logByName.get(name);
    }

    // region: forward
    /** Forwards everything, and opens logs that count. */
    private final class Counted extends ForwardingStorage {
        Counted(final Storage storage) {
            super(storage);
        }

        @Override
        public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
            final CountedLog log = new CountedLog(super.openLog(id, config, observer));
            logByName.put(id.toString(), log);
            return log;
        }
    }
    // endregion

    /** Counts the operations on a log. */
    public static final class CountedLog extends ForwardingLog {
        private final AtomicInteger appends = new AtomicInteger();
        private final AtomicInteger flushes = new AtomicInteger();
        private volatile long flushedOffset;

        CountedLog(final PartitionLog log) {
            super(log);
        }

        public int appends() {
            return appends.get();
        }

        public int flushes() {
            return flushes.get();
        }

        /** Returns the end of the records that were in the log when the last successful flush began. */
        public long flushedOffset() {
            return flushedOffset;
        }

        @Override
        public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
            appends.incrementAndGet();
            return super.append(batch, leaderEpoch, callback);
        }

        @Override
        public void flush() {
            final long end = logEndOffset();
            flushes.incrementAndGet();
            super.flush();
            flushedOffset = end;
        }
    }
}
