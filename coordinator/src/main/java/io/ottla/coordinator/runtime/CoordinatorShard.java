package io.ottla.coordinator.runtime;

import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one state machine over one log: loads it, hands operations to the {@link ShardWork} of the machine, and drops the machine when
 * the log is led by another node or fails.
 *
 * <p><b>Note:</b> not thread-safe; for the owning agent only. Others go through {@link CoordinatorRuntime}.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 */
final class CoordinatorShard<M extends StateMachine<R>, R> implements AutoCloseable {
    /** How much of a log is replayed before other shards get their turn. */
    static final int LOAD_STEP_BYTES = 4 << 20;

    private static final long LOAD_RETRY_MS = 10;

    /** How long a log is left alone that could not be loaded for want of memory. */
    static final long REST_MS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorShard.class);

    private enum Phase {
        UNLOADED,
        LOADING,
        ACTIVE,
        FAILED,
        CLOSED
    }

    private final CoordinatorContext context;
    private final PartitionLog log;
    private final StateMachine.Factory<M, R> factory;
    private final LogRecords<R> records;
    private final boolean flush;
    private final ShardErrors errors;

    private Phase phase = Phase.UNLOADED;

    /**
     * The epoch of a batch that is indeterminate, or that could not be flushed. The log may name it for longer; it is not to be trusted in
     * it.
     */
    private int fencedEpoch = -1;

    /** Whether the log may have a batch that was not flushed, and that what is loaded next builds upon. */
    private boolean isUnflushed;

    /** Whether the log could not be loaded for want of memory, say, and is left alone until a time. */
    private boolean isResting;

    private long restUntilNs;
    private CoordinatorException unloadedBy;
    private long loadOffset;

    /** Null unless the log is being loaded, or is. */
    private ShardWork<M, R> work;

    CoordinatorShard(
            final CoordinatorContext context,
            final PartitionLog log,
            final StateMachine.Factory<M, R> factory,
            final RecordSerde<R> serde,
            final int batchBytesMax,
            final boolean flush) {
        this.context = context;
        this.flush = flush;
        this.log = log;
        this.factory = factory;
        this.records = new LogRecords<>(serde, batchBytesMax);
        this.errors = new ShardErrors(log.id());
    }

    CoordinatorContext context() {
        return context;
    }

    PartitionLog log() {
        return log;
    }

    LogRecords<R> records() {
        return records;
    }

    ShardErrors errors() {
        return errors;
    }

    /**
     * Whether each batch is flushed before it counts.
     *
     * @return true if it is.
     */
    boolean isFlushed() {
        return flush;
    }

    /**
     * Loads the log if it is not loaded. Returns before that is done if the log is long and {@code whole} is false, or if
     * the log has records that are not committed yet; the shard goes on by itself then.
     *
     * @param whole whether to replay all that can be read now, however long it takes.
     */
    void load(final boolean whole) {
        if (phase == Phase.ACTIVE && log.leaderEpoch() != work.epoch()) {
            unload(errors.leadershipLost(work.epoch()));
        }
        final int leaderEpoch = log.leaderEpoch();
        if (phase == Phase.UNLOADED && leaderEpoch > fencedEpoch && !isResting() && beginLoad(leaderEpoch)) {
            loadStep(whole ? Integer.MAX_VALUE : LOAD_STEP_BYTES);
        }
    }

    private boolean isResting() {
        isResting = isResting && context.clock().nanoTime() - restUntilNs < 0;
        return isResting;
    }

    private boolean beginLoad(final int epoch) {
        phase = Phase.LOADING;
        unloadedBy = null;
        final MachineTimers<M, R> timers = new MachineTimers<>(this, context.timers());
        try {
            if (isUnflushed) {
                log.flush();
                isUnflushed = false;
            }
            loadOffset = log.logStartOffset();
            work = new ShardWork<>(this, epoch, timers, factory.create(timers));
            return true;
        } catch (final Throwable e) {
            timers.close();
            fail(e);
            return false;
        }
    }

    /**
     * Whether operations run now.
     *
     * @return true if the log is loaded and this node leads it.
     */
    boolean isActive() {
        return phase == Phase.ACTIVE && log.leaderEpoch() == work.epoch();
    }

    /**
     * Runs an operation: now, or when the batch that is on its way has arrived.
     *
     * @param operation what to run.
     * @param reply is completed with the response, or with a {@link CoordinatorException}.
     * @param <T> the type of the response.
     */
    <T> void submit(final Operation<M, R, T> operation, final CompletableFuture<T> reply) {
        final CoordinatorException refusal = refusal();
        if (refusal != null) {
            Replies.fail(reply, refusal);
        } else {
            work.submit(operation, reply);
        }
    }

    /**
     * Asks the machine, without waiting for a batch that is on its way.
     *
     * @param query what to ask.
     * @param reply is completed with the answer, or with a {@link CoordinatorException}.
     * @param <T> the type of the answer.
     */
    <T> void query(final Query<M, T> query, final CompletableFuture<T> reply) {
        final CoordinatorException refusal = refusal();
        if (refusal != null) {
            Replies.fail(reply, refusal);
        } else {
            work.query(query, reply);
        }
    }

    /** Answers all requests that wait, and drops the state. The log stays open; it is closed by its opener. */
    @Override
    public void close() {
        if (phase != Phase.CLOSED) {
            unload(errors.notCoordinator("closed"));
            phase = Phase.CLOSED;
        }
    }

    /**
     * Why a request would be refused now. Loads the log if that is what it needs.
     *
     * @return what to answer; null if an operation would run.
     */
    CoordinatorException refusal() {
        load(false);
        return switch (phase) {
            case ACTIVE -> null;
            case LOADING -> errors.loading();
            case UNLOADED -> unloadedBy == null ? errors.notCoordinator("not led by this node") : unloadedBy;
            case FAILED, CLOSED -> unloadedBy;
        };
    }

    private void loadStep(final int budgetBytes) {
        if (log.leaderEpoch() != work.epoch()) {
            unload(errors.leadershipLost(work.epoch()));
            return;
        }
        try {
            // Up to the high watermark only: what is past it may still be cut off.
            loadOffset = records.read(log, loadOffset, log.highWatermark(), budgetBytes, work.machine());
            if (loadOffset < log.highWatermark()) {
                context.agent().execute(resumeLoad());
            } else if (loadOffset < log.logEndOffset()) {
                context.timers().schedule(LOAD_RETRY_MS, resumeLoad());
            } else {
                loaded();
            }
        } catch (final Throwable e) {
            fail(e);
        }
    }

    private Runnable resumeLoad() {
        final ShardWork<M, R> loading = work;
        return () -> {
            if (phase == Phase.LOADING && work == loading) {
                loadStep(LOAD_STEP_BYTES);
            }
        };
    }

    private void loaded() {
        phase = Phase.ACTIVE;
        final ShardWork<M, R> loaded = work;
        final CompletableFuture<Void> begun = new CompletableFuture<>();
        begun.whenComplete((nothing, failure) -> {
            if (failure instanceof final CoordinatorException cause) {
                unload(loaded, cause);
            }
        });
        loaded.submit((machine, nowMs) -> machine.loaded(nowMs), begun);
    }

    /**
     * Refuses to load the log in an epoch, in which a batch may or may not stay in it.
     *
     * @param epoch the epoch, or an earlier one.
     */
    void fence(final int epoch) {
        fencedEpoch = epoch;
    }

    /** Makes what the log has durable before it is loaded again. */
    void flushBeforeLoad() {
        isUnflushed = true;
    }

    /**
     * Drops a machine whose records could not be replayed.
     *
     * @param failed its work.
     * @param cause why.
     * @return what to answer.
     */
    CoordinatorException fail(final ShardWork<M, R> failed, final Throwable cause) {
        if (failed == work) {
            fail(cause);
        }
        return unloadedBy;
    }

    /** What a record is to blame for comes again with it. What the machine's memory is to blame for may be over soon. */
    private void fail(final Throwable cause) {
        unload(errors.notCoordinator("can't be replayed: " + cause.getMessage()));
        if (cause instanceof Error) {
            isResting = true;
            restUntilNs = context.clock().nanoTime() + TimeUnit.MILLISECONDS.toNanos(REST_MS);
            SafeLog.error(LOG, "{}: could not be replayed; it is tried again by a later request", log.id(), cause);
        } else {
            phase = Phase.FAILED;
            SafeLog.error(
                    LOG,
                    "{}: could not be replayed; its requests are refused until the broker starts again",
                    log.id(),
                    cause);
        }
    }

    /**
     * Drops a machine, unless that is done already.
     *
     * @param dropped its work.
     * @param cause what waiting requests are answered.
     */
    void unload(final ShardWork<M, R> dropped, final CoordinatorException cause) {
        if (dropped == work) {
            unload(cause);
        }
    }

    private void unload(final CoordinatorException cause) {
        phase = Phase.UNLOADED;
        unloadedBy = cause;
        final ShardWork<M, R> dropped = work;
        work = null;
        if (dropped != null) {
            dropped.end(cause);
        }
    }
}
