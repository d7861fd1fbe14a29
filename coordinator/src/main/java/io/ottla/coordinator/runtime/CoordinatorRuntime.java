package io.ottla.coordinator.runtime;

import io.ottla.api.ErrorCode;
import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the shards of one coordinator, one for each partition of its topic. A shard is created by its first request.
 *
 * <p><b>Note:</b> {@link #write} and {@link #read} are for any thread: they queue for the owning agent, in the order of the
 * calls, and their futures are completed there. All other methods are for the agent itself.
 *
 * @param <M> the type of the state machines.
 * @param <R> the type of their records.
 */
public final class CoordinatorRuntime<M extends StateMachine<R>, R> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorRuntime.class);

    private final CoordinatorContext context;
    private final IntFunction<PartitionLog> logs;
    private final StateMachine.Factory<M, R> factory;
    private final RecordSerde<R> serde;
    private final int batchBytesMax;
    private final boolean flush;
    private final Int2ObjectHashMap<CoordinatorShard<M, R>> shardByPartition = new Int2ObjectHashMap<>();
    private boolean closed;

    /**
     * Creates a runtime without shards.
     *
     * @param context the agent, its timers and its clock.
     * @param logs opens the log of a partition, on the agent, once for each unless it throws a {@link
     *     StorageException}; returns null for a partition that this broker does not have. The logs are closed by the
     *     opener.
     * @param factory creates a machine each time that a shard is loaded.
     * @param serde reads and writes the records of the logs.
     * @param batchBytesMax the largest batch in bytes; an operation that writes more fails with MESSAGE_TOO_LARGE.
     */
    public CoordinatorRuntime(
            final CoordinatorContext context,
            final IntFunction<PartitionLog> logs,
            final StateMachine.Factory<M, R> factory,
            final RecordSerde<R> serde,
            final int batchBytesMax) {
        this(context, logs, factory, serde, batchBytesMax, false);
    }

    /**
     * Creates a runtime without shards.
     *
     * @param context the agent, its timers and its clock.
     * @param logs opens the log of a partition, as above.
     * @param factory creates a machine each time that a shard is loaded.
     * @param serde reads and writes the records of the logs.
     * @param batchBytesMax the largest batch in bytes, as above.
     * @param flush true to flush each batch that the log commits at once before it is answered, so that it survives a
     *     power failure. The agent waits for the device meanwhile. A log that commits later relies on its replicas.
     */
    public CoordinatorRuntime(
            final CoordinatorContext context,
            final IntFunction<PartitionLog> logs,
            final StateMachine.Factory<M, R> factory,
            final RecordSerde<R> serde,
            final int batchBytesMax,
            final boolean flush) {
        this.context = context;
        this.logs = logs;
        this.factory = factory;
        this.serde = serde;
        this.batchBytesMax = batchBytesMax;
        this.flush = flush;
    }

    /**
     * Runs an operation on a partition's machine.
     *
     * @param partition the partition's index.
     * @param operation the operation.
     * @param <T> the type of the response.
     * @return the response when the operation's records are committed, or a {@link CoordinatorException}.
     */
    public <T> CompletableFuture<T> write(final int partition, final Operation<M, R, T> operation) {
        final CompletableFuture<T> reply = new CompletableFuture<>();
        write(partition, operation, reply);
        return reply;
    }

    /**
     * Runs an operation that may park the request on a partition's machine.
     *
     * @param partition the partition's index.
     * @param operation the operation.
     * @param reply completes with the response when the operation's records are committed, or with a {@link
     *     CoordinatorException}. The machine completes it if the outcome is parked.
     * @param <T> the type of the response.
     */
    public <T> void write(final int partition, final Operation<M, R, T> operation, final CompletableFuture<T> reply) {
        execute(partition, reply, shard -> shard.submit(operation, reply));
    }

    /**
     * Runs a query on a partition's machine.
     *
     * @param partition the partition's index.
     * @param query the query.
     * @param <T> the type of the answer.
     * @return the answer, or a {@link CoordinatorException}.
     */
    public <T> CompletableFuture<T> read(final int partition, final Query<M, T> query) {
        final CompletableFuture<T> reply = new CompletableFuture<>();
        execute(partition, reply, shard -> shard.query(query, reply));
        return reply;
    }

    /** Runs a command, and completes its reply whatever it throws. */
    private void execute(
            final int partition, final CompletableFuture<?> reply, final Consumer<CoordinatorShard<M, R>> command) {
        context.agent().execute(() -> {
            try {
                final CoordinatorShard<M, R> shard = shard(partition, reply);
                if (shard != null) {
                    command.accept(shard);
                }
            } catch (final Throwable e) {
                SafeLog.error(LOG, "partition {}: a request failed", partition, e);
                Replies.fail(
                        reply,
                        new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, "partition " + partition + ": " + e));
            }
        });
    }

    /**
     * Loads a partition's log, up to the end that can be read now.
     *
     * @param partition the partition's index.
     * @return true if the machine runs; false if this node does not lead the partition, the log has uncommitted
     *     records, or it cannot be replayed.
     */
    public boolean load(final int partition) {
        final CoordinatorShard<M, R> shard = shard(partition);
        if (shard == null) {
            return false;
        }
        shard.load(true);
        return shard.isActive();
    }

    /**
     * Returns the reason to refuse a request to a partition now.
     *
     * @param partition the partition's index.
     * @return the error to answer; null if the request would run.
     */
    public CoordinatorException refusal(final int partition) {
        final CoordinatorShard<M, R> shard = shard(partition);
        return shard == null ? noSuchPartition(partition) : shard.refusal();
    }

    /**
     * Drops a partition's machine and its log, which the opener may close afterwards.
     *
     * @param partition the partition's index; a partition without a shard is ignored.
     */
    public void unload(final int partition) {
        final CoordinatorShard<M, R> shard = shardByPartition.remove(partition);
        if (shard != null) {
            shard.close();
        }
    }

    /** Fails pending requests, and drops all machines. Later requests are refused. Idempotent. */
    @Override
    public void close() {
        closed = true;
        shardByPartition.values().forEach(CoordinatorShard::close);
        shardByPartition.clear();
    }

    /** Returns the shard of a partition; null if there is none, after the reply was failed. */
    private CoordinatorShard<M, R> shard(final int partition, final CompletableFuture<?> reply) {
        final CoordinatorShard<M, R> shard;
        try {
            shard = shard(partition);
        } catch (final StorageException e) {
            // The next request tries again. Requests to other partitions are not affected.
            SafeLog.error(LOG, "partition {}: the log can't be opened", partition, e);
            Replies.fail(
                    reply,
                    new CoordinatorException(
                            ErrorCode.KAFKA_STORAGE_ERROR, "partition " + partition + ": the log can't be opened"));
            return null;
        }
        if (shard == null) {
            Replies.fail(reply, noSuchPartition(partition));
        }
        return shard;
    }

    private CoordinatorShard<M, R> shard(final int partition) {
        final CoordinatorShard<M, R> present = shardByPartition.get(partition);
        if (present != null || closed) {
            return present;
        }
        final PartitionLog log = logs.apply(partition);
        if (log == null) {
            return null;
        }
        final CoordinatorShard<M, R> shard = new CoordinatorShard<>(context, log, factory, serde, batchBytesMax, flush);
        shardByPartition.put(partition, shard);
        return shard;
    }

    private CoordinatorException noSuchPartition(final int partition) {
        return new CoordinatorException(
                ErrorCode.NOT_COORDINATOR, "partition " + partition + (closed ? ": closed" : " is not on this broker"));
    }
}
