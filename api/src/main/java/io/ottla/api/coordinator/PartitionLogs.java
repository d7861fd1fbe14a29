package io.ottla.api.coordinator;

import io.ottla.api.storage.PartitionLog;

/**
 * How a coordinator gets at the logs of its own topic, which are partitions like all others: clients may read them, and the
 * broker compacts them.
 *
 * <p><b>Note:</b> thread-safe. The broker makes sure that what a coordinator appends by the log given here is serial with
 * everything else that changes the log.
 */
@FunctionalInterface
public interface PartitionLogs {
    /**
     * The log of a partition.
     *
     * @param topic the topic's name.
     * @param partition the partition's index, from 0.
     * @return the log, or null if there is no such partition on this broker.
     */
    PartitionLog log(String topic, int partition);
}
