package io.ottla.testkit;

import io.ottla.api.Payload;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.ForwardingStorage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A storage that fails on a test's request, for tests of users of a storage, such as a broker. It fails as
 * {@link PartitionLog} specifies. For tests of a storage itself see {@link FaultyDisk}.
 *
 * <p>Each append, flush, read and opening is a step. A test runs once without a fault to count the {@link #steps()},
 * and then once for each step with one fault {@linkplain #failAt at that step}.
 *
 * <p><b>Note:</b> thread-safe as {@link Storage} demands; the methods that are not of that interface may be called by
 * any thread.
 */
public final class FaultyStorage extends ForwardingStorage {
    private final TreeMap<Long, LogFault> faults = new TreeMap<>();
    private long steps;
    private long hits;
    private boolean isFull;

    /**
     * Creates a storage without faults.
     *
     * @param storage the storage with the logs.
     */
    public FaultyStorage(final Storage storage) {
        super(storage);
    }

    /**
     * Requests a fault.
     *
     * @param step the operation, counted from 0; the first one at or after it that can have the fault fails.
     * @param fault the fault.
     */
    public synchronized void failAt(final long step, final LogFault fault) {
        faults.put(step, fault);
    }

    /**
     * Requests a fault of the next operation that can have it.
     *
     * @param fault the fault.
     */
    public synchronized void failNext(final LogFault fault) {
        faults.put(steps, fault);
    }

    /**
     * Returns the number of operations.
     *
     * @return a count.
     */
    public synchronized long steps() {
        return steps;
    }

    /**
     * Returns the number of faults.
     *
     * @return a count; appends to a full device count once.
     */
    public synchronized long hits() {
        return hits;
    }

    /** Fills the device: appends fail, until {@link #makeRoom()}. */
    public synchronized void fill() {
        isFull = true;
    }

    /** Frees space on a full device. */
    public synchronized void makeRoom() {
        isFull = false;
    }

    /** Counts a step, and returns which of the given faults it has, or null. */
    synchronized LogFault step(final LogFault... possible) {
        final long step = steps++;
        for (final Map.Entry<Long, LogFault> due :
                List.copyOf(faults.headMap(step, true).entrySet())) {
            if (List.of(possible).contains(due.getValue())) {
                faults.remove(due.getKey());
                hits++;
                isFull |= due.getValue() == LogFault.FULL;
                return due.getValue();
            }
        }
        return null;
    }

    private synchronized boolean isFull() {
        return isFull;
    }

    @Override
    public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        if (step(LogFault.OPEN_ERROR) != null) {
            throw new StorageException("can't open " + id + ": injected");
        }
        return new FaultyLog(super.openLog(id, config, observer));
    }

    private final class FaultyLog extends ForwardingLog {
        private volatile boolean isFailed;

        FaultyLog(final PartitionLog log) {
            super(log);
        }

        @Override
        public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
            isFailed |= step(LogFault.FULL, LogFault.APPEND_ERROR) == LogFault.APPEND_ERROR;
            return isFailed || isFull() ? FAILED : super.append(batch, leaderEpoch, callback);
        }

        @Override
        public void flush() {
            final LogFault fault = step(LogFault.FLUSH_ERROR, LogFault.FLUSH_REFUSED);
            isFailed |= fault == LogFault.FLUSH_ERROR;
            if (isFailed || fault != null) {
                throw new StorageException("can't flush " + id() + ": injected");
            }
            super.flush();
        }

        @Override
        public boolean isFailed() {
            return isFailed || super.isFailed();
        }

        @Override
        public Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
            final LogFault fault = step(LogFault.READ_ERROR, LogFault.PAYLOAD_ERROR);
            if (fault == LogFault.READ_ERROR) {
                throw new StorageException("can't read " + id() + ": injected");
            }
            final Payload payload = super.read(offset, endOffset, maxBytes, wholeBatch);
            return fault == LogFault.PAYLOAD_ERROR && payload.sizeBytes() > 0 ? new FailingPayload(payload) : payload;
        }
    }
}
