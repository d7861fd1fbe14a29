package io.ottla.coordinator;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.PartitionLog;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
            reply.completeExceptionally(cause);
        }
    }

    /** An outcome whose batch was handed to the log. */
    private record Written<R, T>(Outcome<R, T> outcome, CompletableFuture<T> reply) {}

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

    private CoordinatorException unloadedBy;
    private long loadOffset;
    private M machine;
    private MachineTimers<M, R> timers;
    private Written<R, ?> onItsWay;
    private Completion completion = new Completion();

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
        if (phase == Phase.UNLOADED && leaderEpoch > fencedEpoch) {
            phase = Phase.LOADING;
            unloadedBy = null;
            epoch = leaderEpoch;
            loadOffset = log.logStartOffset();
            timers = new MachineTimers<>(this, context.timers());
            machine = factory.create(timers);
            loadStep(whole ? Integer.MAX_VALUE : LOAD_STEP_BYTES);
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
            reply.completeExceptionally(refusal);
        } else if (onItsWay == null) {
            run(operation, reply);
        } else if (queued.size() < QUEUED_MAX) {
            queued.add(new Request<>(operation, reply));
        } else {
            reply.completeExceptionally(new CoordinatorException(
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
            reply.completeExceptionally(refusal);
            return;
        }
        final T answer;
        try {
            answer = query.apply(machine, context.clock().epochMs());
        } catch (final RuntimeException e) {
            reply.completeExceptionally(answerable(e));
            return;
        }
        reply.complete(answer);
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
            batch = outcome.records().isEmpty() ? null : records.write(outcome.records(), nowMs);
        } catch (final RuntimeException e) {
            reply.completeExceptionally(answerable(e));
            return;
        }
        if (batch == null) {
            finish(outcome, reply);
        } else {
            append(batch, outcome, reply);
        }
    }

    private <T> void append(final ByteBuffer batch, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        final long offset;
        try {
            offset = log.append(batch, epoch, completion);
            if (flush && offset >= 0) {
                log.flush();
            }
        } catch (final RuntimeException e) {
            LOG.error("{}: the log can't be written; requests are refused until it is opened again", log.id(), e);
            // The batch may be in the log for now and gone after a loss of power, so it's not replayed for others to
            // build upon.
            fencedEpoch = epoch;
            reply.completeExceptionally(storageError());
            unload(storageError());
            return;
        }
        if (offset >= 0) {
            committed(offset, outcome, reply);
        } else if (offset == PartitionLog.PENDING) {
            onItsWay = new Written<>(outcome, reply);
        } else if (offset == PartitionLog.NOT_LEADER) {
            final CoordinatorException cause = notCoordinator("no longer leads it in epoch " + epoch);
            reply.completeExceptionally(cause);
            unload(cause);
        } else {
            reply.completeExceptionally(storageError());
        }
    }

    private <T> void committed(final long baseOffset, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        final List<R> records = outcome.records();
        try {
            for (int i = 0; i < records.size(); i++) {
                machine.replay(baseOffset + i, records.get(i));
            }
            machine.replayed(baseOffset + records.size());
        } catch (final RuntimeException e) {
            fail(e);
            reply.completeExceptionally(unloadedBy);
            return;
        }
        finish(outcome, reply);
    }

    private <T> void finish(final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        if (outcome.effect() != null) {
            try {
                outcome.effect().run();
            } catch (final RuntimeException e) {
                // The durable state is right; the soft state may be half changed, and a new machine has none.
                LOG.error("{}: an operation's effect failed", log.id(), e);
                final CoordinatorException cause = notCoordinator("an effect failed, see the log");
                reply.completeExceptionally(cause);
                unload(cause);
                return;
            }
        }
        if (!outcome.parked()) {
            reply.complete(outcome.response());
        }
    }

    /** Only the completion of the batch that is on its way is heard: a late one of a state that was dropped is not. */
    private void arrived(final Completion source, final Arrival arrival, final long baseOffset) {
        if (source != completion || onItsWay == null) {
            return;
        }
        final Written<R, ?> written = onItsWay;
        onItsWay = null;
        completion = new Completion();
        switch (arrival) {
            case COMMITTED -> committedLater(baseOffset, written);
            // It is certainly not in the log, and the state never knew of it.
            case REJECTED -> written.reply().completeExceptionally(notCoordinator("the log refused the records"));
            case INDETERMINATE -> {
                final CoordinatorException cause = notCoordinator("nobody knows yet what became of the records");
                written.reply().completeExceptionally(cause);
                fencedEpoch = epoch;
                unload(cause);
            }
        }
        drain();
    }

    private <T> void committedLater(final long baseOffset, final Written<R, T> written) {
        committed(baseOffset, written.outcome(), written.reply());
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
        } catch (final RuntimeException e) {
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

    private void fail(final RuntimeException cause) {
        LOG.error("{}: could not be replayed; its requests are refused until the broker starts again", log.id(), cause);
        unload(notCoordinator("can't be replayed: " + cause.getMessage()));
        phase = Phase.FAILED;
    }

    private void unload(final CoordinatorException cause) {
        phase = Phase.UNLOADED;
        unloadedBy = cause;
        final Written<R, ?> written = onItsWay;
        final M dropped = machine;
        final List<Request<M, R, ?>> waiting = List.copyOf(queued);
        onItsWay = null;
        completion = new Completion();
        machine = null;
        queued.clear();
        if (timers != null) {
            timers.close();
            timers = null;
        }
        if (written != null) {
            written.reply().completeExceptionally(cause);
        }
        if (dropped != null) {
            dropped.unloaded(cause);
        }
        waiting.forEach(request -> request.fail(cause));
    }

    private CoordinatorException answerable(final RuntimeException failure) {
        if (failure instanceof final CoordinatorException expected) {
            return expected;
        }
        LOG.error("{}: an operation failed", log.id(), failure);
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
