package io.ottla.coordinator.runtime;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the operations of one machine of a {@link CoordinatorShard} one after the other, and writes their records, until
 * the machine is dropped.
 *
 * <p>At most one batch is pending at a time, and its records are replayed only when it is committed. So the state never
 * has to be rolled back, and reads see committed state only. With a storage that commits inside of {@link
 * PartitionLog#append}, operations never wait; with any other, they queue until the batch is completed.
 *
 * <p><b>Note:</b> not thread-safe; for the owning agent only.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 */
final class ShardWork<M extends StateMachine<R>, R> {
    /** The largest number of operations that wait for a pending batch; more are refused. */
    static final int QUEUED_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(ShardWork.class);

    /** A queued operation with the future of its answer. */
    private record Request<M extends StateMachine<R>, R, T>(Operation<M, R, T> operation, CompletableFuture<T> reply) {
        void submit(final CoordinatorShard<M, R> shard) {
            shard.submit(operation, reply);
        }

        void fail(final CoordinatorException cause) {
            Replies.fail(reply, cause);
        }
    }

    /** An outcome whose batch was passed to the log. */
    private record Written<R, T>(Outcome<R, T> outcome, CompletableFuture<T> reply) {
        void committed(final ShardWork<?, R> work, final long baseOffset) {
            work.committed(baseOffset, outcome, reply);
        }

        void rejected(final ShardWork<?, R> work) {
            work.failWrite(work.errors.notCoordinator("the log refused the records"), outcome, reply);
        }
    }

    private final CoordinatorShard<M, R> shard;
    private final CoordinatorContext context;
    private final PartitionLog log;
    private final int epoch;
    private final boolean flush;
    private final LogRecords<R> records;
    private final ShardErrors errors;
    private final MachineTimers<M, R> timers;
    private final M machine;
    private final ArrayDeque<Request<M, R, ?>> queued = new ArrayDeque<>();
    private Written<R, ?> pending;

    /** Null until the first batch is written. */
    private Completion completion;

    ShardWork(final CoordinatorShard<M, R> shard, final int epoch, final MachineTimers<M, R> timers, final M machine) {
        this.shard = shard;
        this.context = shard.context();
        this.log = shard.log();
        this.flush = shard.isFlushed();
        this.records = shard.records();
        this.errors = shard.errors();
        this.epoch = epoch;
        this.timers = timers;
        this.machine = machine;
    }

    int epoch() {
        return epoch;
    }

    M machine() {
        return machine;
    }

    /**
     * Runs an operation: now, or when the pending batch is completed.
     *
     * @param operation the operation.
     * @param reply completes with the response, or with a {@link CoordinatorException}.
     * @param <T> the type of the response.
     */
    <T> void submit(final Operation<M, R, T> operation, final CompletableFuture<T> reply) {
        if (pending == null) {
            run(operation, reply);
        } else if (queued.size() < QUEUED_MAX) {
            queued.add(new Request<>(operation, reply));
        } else {
            Replies.fail(reply, errors.queueFull());
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
        final T answer;
        try {
            answer = query.apply(machine, context.clock().epochMs());
        } catch (final Throwable e) {
            Replies.fail(reply, errors.answerable(LOG, e));
            return;
        }
        Replies.complete(reply, answer);
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
            broken(errors.answerable(LOG, e), reply);
            return;
        }
        try {
            batch = outcome.records().isEmpty() ? null : records.write(outcome.records(), nowMs);
        } catch (final Throwable e) {
            // An outcome with records changes the state only when they are committed.
            failWrite(errors.answerable(LOG, e), outcome, reply);
            return;
        }
        if (batch == null) {
            finish(outcome, reply);
        } else {
            append(batch, outcome, reply);
        }
    }

    /**
     * Fails the request and reloads from the log, since the soft state may be incomplete. Kafka's coordinators restore
     * a snapshot of their state instead.
     */
    private void broken(final CoordinatorException cause, final CompletableFuture<?> reply) {
        // In this order: the machine may have parked the request, and would answer it with a retriable error like the
        // others.
        Replies.fail(reply, cause);
        shard.unload(this, errors.notCoordinator("an operation failed, see the log"));
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
            // The batch may be in the log now and lost in a power failure, so it is not replayed for others to depend
            // on.
            shard.fence(epoch);
            Replies.fail(reply, errors.storage());
            shard.unload(this, errors.storage());
            return;
        } catch (final Throwable e) {
            // The device has not failed. The batch is in the log or not, and the reloaded state shows which.
            if (flush) {
                shard.flushBeforeLoad();
            }
            broken(errors.answerable(LOG, e), reply);
            return;
        }
        if (offset >= 0) {
            committed(offset, outcome, reply);
        } else if (offset == PartitionLog.PENDING) {
            pending = new Written<>(outcome, reply);
        } else if (offset == PartitionLog.NOT_LEADER) {
            final CoordinatorException cause = errors.leadershipLost(epoch);
            Replies.fail(reply, cause);
            shard.unload(this, cause);
        } else {
            failWrite(errors.storage(), outcome, reply);
        }
    }

    /** Flushes the log, and retries once if the first attempt failed without damage to the log. */
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

    /** Fails a request whose records are certainly not in the log, and were never in the state. */
    private <T> void failWrite(
            final CoordinatorException cause, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        try {
            outcome.failed(cause);
        } catch (final Throwable e) {
            effectFailed(e, reply);
            return;
        }
        Replies.fail(reply, cause);
    }

    private <T> void committed(final long baseOffset, final Outcome<R, T> outcome, final CompletableFuture<T> reply) {
        final List<R> committed = outcome.records();
        try {
            for (int i = 0; i < committed.size(); i++) {
                machine.replay(baseOffset + i, committed.get(i));
            }
            machine.replayed(baseOffset + committed.size());
        } catch (final Throwable e) {
            Replies.fail(reply, shard.fail(this, e));
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

    /** Drops a machine whose effect failed: its durable state is right, but its soft state may be incomplete. */
    private void effectFailed(final Throwable failure, final CompletableFuture<?> reply) {
        SafeLog.error(LOG, "{}: an operation's effect failed", log.id(), failure);
        final CoordinatorException cause = errors.notCoordinator("an effect failed, see the log");
        Replies.fail(reply, cause);
        shard.unload(this, cause);
    }

    /** Handles the outcome of the pending batch. A late outcome, after the state was dropped, is ignored. */
    private void completed(final Completion source, final Arrival arrival, final long baseOffset) {
        if (source != completion || pending == null) {
            return;
        }
        final Written<R, ?> written = pending;
        pending = null;
        completion = null;
        switch (arrival) {
            case COMMITTED -> written.committed(this, baseOffset);
            case REJECTED -> written.rejected(this);
            case INDETERMINATE -> {
                final CoordinatorException cause = errors.notCoordinator("the outcome of the write is unknown");
                Replies.fail(written.reply(), cause);
                shard.fence(epoch);
                shard.unload(this, cause);
            }
        }
        while (pending == null && !queued.isEmpty()) {
            // Submitted to the shard, since it may have lost the log meanwhile.
            queued.poll().submit(shard);
        }
    }

    /**
     * Drops the machine, and fails all pending requests.
     *
     * @param cause the error to answer.
     */
    void end(final CoordinatorException cause) {
        final Written<R, ?> written = pending;
        pending = null;
        completion = null;
        timers.close();
        if (written != null) {
            Replies.fail(written.reply(), cause);
        }
        drop(cause);
        // A request of a reply's callback comes as a command of the agent, after the queue is empty.
        for (Request<M, R, ?> request = queued.poll(); request != null; request = queued.poll()) {
            request.fail(cause);
        }
    }

    /**
     * Notifies the machine that it is dropped. If it throws after it answered some of its parked requests, a second
     * call answers the rest.
     */
    private void drop(final CoordinatorException cause) {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                machine.unloaded(cause);
                return;
            } catch (final Throwable e) {
                SafeLog.error(LOG, "{}: the state could not be dropped as it should", log.id(), e);
            }
        }
    }

    private enum Arrival {
        COMMITTED,
        REJECTED,
        INDETERMINATE
    }

    /** Passes the outcome of an append from any thread to the owning agent. */
    private final class Completion implements AppendCallback {
        @Override
        public void onCommitted(final long baseOffset) {
            context.agent().execute(() -> completed(this, Arrival.COMMITTED, baseOffset));
        }

        @Override
        public void onRejected() {
            context.agent().execute(() -> completed(this, Arrival.REJECTED, -1));
        }

        @Override
        public void onIndeterminate() {
            context.agent().execute(() -> completed(this, Arrival.INDETERMINATE, -1));
        }
    }
}
