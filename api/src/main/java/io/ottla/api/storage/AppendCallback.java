package io.ottla.api.storage;

/**
 * Learns how an append ended that was {@link PartitionLog#PENDING}. Exactly one of its methods is called, once, by any
 * thread; it must not block and must not throw.
 */
public interface AppendCallback {
    /**
     * The batch is committed: it will be in the log for good.
     *
     * @param baseOffset the offset of its first record.
     */
    void onCommitted(long baseOffset);

    /** The batch is certainly not in the log and never will be. */
    void onRejected();

    /**
     * Nobody knows yet: the batch may be in the log or may get there later, as when a leader lost its office. The epoch of the
     * append ends with this: {@link PartitionLog#leaderEpoch()} is higher when this node leads again, and by then the batch is
     * below the log end offset or will never be in the log.
     */
    void onIndeterminate();
}
