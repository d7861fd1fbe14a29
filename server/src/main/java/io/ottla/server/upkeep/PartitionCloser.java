package io.ottla.server.upkeep;

import io.ottla.api.Clock;
import io.ottla.server.agent.WorkerThreads;
import io.ottla.server.config.LogKeys;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the logs of all partitions when the broker stops. Several threads do it, because a device flushes many files
 * in about the time of one. Logs that are left when the time is up are closed as a kill would leave them. That loses no
 * acknowledged records: the next start reads the records past the last recovery points.
 */
public final class PartitionCloser implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionCloser.class);
    private static final int THREADS_MAX = 16;

    /** Fewer logs are closed sooner than a thread has started. */
    private static final int LOGS_PER_THREAD = 8;

    private final PartitionTable partitions;
    private final Clock clock;
    private final long timeoutMs;
    private final boolean hasThreads;
    private final Queue<Partition> open = new ConcurrentLinkedQueue<>();

    /**
     * Creates a closer.
     *
     * @param partitions the partitions, which must not be used any more when they are closed.
     * @param clock the clock.
     * @param timeoutMs the maximum time to flush logs, in milliseconds.
     * @param hasThreads whether threads may be started.
     */
    public PartitionCloser(
            final PartitionTable partitions, final Clock clock, final long timeoutMs, final boolean hasThreads) {
        this.partitions = partitions;
        this.clock = clock;
        this.timeoutMs = timeoutMs;
        this.hasThreads = hasThreads;
    }

    @Override
    public void close() {
        int count = 0;
        int abandoned = 0;
        for (final TopicPartitions topic : partitions.topics()) {
            for (final Partition partition : topic.partitions()) {
                open.add(partition);
                count += partition.isOpen() ? 1 : 0;
            }
        }
        final long beganNs = clock.nanoTime();
        final WorkerThreads threads = new WorkerThreads();
        if (hasThreads) {
            threads.start("ottla-close-", Math.min(THREADS_MAX, count / LOGS_PER_THREAD), () -> flushSome(beganNs));
        }
        flushSome(beganNs);
        threads.join();
        // On one thread: closing a mapping stops all running threads, which takes a while if there are many.
        Partition partition;
        while ((partition = open.poll()) != null) {
            abandoned += partition.isOpen() ? 1 : 0;
            close(partition, false);
        }
        if (abandoned > 0) {
            LOGGER.warn(
                    "{} of {} logs were not flushed within {}={}; no records are lost, and the next start reads"
                            + " their ends",
                    abandoned,
                    count,
                    LogKeys.STOP_FLUSH_TIMEOUT_MS.name(),
                    timeoutMs);
        }
    }

    private void flushSome(final long beganNs) {
        Partition partition;
        while (TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - beganNs) < timeoutMs
                && (partition = open.poll()) != null) {
            close(partition, true);
        }
    }

    private static void close(final Partition partition, final boolean isDurable) {
        try {
            partition.close(isDurable);
        } catch (final RuntimeException e) {
            LOGGER.error("{}: could not close the log", partition.id(), e);
        }
    }
}
