package io.ottla.server.partition;

import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A log for a coordinator. Changes take the partition's lock, because the broker changes the log, too.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class SerialLog extends ForwardingLog {
    private final ReentrantLock lock;

    SerialLog(final PartitionLog log, final ReentrantLock lock) {
        super(log);
        this.lock = lock;
    }

    private <T> T locked(final Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
        }
    }

    private void runLocked(final Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        return locked(() -> super.append(batch, leaderEpoch, callback));
    }

    @Override
    public void truncateTo(final long offset) {
        runLocked(() -> super.truncateTo(offset));
    }

    @Override
    public void trimTo(final long offset) {
        runLocked(() -> super.trimTo(offset));
    }

    @Override
    public LogRewrite rewrite(final long fromOffset, final long toOffset) {
        return new SerialRewrite(super.rewrite(fromOffset, toOffset));
    }

    @Override
    public void configure(final LogConfig config) {
        runLocked(() -> super.configure(config));
    }

    @Override
    public Runnable checkpoint(final long bytesMin) {
        return locked(() -> super.checkpoint(bytesMin));
    }

    /** Does nothing: the broker closes the log. */
    @Override
    public void close() {}

    /** Takes the lock for the swap. */
    private final class SerialRewrite implements LogRewrite {
        private final LogRewrite rewrite;

        SerialRewrite(final LogRewrite rewrite) {
            this.rewrite = rewrite;
        }

        @Override
        public void append(final ByteBuffer batch) {
            rewrite.append(batch);
        }

        @Override
        public long sizeBytes() {
            return rewrite.sizeBytes();
        }

        @Override
        public void seal() {
            rewrite.seal();
        }

        @Override
        public boolean swapIn() {
            return locked(rewrite::swapIn);
        }

        @Override
        public void close() {
            rewrite.close();
        }
    }
}
