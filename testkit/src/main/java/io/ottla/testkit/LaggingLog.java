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
 * A log whose appends wait until the test says what becomes of them, as a replicated log's wait for other nodes: the high
 * watermark lags behind the log's end, batches are rejected, and a leader loses its office with batches that nobody knows
 * the fate of.
 *
 * <p>The batches are in the wrapped log from the start, which must commit at once. What comes to nothing is cut off there.
 *
 * <p><b>Note:</b> thread-safe as {@link PartitionLog} demands. The methods that are not of that interface count as appends:
 * they are not called while another thread appends or truncates. Callbacks run on their caller's thread, outside of locks.
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
     * Lets a log lag. What it holds already counts as committed.
     *
     * @param log the log, which commits at once.
     */
    public LaggingLog(final PartitionLog log) {
        this(log, highWatermark -> {});
    }

    /**
     * Lets a log lag, and tells of its high watermark.
     *
     * @param log the log, which commits at once.
     * @param onHighWatermark is told of each rise, before the callbacks of what was committed.
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
     * Turns the lag off or on. What waits still waits.
     *
     * @param lagging false to commit inside of appends as long as nothing waits, true to let them wait.
     */
    public synchronized void setLagging(final boolean lagging) {
        this.lagging = lagging;
    }

    /**
     * Makes the device full, or gives it room again.
     *
     * @param full true to answer appends with {@link PartitionLog#FAILED}.
     */
    public synchronized void setFull(final boolean full) {
        this.full = full;
    }

    /**
     * How often {@link #flush()} was called.
     *
     * @return a count.
     */
    public synchronized int flushes() {
        return flushes;
    }

    /**
     * How many batches wait.
     *
     * @return a count.
     */
    public synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Commits the oldest batches that wait.
     *
     * @param count how many; all if there are fewer.
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

    /** Commits all batches that wait. */
    public void commitAll() {
        commit(Integer.MAX_VALUE);
    }

    /** Rejects all batches that wait: they are cut off, and their callbacks are told so. */
    public void reject() {
        final List<Waiting> rejected = takeWaiting();
        log.truncateTo(highWatermark);
        rejected.forEach(batch -> batch.callback().onRejected());
    }

    /**
     * This node loses its office. What waits is indeterminate, and no append is taken until {@link #lead}. Without anything
     * waiting, nobody is told but those who ask for the epoch or append.
     */
    public void loseLeadership() {
        epoch = -1;
        leaveInDoubt();
    }

    /**
     * What waits is indeterminate, and the log still names its epoch: the moment before a loss of leadership is seen. To be
     * followed by {@link #loseLeadership()}.
     */
    public void leaveInDoubt() {
        takeWaiting().forEach(batch -> batch.callback().onIndeterminate());
    }

    /**
     * This node leads again, in a higher epoch.
     *
     * @param keep what becomes of batches that were indeterminate: true to commit them, false to cut them off.
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
                    id() + ": offset " + toOffset + " is behind the high watermark " + highWatermark);
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
