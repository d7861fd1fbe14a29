package io.ottla.server;

/** Something that waits for a partition. */
interface PartitionWaiter {
    /** Looks again, because something happened to the partition. */
    void tryComplete();
}
