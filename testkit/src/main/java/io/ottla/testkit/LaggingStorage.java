package io.ottla.testkit;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageSpace;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A storage whose logs lag, each as its {@link LaggingLog} is told. They begin without a lag. */
public final class LaggingStorage implements Storage {
    private final Storage storage;
    private final Map<LogId, LaggingLog> logById = new ConcurrentHashMap<>();

    /**
     * Lets the logs of a storage lag.
     *
     * @param storage the storage, whose logs commit at once.
     */
    public LaggingStorage(final Storage storage) {
        this.storage = storage;
    }

    /**
     * A log that was opened.
     *
     * @param id which one.
     * @return the log, or null.
     */
    public LaggingLog log(final LogId id) {
        return logById.get(id);
    }

    @Override
    public void open() {
        storage.open();
    }

    @Override
    public Collection<LogId> logs() {
        return storage.logs();
    }

    @Override
    public StorageSpace space() {
        return storage.space();
    }

    @Override
    public long recoveredBytes() {
        return storage.recoveredBytes();
    }

    @Override
    public void deleteDue() {
        storage.deleteDue();
    }

    @Override
    public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        final PartitionLog log = storage.openLog(id, config, new WithoutHighWatermark(observer));
        final LaggingLog lagging = new LaggingLog(log, observer::onHighWatermark);
        lagging.setLagging(false);
        logById.put(id, lagging);
        return lagging;
    }

    @Override
    public void deleteLog(final LogId id) {
        logById.remove(id);
        storage.deleteLog(id);
    }

    @Override
    public void close() {
        storage.close();
    }

    /** The wrapped log's high watermark does not lag; the observer is told of the one that does. */
    private record WithoutHighWatermark(LogObserver observer) implements LogObserver {
        @Override
        public void restore(final long offset, final ByteBuffer snapshot) {
            observer.restore(offset, snapshot);
        }

        @Override
        public void onBatch(final ByteBuffer batch) {
            observer.onBatch(batch);
        }

        @Override
        public ByteBuffer snapshot() {
            return observer.snapshot();
        }

        @Override
        public void onHighWatermark(final long highWatermark) {}
    }
}
