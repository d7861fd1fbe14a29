package io.ottla.server.partition;

import io.ottla.api.SafeLog;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.server.config.TopicConfig;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log that is flushed according to {@code flush.messages} and {@code flush.ms} of its topic.
 *
 * <ol>
 *   <li>Fewer than {@code flush.messages} records are committed without being flushed at any time, as in Kafka. The
 *       append that would reach that number waits for a flush, and so do later appends. The caller continues: the
 *       result is {@link #PENDING}. With {@code flush.messages=1} every append waits, and nothing is committed before
 *       it is flushed.
 *   <li>One flush serves all appends that precede it (group commit). While it runs, further appends accumulate.
 *   <li>The high watermark is that of committed records. So a consumer cannot read a record that a power failure could
 *       remove although acknowledged records remain.
 *   <li>The log is flushed {@code flush.ms} after an append, and after a segment was rolled. Appends do not wait for
 *       these flushes.
 *   <li>If a flush fails and the log with it, the outcome of waiting appends is indeterminate. Later appends are
 *       {@link #FAILED} until the log is opened again. The high watermark does not change, so that committed records
 *       can be read. The log keeps its leader epoch although nothing more will be appended in it, because only a leader
 *       serves reads. If the log has not failed, the flush is retried, and appends continue to wait.
 * </ol>
 *
 * <p><b>Note:</b> thread-safe as {@link PartitionLog} requires. Callbacks run outside of locks.
 */
public final class FlushedLog extends ForwardingLog implements TopicLog {
    private static final Logger LOGGER = LoggerFactory.getLogger(FlushedLog.class);

    private final PartitionLog log;
    private final FlushAgents agents;
    private final Consumer<StorageException> onFailed;
    private final ReentrantLock flushLock = new ReentrantLock();

    private volatile boolean isFailed;

    // Guarded by this.

    private final FlushProgress progress;
    private final FlushSchedule schedule;
    private final HeldAppends held;

    // Used only by the thread that appends and configures.

    private boolean isWatched;

    /** True if a segment was rolled and its flush is not requested yet. */
    private boolean isRolled;

    private FlushedLog(
            final PartitionLog log,
            final LogObserver observer,
            final FlushAgents agents,
            final Consumer<StorageException> onFailed,
            final long flushedOffset) {
        super(log);
        this.log = log;
        this.agents = agents;
        this.onFailed = onFailed;
        progress = new FlushProgress(log.logEndOffset(), flushedOffset);
        schedule = new FlushSchedule(this, agents);
        held = new HeldAppends(this, observer);
    }

    /**
     * Opens a log. Its records count as committed. So if appends wait for flushes, the log is flushed first: a process
     * may have died before it flushed them.
     *
     * @param storage has the log.
     * @param id the log.
     * @param config the topic's configuration.
     * @param observer see {@link Storage#openLog}.
     * @param agents the agents that flush.
     * @param onFailed receives the exception of a flush, on the thread that flushed.
     * @return the log.
     * @throws StorageException if it cannot be opened or flushed.
     */
    static FlushedLog open(
            final Storage storage,
            final LogId id,
            final TopicConfig config,
            final LogObserver observer,
            final FlushAgents agents,
            final Consumer<StorageException> onFailed) {
        final Relay relay = new Relay(observer);
        final PartitionLog opened = storage.openLog(id, config.logConfig(), relay);
        long flushedOffset = 0;
        if (config.flushMessages() < Long.MAX_VALUE) {
            try {
                opened.flush();
            } catch (final StorageException e) {
                opened.close();
                throw e;
            }
            flushedOffset = opened.logEndOffset();
        }
        final FlushedLog flushed = new FlushedLog(opened, observer, agents, onFailed, flushedOffset);
        relay.owner = flushed;
        return flushed;
    }

    /**
     * Opens the logs of a storage, with flushes according to their topics.
     *
     * @param storage has the logs.
     * @param agents the agents that flush.
     */
    public record Source(Storage storage, FlushAgents agents) implements TopicLog.Source {
        @Override
        public TopicLog open(
                final LogId id,
                final TopicConfig config,
                final LogObserver observer,
                final Consumer<StorageException> onFailed) {
            return FlushedLog.open(storage, id, config, observer, agents, onFailed);
        }

        @Override
        public int leaderEpoch(final LogId id) {
            return storage.leaderEpoch(id);
        }

        @Override
        public void delete(final LogId id) {
            storage.deleteLog(id);
        }
    }

    @Override
    public boolean isFailed() {
        return isFailed || log.isFailed();
    }

    @Override
    public void configureFlush(final long flushMessages, final long flushMs) {
        final List<HeldAppend> done;
        synchronized (this) {
            if (progress.flushMessages() == flushMessages && schedule.flushMs() == flushMs) {
                return;
            }
            isWatched = flushMessages < Long.MAX_VALUE || flushMs < FlushAgents.NEVER_MS;
            progress.configure(flushMessages, log.logEndOffset());
            schedule.configure(flushMs);
            noteDirty();
            if (progress.isDue()) {
                schedule.request();
            }
            progress.raiseLimit();
            done = held.takeUpTo(highWatermark());
        }
        held.commit(done);
    }

    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        if (isFailed) {
            return FAILED;
        }
        final long offset =
                isWatched ? appendWatched(batch, leaderEpoch, callback) : log.append(batch, leaderEpoch, callback);
        if (isRolled) {
            isRolled = false;
            schedule.flushInBackground();
        }
        return offset;
    }

    private long appendWatched(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        final int count = RecordBatchHeader.lastOffsetDelta(batch, batch.position()) + 1;
        final HeldAppend append = progress.isCounting() ? new HeldAppend(this, callback, count) : null;
        synchronized (this) {
            progress.beforeAppend(log.logEndOffset(), count);
        }
        final long offset = log.append(batch, leaderEpoch, append == null ? callback : append);
        final boolean isIndeterminate;
        synchronized (this) {
            if (offset == PENDING && append != null) {
                progress.pending();
            } else if (offset < 0) {
                progress.retract(log.logEndOffset(), count);
            }
            if (offset == PENDING || offset >= 0) {
                noteDirty();
            }
            if (offset < 0 || append == null || append.isCommitted(offset)) {
                return offset;
            }
            isIndeterminate = !hold(append);
        }
        if (isIndeterminate) {
            callback.onIndeterminate();
        }
        return PENDING;
    }

    /** Makes an append wait for a flush; returns false if there will be none. */
    boolean hold(final HeldAppend append) {
        if (schedule.isStopped()) {
            return false;
        }
        held.add(append);
        schedule.request();
        return true;
    }

    /** Called when the log has completed a pending append. */
    synchronized void settled() {
        progress.settled();
    }

    private void noteDirty() {
        if (isWatched && progress.hasUnflushed()) {
            schedule.dirtied();
        }
    }

    // Flushes.

    /** Flushes if necessary. A failure is reported to the appends that wait, and need not be thrown. */
    void flushIfNeeded() {
        synchronized (this) {
            if (schedule.isStopped() || log.logEndOffset() <= progress.flushed()) {
                return;
            }
        }
        try {
            flush();
        } catch (final StorageException e) {
            // Reported already.
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{}: a flush failed and is retried with the next one", id(), e);
        }
    }

    @Override
    public void flush() {
        final List<HeldAppend> done;
        flushLock.lock();
        try {
            final long beganMs = agents.nowMs();
            synchronized (this) {
                progress.beforeFlush(log.logEndOffset());
            }
            log.flush();
            done = flushed(beganMs);
        } catch (final StorageException e) {
            if (log.isFailed()) {
                fail(e);
            } else {
                retry(e);
            }
            throw e;
        } catch (final Throwable e) {
            // The device has not failed: the log is unchanged, and the next flush may succeed. Appends that wait get a
            // response.
            final List<HeldAppend> indeterminate;
            synchronized (this) {
                indeterminate = held.takeAll();
            }
            held.leaveInDoubt(indeterminate);
            throw e;
        } finally {
            flushLock.unlock();
        }
        held.commit(done);
    }

    /** Retries the flush. The log has lost nothing, so appends continue to wait. */
    private void retry(final StorageException cause) {
        final boolean isTried;
        synchronized (this) {
            isTried = schedule.retry();
        }
        if (isTried) {
            LOGGER.warn("{}: {}; the flush is retried", id(), cause.getMessage());
        }
    }

    private synchronized List<HeldAppend> flushed(final long beganMs) {
        progress.afterFlush();
        schedule.flushed(beganMs, isWatched && progress.hasUnflushed());
        progress.raiseLimit();
        final List<HeldAppend> done = held.takeUpTo(highWatermark());
        if (!held.isEmpty()) {
            schedule.request();
        }
        return done;
    }

    private void fail(final StorageException cause) {
        final List<HeldAppend> indeterminate;
        synchronized (this) {
            isFailed = true;
            schedule.stop();
            indeterminate = held.takeAll();
        }
        onFailed.accept(cause);
        held.leaveInDoubt(indeterminate);
    }

    // Other changes of the log.

    @Override
    public void truncateTo(final long offset) {
        final List<HeldAppend> rejected;
        final long former;
        synchronized (this) {
            former = progress.flushed();
        }
        log.truncateTo(offset);
        synchronized (this) {
            final long end = log.logEndOffset();
            progress.truncated(end, former);
            rejected = held.takePast(end);
        }
        rejected.forEach(append -> append.callback().onRejected());
    }

    @Override
    public void trimTo(final long offset) {
        final long highWatermark = highWatermark();
        if (offset > highWatermark) {
            throw new OffsetOutOfRangeException(offset, logStartOffset(), highWatermark);
        }
        log.trimTo(offset);
    }

    @Override
    public LogRewrite rewrite(final long fromOffset, final long toOffset) {
        if (toOffset > highWatermark()) {
            throw new IllegalArgumentException(id() + ": records past " + highWatermark() + " are not committed");
        }
        return log.rewrite(fromOffset, toOffset);
    }

    @Override
    public long highWatermark() {
        // In this order: the limit of a batch must be set before the log has it.
        final long committed = log.highWatermark();
        return Math.min(committed, progress.limit());
    }

    @Override
    public void close() {
        close(log::close);
    }

    @Override
    public void abandon() {
        close(log::abandon);
    }

    private void close(final Runnable closing) {
        final List<HeldAppend> indeterminate;
        synchronized (this) {
            schedule.stop();
            indeterminate = held.takeAll();
        }
        closing.run();
        held.leaveInDoubt(indeterminate);
    }

    /**
     * Forwards the events of the log to its observer, with the high watermark of committed records instead of the
     * log's.
     */
    private static final class Relay implements LogObserver {
        private final LogObserver observer;

        /** Null until the log is open. */
        private volatile FlushedLog owner;

        Relay(final LogObserver observer) {
            this.observer = observer;
        }

        @Override
        public void restore(final long offset, final ByteBuffer snapshot) {
            final FlushedLog cut = owner;
            if (cut != null) {
                synchronized (cut) {
                    cut.progress.cut(offset);
                }
            }
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
            owner.isRolled = true;
            observer.onRoll(baseOffset);
        }

        @Override
        public void onHighWatermark(final long highWatermark) {
            if (owner == null || highWatermark <= owner.progress.limit()) {
                observer.onHighWatermark(highWatermark);
            }
        }
    }
}
