package io.ottla.testkit;

import io.ottla.api.storage.ForwardingStorage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A storage whose logs lag when a test requests it from their {@link LaggingLog}. They start without a lag. */
public final class LaggingStorage extends ForwardingStorage {
    private final Map<LogId, LaggingLog> logById = new ConcurrentHashMap<>();

    /**
     * Creates a storage whose logs can lag.
     *
     * @param storage the storage, whose logs commit at once.
     */
    public LaggingStorage(final Storage storage) {
        super(storage);
    }

    /**
     * Returns a log that was opened.
     *
     * @param id the log's id.
     * @return the log, or null.
     */
    public LaggingLog log(final LogId id) {
        return logById.get(id);
    }

    @Override
    public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        final PartitionLog log = super.openLog(id, config, new WithoutHighWatermark(observer));
        final LaggingLog lagging = new LaggingLog(log, observer::onHighWatermark);
        lagging.setLagging(false);
        logById.put(id, lagging);
        return lagging;
    }

    @Override
    public void deleteLog(final LogId id) {
        logById.remove(id);
        super.deleteLog(id);
    }

    /**
     * An observer of the wrapped log, whose high watermark does not lag; the real observer receives the one that does.
     */
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
        public void onRoll(final long baseOffset) {
            observer.onRoll(baseOffset);
        }

        @Override
        public void onHighWatermark(final long highWatermark) {}
    }
}
