package io.ottla.coordinator.runtime;

import io.ottla.api.ErrorCode;
import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one state machine over one log: loads it, runs its operations one after the other, and writes what they decide.
 *
 * <p>At most one batch is on its way at a time, and its records are replayed when it is committed, not before. So the state
 * never has to be rolled back, and every read of it is a read of committed state. A storage that commits inside of
 * {@link PartitionLog#append} never makes an operation wait; with any other, operations queue behind the batch.
 *
 * <p><b>Note:</b> not thread-safe; for the owning agent only. Others go through {@link CoordinatorRuntime}.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 */
final class CoordinatorShard<M extends StateMachine<R>, R> implements AutoCloseable {
    /** Operations that may wait for a batch that is on its way; more are refused. */
    static final int QUEUED_MAX = 10_000;

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

    /** An operation with who waits for its answer. */
    private record Request<M extends StateMachine<R>, R, T>(Operation<M, R, T> operation, CompletableFuture<T> reply) {
        void fail(final CoordinatorException cause) {
            Replies.fail(reply, cause);
        }
    }

    /** An outcome whose batch was handed to the log. */
    private record Written<R, T>(Outcome<R, T> outcome, CompletableFuture<T> reply) {
        void committed(final CoordinatorShard<?, R> shard, final long baseOffset) {
            shard.committed(baseOffset, outcome, reply);
        }

        void rejected(final CoordinatorShard<?, R> shard) {
            shard.comeToNothing(shard.notCoordinator("the log refused the records"), outcome, reply);
        }
    }

    private final CoordinatorContext context;
    private final PartitionLog log;
    private final StateMachine.Factory<M, R> factory;
    private final LogRecords<R> records;
    private final boolean flush;
    private final ArrayDeque<Request<M, R, ?>> queued = new ArrayDeque<>();

    private Phase phase = Phase.UNLOADED;
    private int epoch = -1;

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
    private M machine;
    private MachineTimers<M, R> timers;
    private Written<R, ?> onItsWay;

    /** Null until a batch is written. */
    private Completion completion;

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
    }

    /**
     * Loads the log if it is not loaded. Returns before that is done if the log is long and {@code whole} is false, or if
     * the log has records that are not committed yet; the shard goes on by itself then.
     *
     * @param whole whether to replay all that can be read now, however long it takes.
     */
    void load(final boolean whole) {
        if (phase == Phase.ACTIVE && log.leaderEpoch() != epoch) {
            unload(notCoordinator("no longer leads it in epoch " + epoch));
        }
        final int leaderEpoch = log.leaderEpoch();
        if (phase == Phase.UNLOADED && leaderEpoch > fencedEpoch && !isResting()) {
            epoch = leaderEpoch;
            if (beginLoad()) {
                loadStep(whole ? Integer.MAX_VALUE : LOAD_STEP_BYTES);
            }
        }
    }

    private boolean isResting() {
        isResting = isResting && context.clock().nanoTime() - restUntilNs < 0;
        return isResting;
    }

    private boolean beginLoad() {
        phase = Phase.LOADING;
        unloadedBy = null;
        try {
            if (isUnflushed) {
                log.flush();
                isUnflushed = false;
            }
            loadOffset = log.logStartOffset();
            timers = new MachineTimers<>(this, context.timers());
            machine = factory.create(timers);
            return true;
        } catch (final Throwable e) {
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
        return phase == Phase.ACTIVE && log.leaderEpoch() == epoch;
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
        } else if (onItsWay == null) {
            run(operation, reply);
        } else if (queued.size() < QUEUED_MAX) {
            queued.add(new Request<>(operation, reply));
        } else {
            Replies.fail(
                    reply,
                    new CoordinatorException(
                            ErrorCode.COORDINATOR_NOT_AVAILABLE, log.id() + ": too many requests wait for the log"));
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
            return;
        }
        final T answer;
        try {
            answer = query.apply(machine, context.clock().epochMs());
        } catch (final Throwable e) {
            Replies.fail(reply, answerable(e));
            return;
        }
        Replies.complete(reply, answer);
    }

    /** Answers whoever waits, and drops the state. The log stays open; it belongs to whoever opened it. */
    @Override
    public void close() {
        if (phase != Phase.CLOSED) {
            unload(notCoordinator("closed"));
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
            case LOADING ->
                new CoordinatorException(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, log.id() + ": still being loaded");
            case UNLOADED -> unloadedBy == null ? notCoordinator("not led by this node") : unloadedBy;
            case FAILED, CLOSED -> unloadedBy;
        };
    }

    private <T> void run(final Operation<M, R, T> operation, final CompletableFuture<T> reply) {
        final Outcome<R, T> outcome;
        final ByteBuffer batch;
        final long nowMs = context.clock().epochMs();
        try {
            outcome = operation.apply(machine, nowMs);
        } catch (final CoordinatorException e) {
            Replies.fail(reply, e);
            return;
        } catch (final Throwable e) {
            broken(answerable(e), reply);
            return;
        }
        try {
            batch = outcome.records().isEmpty() ? null : records.write(outcome.records(), nowMs);
        } catch (final Throwable e) {
            // What has records changes the state when they are committed, and not before.
            comeToNothing(answerable(e), outcome, reply);
            return;
        }
        if (batch == null) {
            finish(outcome, reply);
        } else {
            append(batch, outcome, reply);
        }
    }

    /**
     * Answers, and begins again from the log: soft state may be half changed. Kafka's coordinators go back to a snapshot of their state then.
     */
    private void broken(final CoordinatorException cause, final CompletableFuture<?> reply) {
        // In this order: the machine may have parked the request, and would answer that the others are to come again.
        Replies.fail(reply, cause);
        if (phase == Phase.ACTIVE) {
            unload(notCoordinator("an operation failed, see the log"));
        }
    }

    private <T> void append(final ByteBuffer batch, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        final long offset;
        try {
            if (completion == null) {
                completion = new Completion();
            }
            offset = log.append(batch, epoch, completion);
            if (flush && offset >= 0) {
                flush();
            }
        } catch (final RuntimeException e) {
            SafeLog.error(
                    LOG, "{}: the log can't be written; requests are refused until it is opened again", log.id(), e);
            // The batch may be in the log for now and gone after a loss of power, so it's not replayed for others to
            // build upon.
            fencedEpoch = epoch;
            Replies.fail(reply, storageError());
            unload(storageError());
            return;
        } catch (final Throwable e) {
            // No failure of the device. The batch is in the log or not, and the state will have it or not.
            isUnflushed = flush;
            broken(answerable(e), reply);
            return;
        }
        if (offset >= 0) {
            committed(offset, outcome, reply);
        } else if (offset == PartitionLog.PENDING) {
            onItsWay = new Written<>(outcome, reply);
        } else if (offset == PartitionLog.NOT_LEADER) {
            final CoordinatorException cause = notCoordinator("no longer leads it in epoch " + epoch);
            Replies.fail(reply, cause);
            unload(cause);
        } else {
            comeToNothing(storageError(), outcome, reply);
        }
    }

    /** The records are certainly not in the log, and the state never knew of them. */
    private <T> void comeToNothing(
            final CoordinatorException cause, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        try {
            outcome.failed(cause);
        } catch (final Throwable e) {
            effectFailed(e, reply);
            return;
        }
        Replies.fail(reply, cause);
    }

    /** One that failed and did the log no harm is tried once more. */
    private void flush() {
        try {
            log.flush();
        } catch (final StorageException e) {
            if (log.isFailed()) {
                throw e;
            }
            log.flush();
        }
    }

    private <T> void committed(final long baseOffset, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        final List<R> records = outcome.records();
        try {
            for (int i = 0; i < records.size(); i++) {
                machine.replay(baseOffset + i, records.get(i));
            }
            machine.replayed(baseOffset + records.size());
        } catch (final Throwable e) {
            fail(e);
            Replies.fail(reply, unloadedBy);
            return;
        }
        finish(outcome, reply);
    }

    private <T> void finish(final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        try {
            outcome.succeeded();
        } catch (final Throwable e) {
            effectFailed(e, reply);
            return;
        }
        if (!outcome.isParked()) {
            Replies.complete(reply, outcome.response());
        }
    }

    /** The durable state is right; the soft state may be half changed, and a new machine has none. */
    private void effectFailed(final Throwable failure, final CompletableFuture<?> reply) {
        SafeLog.error(LOG, "{}: an operation's effect failed", log.id(), failure);
        final CoordinatorException cause = notCoordinator("an effect failed, see the log");
        Replies.fail(reply, cause);
        unload(cause);
    }

    /** Only the completion of the batch that is on its way is heard: a late one of a state that was dropped is not. */
    private void arrived(final Completion source, final Arrival arrival, final long baseOffset) {
        if (source != completion || onItsWay == null) {
            return;
        }
        final Written<R, ?> written = onItsWay;
        onItsWay = null;
        completion = null;
        switch (arrival) {
            case COMMITTED -> written.committed(this, baseOffset);
            case REJECTED -> written.rejected(this);
            case INDETERMINATE -> {
                final CoordinatorException cause = notCoordinator("nobody knows yet what became of the records");
                Replies.fail(written.reply(), cause);
                fencedEpoch = epoch;
                unload(cause);
            }
        }
        drain();
    }

    private void drain() {
        while (onItsWay == null && !queued.isEmpty()) {
            runQueued(queued.poll());
        }
    }

    private <T> void runQueued(final Request<M, R, T> request) {
        final CoordinatorException refusal = refusal();
        if (refusal == null) {
            run(request.operation(), request.reply());
        } else {
            request.fail(refusal);
        }
    }

    private void loadStep(final int budgetBytes) {
        if (log.leaderEpoch() != epoch) {
            unload(notCoordinator("no longer leads it in epoch " + epoch));
            return;
        }
        try {
            // Up to the high watermark only: what is behind it may still be cut off.
            loadOffset = records.read(log, loadOffset, log.highWatermark(), budgetBytes, machine);
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
        final M loading = machine;
        return () -> {
            if (phase == Phase.LOADING && machine == loading) {
                loadStep(LOAD_STEP_BYTES);
            }
        };
    }

    private void loaded() {
        phase = Phase.ACTIVE;
        final CompletableFuture<Void> begun = new CompletableFuture<>();
        begun.whenComplete((nothing, failure) -> {
            if (failure instanceof final CoordinatorException cause && phase == Phase.ACTIVE) {
                unload(cause);
            }
        });
        run((loaded, nowMs) -> loaded.loaded(nowMs), begun);
    }

    /** What a record is to blame for comes again with it. What the machine's memory is to blame for may be over soon. */
    private void fail(final Throwable cause) {
        unload(notCoordinator("can't be replayed: " + cause.getMessage()));
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

    private void unload(final CoordinatorException cause) {
        phase = Phase.UNLOADED;
        unloadedBy = cause;
        final Written<R, ?> written = onItsWay;
        final M dropped = machine;
        onItsWay = null;
        completion = null;
        machine = null;
        if (timers != null) {
            timers.close();
            timers = null;
        }
        if (written != null) {
            Replies.fail(written.reply(), cause);
        }
        if (dropped != null) {
            drop(dropped, cause);
        }
        // What is asked from now on comes as a command of the agent, and finds the queue empty.
        for (Request<M, R, ?> request = queued.poll(); request != null; request = queued.poll()) {
            request.fail(cause);
        }
    }

    /** Whatever it throws, it has answered some of those that it parked; a second attempt answers the rest. */
    private void drop(final M dropped, final CoordinatorException cause) {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                dropped.unloaded(cause);
                return;
            } catch (final Throwable e) {
                SafeLog.error(LOG, "{}: the state could not be dropped as it should", log.id(), e);
            }
        }
    }

    private CoordinatorException answerable(final Throwable failure) {
        if (failure instanceof final CoordinatorException expected) {
            return expected;
        }
        SafeLog.error(LOG, "{}: an operation failed", log.id(), failure);
        return new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, log.id() + ": " + failure.getMessage());
    }

    private CoordinatorException notCoordinator(final String why) {
        return new CoordinatorException(ErrorCode.NOT_COORDINATOR, log.id() + ": " + why);
    }

    private CoordinatorException storageError() {
        return new CoordinatorException(
                ErrorCode.KAFKA_STORAGE_ERROR, log.id() + ": the log can't be written, see the log of the storage");
    }

    private enum Arrival {
        COMMITTED,
        REJECTED,
        INDETERMINATE
    }

    /** Takes the outcome of an append from any thread to the owning agent. */
    private final class Completion implements AppendCallback {
        @Override
        public void onCommitted(final long baseOffset) {
            context.agent().execute(() -> arrived(this, Arrival.COMMITTED, baseOffset));
        }

        @Override
        public void onRejected() {
            context.agent().execute(() -> arrived(this, Arrival.REJECTED, -1));
        }

        @Override
        public void onIndeterminate() {
            context.agent().execute(() -> arrived(this, Arrival.INDETERMINATE, -1));
        }
    }
}
