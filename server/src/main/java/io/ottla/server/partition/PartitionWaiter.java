package io.ottla.server.partition;

/** A request that waits for a partition. */
public interface PartitionWaiter {
    /** Checks the partition again after a change. */
    void tryComplete();
}
