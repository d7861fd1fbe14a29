package io.ottla.server.partition;

/** Something that waits for a partition. */
public interface PartitionWaiter {
    /** Looks again, because something happened to the partition. */
    void tryComplete();
}
