package io.ottla.testkit;

import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A log whose appends wait until the test decides their outcome, as those of a replicated log wait for other nodes. The
 * high watermark lags behind the log end offset, batches are rejected, and a leader loses its leadership while the
 * outcome of batches is unknown.
 *
 * <p>The batches are in the wrapped log from the start, which must commit at once. Rejected ones are truncated there.
 *
 * <p><b>Note:</b> thread-safe as {@link PartitionLog} requires. The other methods count as appends: they must not be
 * called while another thread appends or truncates. Callbacks run on the thread of the caller of these methods, outside
 * of locks.
 */
public final class LaggingLog extends ForwardingLog {
    private record Waiting(long baseOffset, long nextOffset, AppendCallback callback) {}

    private final PartitionLog log;
    private final LongConsumer onHighWatermark;
    private final List<Waiting> waiting = new ArrayList<>();
    private volatile long highWatermark;
    private volatile int epoch;
    private int epochLast;
    private boolean lagging = true;
    private boolean full;
    private int flushes;

    /**
     * Creates a log that lags. Existing records count as committed.
     *
     * @param log the log, which commits at once.
     */
    public LaggingLog(final PartitionLog log) {
        this(log, highWatermark -> {});
    }

    /**
     * Creates a log that lags and reports its high watermark.
     *
     * @param log the log, which commits at once.
     * @param onHighWatermark receives each new high watermark, before the callbacks of the committed batches.
     */
    LaggingLog(final PartitionLog log, final LongConsumer onHighWatermark) {
        super(log);
        this.log = log;
        this.onHighWatermark = onHighWatermark;
        this.highWatermark = log.highWatermark();
        this.epoch = log.leaderEpoch();
        this.epochLast = log.leaderEpoch();
    }

    /**
     * Turns the lag off or on. Waiting batches still wait.
     *
     * @param lagging false to commit within appends while no batch waits, true to let them wait.
     */
    public synchronized void setLagging(final boolean lagging) {
        this.lagging = lagging;
    }

    /**
     * Fills the device, or frees space on it.
     *
     * @param full true to return {@link PartitionLog#FAILED} from appends.
     */
    public synchronized void setFull(final boolean full) {
        this.full = full;
    }

    /**
     * Returns how often {@link #flush()} was called.
     *
     * @return a count.
     */
    public synchronized int flushes() {
        return flushes;
    }

    /**
     * Returns the number of waiting batches.
     *
     * @return a count.
     */
    public synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Commits the oldest waiting batches.
     *
     * @param count the number of batches; all if there are fewer.
     */
    public void commit(final int count) {
        final List<Waiting> committed;
        synchronized (this) {
            final List<Waiting> oldest = waiting.subList(0, Math.min(count, waiting.size()));
            committed = List.copyOf(oldest);
            oldest.clear();
            if (!committed.isEmpty()) {
                highWatermark = committed.getLast().nextOffset();
            }
        }
        if (!committed.isEmpty()) {
            onHighWatermark.accept(highWatermark);
        }
        committed.forEach(batch -> batch.callback().onCommitted(batch.baseOffset()));
    }

    /** Commits all waiting batches. */
    public void commitAll() {
        commit(Integer.MAX_VALUE);
    }

    /** Rejects all waiting batches: they are truncated, and their callbacks are notified. */
    public void reject() {
        final List<Waiting> rejected = takeWaiting();
        log.truncateTo(highWatermark);
        rejected.forEach(batch -> batch.callback().onRejected());
    }

    /**
     * Takes the leadership from this node. Waiting batches become indeterminate, and appends are rejected until
     * {@link #lead}. If none waits, only callers that append or read the epoch notice.
     */
    public void loseLeadership() {
        epoch = -1;
        leaveInDoubt();
    }

    /**
     * Makes waiting batches indeterminate while the log still returns its epoch: the moment before a loss of leadership
     * is visible. {@link #loseLeadership()} must follow.
     */
    public void leaveInDoubt() {
        takeWaiting().forEach(batch -> batch.callback().onIndeterminate());
    }

    /**
     * Makes this node the leader again, in a higher epoch.
     *
     * @param keep whether indeterminate batches are committed; otherwise they are truncated.
     */
    public void lead(final boolean keep) {
        if (keep) {
            highWatermark = log.logEndOffset();
            onHighWatermark.accept(highWatermark);
        } else {
            log.truncateTo(highWatermark);
        }
        epochLast++;
        epoch = epochLast;
    }

    private synchronized List<Waiting> takeWaiting() {
        final List<Waiting> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        final long offset;
        synchronized (this) {
            if (epoch < 0 || leaderEpoch != epoch) {
                return NOT_LEADER;
            }
            if (full) {
                return FAILED;
            }
            offset = log.append(batch, log.leaderEpoch(), callback);
            if (offset >= 0 && (lagging || !waiting.isEmpty())) {
                waiting.add(new Waiting(offset, log.logEndOffset(), callback));
                return PENDING;
            }
            if (offset < 0) {
                return offset;
            }
            highWatermark = log.logEndOffset();
        }
        onHighWatermark.accept(highWatermark);
        return offset;
    }

    @Override
    public void truncateTo(final long offset) {
        log.truncateTo(offset);
        highWatermark = Math.min(highWatermark, log.logEndOffset());
    }

    @Override
    public void trimTo(final long offset) {
        if (offset > highWatermark) {
            throw new OffsetOutOfRangeException(offset, logStartOffset(), highWatermark);
        }
        log.trimTo(offset);
    }

    @Override
    public LogRewrite rewrite(final long fromOffset, final long toOffset) {
        if (toOffset > highWatermark) {
            throw new IllegalArgumentException(
                    id() + ": offset " + toOffset + " is past the high watermark " + highWatermark);
        }
        return log.rewrite(fromOffset, toOffset);
    }

    @Override
    public void flush() {
        synchronized (this) {
            flushes++;
        }
        log.flush();
    }

    @Override
    public long highWatermark() {
        return highWatermark;
    }

    @Override
    public int leaderEpoch() {
        return epoch;
    }
}
