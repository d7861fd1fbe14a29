package io.ottla.api.storage;

/**
 * Receives the outcome of an append that was {@link PartitionLog#PENDING}. Exactly one of its methods is called, once,
 * by any thread; it must not block and must not throw.
 */
public interface AppendCallback {
    /**
     * Called when the batch is committed: it stays in the log.
     *
     * @param baseOffset the offset of its first record.
     */
    void onCommitted(long baseOffset);

    /** Called when the batch is certainly not in the log and never will be. */
    void onRejected();

    /**
     * Called when the outcome is unknown: the batch may be in the log or may be appended later, for example after a
     * leader lost its leadership. The epoch of the append ends with this: {@link PartitionLog#leaderEpoch()} is higher
     * when this node leads again, and by then the batch is below the log end offset or will never be in the log.
     */
    void onIndeterminate();
}
