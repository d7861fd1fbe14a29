package io.ottla.server.upkeep;

import io.ottla.api.Clock;
import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.server.agent.WorkerThreads;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.LogKeys;
import io.ottla.server.config.RequestKeys;
import io.ottla.server.partition.DiskWork;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the periodic work on partitions: it opens the logs that exist at the start, which recovers them, while the
 * broker already serves requests; deletes records by age and size; removes expired idempotent producers; writes
 * recovery points, which limit the time of a recovery; and deletes files when their time has come. Each task has a
 * timer only while there may be work.
 *
 * <p><b>Note:</b> for the housekeeping agent's thread, or while that agent does not run.
 */
public final class Housekeeping implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeping.class);
    private static final int RECOVERY_THREADS_MAX = 4;

    /**
     * The delay from a change of a log to the check for recovery points. At 500 MB/s a recovery reads one second's
     * worth more.
     */
    private static final long DISK_CHECK_MS = 1000;

    private static final long NEVER = Long.MAX_VALUE;

    /** The maximum number of bytes past a recovery point. They are read in about a tenth of a second. */
    private static final long CHECKPOINT_BYTES = 64 << 20;

    /** Fewer bytes are not worth two or three calls to the device, however long ago they were appended. */
    private static final long CHECKPOINT_BYTES_MIN = 1 << 20;

    private final Clock clock;
    private final Timers timers;
    private final Storage storage;
    private final PartitionTable partitions;
    private final long producerExpirationMs;
    private final long producerCheckIntervalMs;
    private final long firstRetentionCheckMs;
    private final long retentionCheckIntervalMs;
    private final long checkpointIntervalMs;
    private final DiskWork diskWork;
    private long lastCheckpointMs;
    private long lookAtMs = NEVER;
    private long lookTimerId = Timers.NONE;
    private RecoveryProgress progress;
    private final WorkerThreads recoverers = new WorkerThreads();
    private final Queue<Partition> unopened = new ConcurrentLinkedQueue<>();

    public Housekeeping(
            final BrokerConfig config,
            final Clock clock,
            final Timers timers,
            final Storage storage,
            final PartitionTable partitions,
            final DiskWork diskWork) {
        this.clock = clock;
        this.diskWork = diskWork;
        this.timers = timers;
        this.storage = storage;
        this.partitions = partitions;
        this.producerExpirationMs = config.longValue(RequestKeys.PRODUCER_ID_EXPIRATION_MS);
        this.producerCheckIntervalMs = config.longValue(RequestKeys.PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS);
        this.firstRetentionCheckMs = Math.min(
                config.longValue(LogKeys.LOG_INITIAL_TASK_DELAY_MS),
                config.longValue(LogKeys.LOG_RETENTION_CHECK_INTERVAL_MS));
        this.retentionCheckIntervalMs = config.longValue(LogKeys.LOG_RETENTION_CHECK_INTERVAL_MS);
        this.checkpointIntervalMs = config.intValue(LogKeys.LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS);
    }

    /**
     * Starts the tasks.
     *
     * @param threads whether threads may open logs; if not, each log is opened on first use.
     * @param metadataLog the only log that belongs to no partition of the table and is open already.
     */
    public void start(final boolean threads, final LogId metadataLog) {
        final Set<LogId> present = new HashSet<>(storage.logs());
        final Set<LogId> known = new HashSet<>();
        for (final TopicPartitions topic : partitions.topics()) {
            for (final Partition partition : topic.partitions()) {
                known.add(partition.id());
                if (present.contains(partition.id())) {
                    unopened.add(partition);
                }
            }
        }
        known.add(metadataLog);
        if (storage.setAsideStrays(known)) {
            diskWork.changed();
        }
        if (unopened.size() + 1 < present.size()) {
            warnOfStrays(known);
        }
        progress = new RecoveryProgress(unopened.size(), clock, storage::recoveredBytes);
        if (threads && !unopened.isEmpty()) {
            timers.schedule(RecoveryProgress.INTERVAL_MS, this::logProgress);
            final int count = Math.min(
                    Math.min(RECOVERY_THREADS_MAX, Runtime.getRuntime().availableProcessors()), unopened.size());
            recoverers.start("ottla-recovery-", count, this::openLogs);
        }
        timers.schedule(producerCheckIntervalMs, this::expireProducers);
        timers.schedule(firstRetentionCheckMs, this::deleteOldRecords);
        lastCheckpointMs = nowMs();
    }

    /** Warns of logs without topics. They are not deleted, because it may be the metadata that is lost. */
    private void warnOfStrays(final Set<LogId> known) {
        final Set<LogId> strays = new HashSet<>(storage.logs());
        strays.removeAll(known);
        if (!strays.isEmpty()) {
            LOGGER.warn("The storage has logs of topics that do not exist; they are not changed: {}", strays);
        }
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
    }

    /** Called when a log has changed. */
    public void lookSoon() {
        lookWithin(DISK_CHECK_MS);
    }

    private void lookWithin(final long delayMs) {
        final long atMs = nowMs() + delayMs;
        if (atMs < lookAtMs) {
            timers.cancel(lookTimerId);
            lookAtMs = atMs;
            lookTimerId = timers.schedule(delayMs, this::lookAfterDisk);
        }
    }

    private void logProgress() {
        if (!progress.isDone()) {
            LOGGER.info("{}", progress.line());
            timers.schedule(RecoveryProgress.INTERVAL_MS, this::logProgress);
        }
    }

    private void openLogs() {
        Partition partition;
        while ((partition = unopened.poll()) != null) {
            try {
                partition.log();
            } catch (final StorageException e) {
                partition.storageError(e);
            } catch (final Throwable e) {
                SafeLog.error(LOGGER, "{}: could not open the log", partition.id(), e);
            }
            final String line = progress.opened();
            if (line != null && !recoverers.isEmpty()) {
                LOGGER.info("{}", line);
            }
        }
    }

    private void lookAfterDisk() {
        lookAtMs = NEVER;
        diskWork.looking();
        checkpoint();
        long deletionMs = DISK_CHECK_MS;
        try {
            deletionMs = storage.deleteDue();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "Could not delete files, retrying in {} ms", deletionMs, e);
        }
        if (deletionMs < NEVER) {
            lookWithin(Math.max(1, deletionMs));
        }
    }

    private void checkpoint() {
        final long sinceMs = nowMs() - lastCheckpointMs;
        final boolean isDue = sinceMs >= checkpointIntervalMs;
        if (isDue) {
            lastCheckpointMs = nowMs();
        } else {
            // Too few bytes now may be enough by then.
            lookWithin(checkpointIntervalMs - sinceMs);
        }
        forEach(partition -> partition.checkpoint(isDue ? CHECKPOINT_BYTES_MIN : CHECKPOINT_BYTES));
    }

    private void expireProducers() {
        final long lastSeenBeforeMs = clock.epochMs() - producerExpirationMs;
        forEach(partition -> partition.expireProducers(lastSeenBeforeMs));
        timers.schedule(producerCheckIntervalMs, this::expireProducers);
    }

    private void deleteOldRecords() {
        if (recoverers.isEmpty()) {
            // Otherwise logs that were not used since the start would keep their records forever.
            openLogs();
        }
        forEach(partition -> partition.deleteOldRecords(clock.epochMs()));
        timers.schedule(retentionCheckIntervalMs, this::deleteOldRecords);
    }

    /** Runs a task for each partition. A failure does not affect other partitions, and is retried the next time. */
    private void forEach(final Consumer<Partition> chore) {
        for (final TopicPartitions topic : partitions.topics()) {
            for (final Partition partition : topic.partitions()) {
                try {
                    chore.accept(partition);
                } catch (final Throwable e) {
                    SafeLog.error(LOGGER, "{}: housekeeping failed", partition.id(), e);
                }
            }
        }
    }

    /** Stops the tasks. Logs that are being opened are opened to the end. */
    @Override
    public void close() {
        unopened.clear();
        recoverers.join();
    }
}
