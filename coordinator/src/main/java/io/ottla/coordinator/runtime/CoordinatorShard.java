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
 * Drives one state machine over one log: loads it, passes operations to the {@link ShardWork} of the machine, and drops
 * the machine when another node leads the log or the log fails.
 *
 * <p><b>Note:</b> not thread-safe; for the owning agent only. Other threads use {@link CoordinatorRuntime}.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 */
final class CoordinatorShard<M extends StateMachine<R>, R> implements AutoCloseable {
    /** The largest number of bytes that are replayed before other shards get their turn. */
    static final int LOAD_STEP_BYTES = 4 << 20;

    private static final long LOAD_RETRY_MS = 10;

    /** The pause before a log is loaded again that could not be loaded for lack of memory. */
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
     * The epoch of a batch whose outcome is unknown, or that could not be flushed. The log is not loaded in this epoch,
     * even if it still leads in it.
     */
    private int fencedEpoch = -1;

    /** True if the log may have an unflushed batch that the next loaded state depends on. */
    private boolean isUnflushed;

    /** True while the log is not loaded again, after that failed for lack of memory, for instance. */
    private boolean isResting;

    private long restUntilNs;
    private CoordinatorException unloadedBy;
    private long loadOffset;

    /** Null unless the log is loaded or being loaded. */
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
     * Returns whether each batch is flushed before it is answered.
     *
     * @return true if it is.
     */
    boolean isFlushed() {
        return flush;
    }

    /**
     * Loads the log if it is not loaded. Returns early if the log is long and {@code whole} is false, or if the log has
     * uncommitted records; the shard then continues by itself.
     *
     * @param whole true to replay everything that can be read now, however long that takes.
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
     * Returns whether operations run now.
     *
     * @return true if the log is loaded and this node leads it.
     */
    boolean isActive() {
        return phase == Phase.ACTIVE && log.leaderEpoch() == work.epoch();
    }

    /**
     * Runs an operation: now, or when the pending batch is completed.
     *
     * @param operation the operation.
     * @param reply completes with the response, or with a {@link CoordinatorException}.
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
     * Runs a query on the machine, without waiting for a pending batch.
     *
     * @param query the query.
     * @param reply completes with the answer, or with a {@link CoordinatorException}.
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

    /** Fails all pending requests, and drops the state. The log stays open; it is closed by its opener. */
    @Override
    public void close() {
        if (phase != Phase.CLOSED) {
            unload(errors.notCoordinator("closed"));
            phase = Phase.CLOSED;
        }
    }

    /**
     * Returns the reason to refuse a request now. Loads the log if it is not loaded.
     *
     * @return the error to answer; null if an operation would run.
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
            // Only up to the high watermark: records past it may still be truncated.
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
     * Refuses to load the log in an epoch in which the outcome of a batch is unknown.
     *
     * @param epoch the epoch, or an earlier one.
     */
    void fence(final int epoch) {
        fencedEpoch = epoch;
    }

    /** Flushes the log before it is loaded again. */
    void flushBeforeLoad() {
        isUnflushed = true;
    }

    /**
     * Drops a machine whose records could not be replayed.
     *
     * @param failed its work.
     * @param cause the failure.
     * @return the error to answer.
     */
    CoordinatorException fail(final ShardWork<M, R> failed, final Throwable cause) {
        if (failed == work) {
            fail(cause);
        }
        return unloadedBy;
    }

    /** Unloads after a failed replay. A failure caused by a record is permanent; a lack of memory may be over soon. */
    private void fail(final Throwable cause) {
        unload(errors.notCoordinator("cannot be replayed: " + cause.getMessage()));
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
     * Drops a machine, unless it is dropped already.
     *
     * @param dropped its work.
     * @param cause the error for pending requests.
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
