package io.ottla.api.coordinator;

import io.ottla.api.storage.PartitionLog;
import org.jspecify.annotations.Nullable;

/**
 * Gives a coordinator access to the logs of its own topic. These are partitions like all others: clients may read them,
 * and the broker compacts them.
 *
 * <p><b>Note:</b> thread-safe. The broker serializes a coordinator's appends to a log from here with everything else
 * that changes the log.
 */
@FunctionalInterface
public interface PartitionLogs {
    /**
     * Returns the log of a partition.
     *
     * @param topic the topic's name.
     * @param partition the partition's index, from 0.
     * @return the log, or null if there is no such partition on this broker.
     */
    @Nullable
    PartitionLog log(String topic, int partition);
}
