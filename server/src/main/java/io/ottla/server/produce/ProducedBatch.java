package io.ottla.server.produce;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.partition.Append;
import io.ottla.server.partition.Partition;

/** Writes the outcome of appending one batch into the response to its Produce. */
final class ProducedBatch extends Append {
    private PendingProduce produce;
    private Partition partition;
    private PartitionProduceResponse result;
    private long logAppendTimeMs;
    private boolean pending;

    /**
     * Resets this object for another batch.
     *
     * @param newProduce the request that contains the batch.
     * @param newPartition the partition that it is appended to.
     * @param newResult receives the outcome.
     * @param newLogAppendTimeMs the timestamp that the broker assigned to the records, or -1.
     */
    void begin(
            final PendingProduce newProduce,
            final Partition newPartition,
            final PartitionProduceResponse newResult,
            final long newLogAppendTimeMs) {
        produce = newProduce;
        partition = newPartition;
        result = newResult;
        logAppendTimeMs = newLogAppendTimeMs;
        pending = false;
    }

    /**
     * Returns whether the outcome is pending.
     *
     * @return true if this object cannot be reused yet.
     */
    boolean isPending() {
        return pending;
    }

    @Override
    protected void done(final long baseOffset, final long logStartOffset) {
        result.setBaseOffset(baseOffset).setLogAppendTimeMs(logAppendTimeMs).setLogStartOffset(logStartOffset);
    }

    @Override
    protected void duplicate(final long baseOffset, final long timestampMs, final long logStartOffset) {
        result.setBaseOffset(baseOffset)
                .setLogAppendTimeMs(logAppendTimeMs < 0 ? -1 : timestampMs)
                .setLogStartOffset(logStartOffset);
    }

    @Override
    protected void failed(final ErrorCode error) {
        produce.fail(result, partition, error);
    }

    @Override
    protected void pending() {
        pending = true;
        produce.await(this);
    }

    /** Ends the wait of the request. A later outcome is ignored. */
    void timeOut() {
        if (pending) {
            pending = false;
            produce.fail(result, ErrorCode.REQUEST_TIMED_OUT);
        }
    }

    @Override
    public void onCommitted(final long baseOffset) {
        produce.onAgent(() -> {
            if (pending) {
                pending = false;
                done(baseOffset, partition.logStartOffset());
                produce.arrived();
            }
        });
    }

    @Override
    public void onRejected() {
        fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Override
    public void onIndeterminate() {
        fail(partition.indeterminateError());
    }

    private void fail(final ErrorCode error) {
        produce.onAgent(() -> {
            if (pending) {
                pending = false;
                produce.fail(result, partition, error);
                produce.arrived();
            }
        });
    }
}
