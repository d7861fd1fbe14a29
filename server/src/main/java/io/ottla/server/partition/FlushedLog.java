package io.ottla.server.partition;

import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
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
import io.ottla.server.agent.OnDemandAgent;
import io.ottla.server.config.TopicConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log that is flushed as its topic's {@code flush.messages} and {@code flush.ms} ask.
 *
 * <ol>
 *   <li>Fewer than {@code flush.messages} records are committed and not flushed at any time, as in Kafka. The append that would reach that
 *       number waits for a flush, and so do those behind it, while the caller goes on: it is {@link #PENDING}. With
 *       {@code flush.messages=1} that is every append, and nothing is committed that was not flushed.
 *   <li>One flush serves all appends that were there when it began (group commit): while it runs, the next ones gather.
 *   <li>The high watermark is that of what is committed, so nobody reads what a loss of power could take back sooner than it
 *       could take back what was acknowledged.
 *   <li>{@code flush.ms} after an append, and once a segment has ended, the log is flushed without anybody waiting for it.
 *   <li>When a flush fails and the log with it, what waits is indeterminate, later appends are {@link #FAILED} until the log is opened again, and the
 *       high watermark stays where it is, so that what was committed can be read. The log goes on naming its leader epoch, in which nothing
 *       will be appended any more, because readers are served only by a leader. If the log has not failed, the flush is tried again, and what waits goes on waiting.
 * </ol>
 *
 * <p><b>Note:</b> as thread-safe as {@link PartitionLog} demands. Callbacks run outside of locks.
 */
public final class FlushedLog extends ForwardingLog implements TopicLog {
    private static final Logger LOGGER = LoggerFactory.getLogger(FlushedLog.class);
    private static final long NO_LIMIT = Long.MAX_VALUE;

    /** So long after a flush that failed without harm, such as for want of a descriptor, it is tried again. */
    private static final long RETRY_MS = 100;

    private final PartitionLog log;
    private final LogObserver observer;
    private final FlushAgents agents;
    private final Consumer<StorageException> onFailed;
    private final ReentrantLock flushLock = new ReentrantLock();

    /** What can't be committed before a flush begins here. */
    private volatile long limit = NO_LIMIT;

    private volatile boolean isFailed;
    private volatile boolean isClosed;

    // Of the thread that appends and configures.

    private boolean isWatched;

    /** A segment has ended that was not asked to be flushed. */
    private boolean isRolled;

    // Guarded by this.

    private long flushMessages = Long.MAX_VALUE;
    private long flushMs = FlushAgents.NEVER_MS;

    /** The log's end, together with what is just being appended. */
    private long end;

    /** Appends that the log itself has not committed yet. */
    private int uncommitted;

    /** All before it is flushed. */
    private long flushed;

    /** What the flush in progress will have flushed. */
    private long flushing;

    private final List<Held> held = new ArrayList<>();

    /** A flush is asked for that has not begun. */
    private boolean isRequested;

    /** The last flush failed, and there will be another soon. */
    private boolean isRetried;

    private boolean isDirty;
    private long dirtySinceMs;

    /** The background agent looks after what is dirty. */
    private boolean isTimed;

    /** Of the background agent. */
    private long timerId = Timers.NONE;

    private FlushedLog(
            final PartitionLog log,
            final LogObserver observer,
            final FlushAgents agents,
            final Consumer<StorageException> onFailed) {
        super(log);
        this.log = log;
        this.observer = observer;
        this.agents = agents;
        this.onFailed = onFailed;
        end = log.logEndOffset();
    }

    /**
     * Opens a log. What is in it counts as committed, so where appends wait for flushes it is flushed first: it may be there because a
     * process died before it was.
     *
     * @param storage has the log.
     * @param id which one.
     * @param config the topic's.
     * @param observer as in {@link Storage#openLog}.
     * @param agents flush.
     * @param onFailed is told why a flush failed, by the thread that flushed.
     * @return the log.
     * @throws StorageException if it can't be opened, or flushed.
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
        final FlushedLog flushed = new FlushedLog(opened, observer, agents, onFailed);
        if (config.flushMessages() < Long.MAX_VALUE) {
            try {
                opened.flush();
            } catch (final StorageException e) {
                opened.close();
                throw e;
            }
            flushed.flushed = flushed.end;
        }
        relay.owner = flushed;
        return flushed;
    }

    /**
     * The logs of a storage, flushed as their topics ask.
     *
     * @param storage has the logs.
     * @param agents flush.
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
    public void configureFlush(final long newFlushMessages, final long newFlushMs) {
        final List<Held> done;
        synchronized (this) {
            if (newFlushMessages == flushMessages && newFlushMs == flushMs) {
                return;
            }
            flushMessages = newFlushMessages;
            flushMs = newFlushMs;
            isWatched = flushMessages < Long.MAX_VALUE || flushMs < FlushAgents.NEVER_MS;
            if (uncommitted == 0) {
                end = log.logEndOffset();
            }
            noteDirty();
            if (end - flushed >= flushMessages) {
                request();
            }
            lookLater();
            raiseLimit();
            done = takeCommitted();
        }
        tell(done);
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
            agents.background().execute(this::flushUnasked);
        }
        return offset;
    }

    private long appendWatched(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        final int count = RecordBatchHeader.lastOffsetDelta(batch, batch.position()) + 1;
        final Held append = flushMessages < Long.MAX_VALUE ? new Held(callback, count) : null;
        synchronized (this) {
            final long before = log.logEndOffset();
            if (uncommitted == 0) {
                end = before;
            }
            end += count;
            // Before the log has the batch: nobody may see it and think that it is committed.
            if (end - flushed >= flushMessages) {
                limit = Math.min(limit, before);
            }
        }
        final long offset = log.append(batch, leaderEpoch, append == null ? callback : append);
        final boolean isIndeterminate;
        synchronized (this) {
            if (offset == PENDING && append != null) {
                uncommitted++;
            } else if (offset < 0) {
                end = uncommitted == 0 ? log.logEndOffset() : end - count;
                raiseLimit();
            }
            if (offset == PENDING || offset >= 0) {
                noteDirty();
                lookLater();
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

    /** Lets an append wait for a flush; false if there will be none. */
    private boolean hold(final Held append) {
        if (isFailed || isClosed) {
            return false;
        }
        held.add(append);
        request();
        return true;
    }

    private void request() {
        if (!isRequested) {
            isRequested = true;
            try {
                agents.awaited().execute(this::flushAwaited);
            } catch (final Throwable e) {
                isRequested = false;
                throw e;
            }
        }
    }

    private void noteDirty() {
        if (!isDirty && end > flushed && isWatched) {
            isDirty = true;
            dirtySinceMs = agents.nowMs();
        }
    }

    private void lookLater() {
        if (isDirty && !isTimed && flushMs < FlushAgents.NEVER_MS) {
            isTimed = true;
            agents.background().execute(this::look);
        }
    }

    /** Takes the limit away, or further up, as far as the flushes have got. */
    private void raiseLimit() {
        if (limit != NO_LIMIT) {
            limit = end - flushed < flushMessages ? NO_LIMIT : Math.max(limit, flushed);
        }
    }

    private List<Held> takeCommitted() {
        final long highWatermark = highWatermark();
        return take(append -> append.endOffset <= highWatermark);
    }

    private List<Held> take(final Predicate<Held> condition) {
        final List<Held> taken = new ArrayList<>();
        for (final Iterator<Held> all = held.iterator(); all.hasNext(); ) {
            final Held append = all.next();
            if (condition.test(append)) {
                taken.add(append);
                all.remove();
            }
        }
        return taken;
    }

    private void tell(final List<Held> committed) {
        if (!committed.isEmpty()) {
            answer(() -> observer.onHighWatermark(highWatermark()));
            for (final Held append : committed) {
                answer(() -> append.callback.onCommitted(append.baseOffset));
            }
        }
    }

    /** What fails for one of those that wait leaves the others alone. */
    private void answer(final Runnable call) {
        try {
            call.run();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{}: the outcome of an append could not be told", id(), e);
        }
    }

    private void leaveInDoubt(final List<Held> indeterminate) {
        indeterminate.forEach(append -> answer(append.callback::onIndeterminate));
    }

    // Flushing.

    private void flushAwaited() {
        synchronized (this) {
            isRequested = false;
        }
        flushUnasked();
    }

    /** Flushes if there is something to flush. Whoever waits hears of a failure, and nobody else has to. */
    private void flushUnasked() {
        synchronized (this) {
            if (isFailed || isClosed || log.logEndOffset() <= flushed) {
                return;
            }
        }
        try {
            flush();
        } catch (final StorageException e) {
            // It was told.
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{}: a flush failed and is tried again with the next one", id(), e);
        }
    }

    /** Flushes when the time has come, or waits until then. */
    private void look() {
        final Timers timers = agents.background().timers();
        timers.cancel(timerId);
        timerId = Timers.NONE;
        final long delayMs;
        synchronized (this) {
            if (isFailed || isClosed || !isDirty || flushMs >= FlushAgents.NEVER_MS) {
                isTimed = false;
                return;
            }
            delayMs = agents.delayMs(dirtySinceMs + flushMs);
            isTimed = delayMs > 0;
        }
        if (delayMs > 0) {
            timerId = timers.schedule(delayMs, this::look);
        } else {
            flushUnasked();
        }
    }

    @Override
    public void flush() {
        final List<Held> done;
        flushLock.lock();
        try {
            final long beganMs = agents.nowMs();
            synchronized (this) {
                flushing = log.logEndOffset();
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
            // No failure of the device: the log is as it was, and the next flush may succeed. Nobody should wait for
            // it.
            final List<Held> indeterminate;
            synchronized (this) {
                indeterminate = take(append -> true);
            }
            leaveInDoubt(indeterminate);
            throw e;
        } finally {
            flushLock.unlock();
        }
        tell(done);
    }

    /** The log has lost nothing, so what waits for the flush goes on waiting. */
    private synchronized void retry(final StorageException cause) {
        if (!isRetried && !isClosed) {
            isRetried = true;
            LOGGER.warn("{}: {}; the flush is tried again", id(), cause.getMessage());
            final OnDemandAgent agent = agents.awaited();
            agent.execute(() -> agent.timers().schedule(RETRY_MS, this::flushAgain));
        }
    }

    private void flushAgain() {
        synchronized (this) {
            isRetried = false;
        }
        flushUnasked();
    }

    private synchronized List<Held> flushed(final long beganMs) {
        flushed = Math.max(flushed, flushing);
        isDirty = false;
        noteDirty();
        dirtySinceMs = beganMs;
        lookLater();
        raiseLimit();
        final List<Held> done = takeCommitted();
        if (!held.isEmpty()) {
            request();
        }
        return done;
    }

    private void fail(final StorageException cause) {
        final List<Held> indeterminate;
        synchronized (this) {
            isFailed = true;
            indeterminate = take(append -> true);
        }
        onFailed.accept(cause);
        leaveInDoubt(indeterminate);
    }

    // What else changes the log.

    @Override
    public void truncateTo(final long offset) {
        final List<Held> rejected;
        final long former;
        synchronized (this) {
            former = flushed;
        }
        log.truncateTo(offset);
        synchronized (this) {
            end = log.logEndOffset();
            flushed = Math.min(former, end);
            flushing = Math.min(flushing, end);
            if (limit != NO_LIMIT) {
                limit = Math.min(limit, end);
            }
            rejected = take(append -> append.endOffset > end);
        }
        rejected.forEach(append -> append.callback.onRejected());
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
            throw new IllegalArgumentException(id() + ": what is behind " + highWatermark() + " is not committed");
        }
        return log.rewrite(fromOffset, toOffset);
    }

    @Override
    public long highWatermark() {
        // In this order: the limit of a batch is there before the log has it.
        final long committed = log.highWatermark();
        return Math.min(committed, limit);
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
        final List<Held> indeterminate;
        synchronized (this) {
            isClosed = true;
            indeterminate = take(append -> true);
        }
        closing.run();
        leaveInDoubt(indeterminate);
    }

    /** An append that waits: first for the log, if that does not commit at once, and then for a flush. */
    private final class Held implements AppendCallback {
        private final AppendCallback callback;
        private final int count;
        private long baseOffset;
        private long endOffset;

        Held(final AppendCallback callback, final int count) {
            this.callback = callback;
            this.count = count;
        }

        /** The log has committed it; says whether it need not wait for a flush. */
        private boolean isCommitted(final long offset) {
            baseOffset = offset;
            endOffset = offset + count;
            return endOffset <= highWatermark();
        }

        @Override
        public void onCommitted(final long offset) {
            final boolean isDone;
            final boolean isIndeterminate;
            synchronized (FlushedLog.this) {
                uncommitted--;
                isDone = isCommitted(offset);
                isIndeterminate = !isDone && !hold(this);
            }
            if (isDone) {
                callback.onCommitted(offset);
            } else if (isIndeterminate) {
                callback.onIndeterminate();
            }
        }

        @Override
        public void onRejected() {
            forget();
            callback.onRejected();
        }

        @Override
        public void onIndeterminate() {
            forget();
            callback.onIndeterminate();
        }

        private void forget() {
            synchronized (FlushedLog.this) {
                uncommitted--;
            }
        }
    }

    /** Stands between the log and its observer: the log's high watermark is not what is committed. */
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
                    cut.flushed = Math.min(cut.flushed, offset);
                    cut.flushing = Math.min(cut.flushing, offset);
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
            if (owner == null || highWatermark <= owner.limit) {
                observer.onHighWatermark(highWatermark);
            }
        }
    }
}
