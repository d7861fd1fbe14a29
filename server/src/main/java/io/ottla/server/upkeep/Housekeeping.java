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
 * What has to be done to partitions without a client asking: logs that were there at the start are opened, and so recovered,
 * beside the serving, records that are too old or too many are deleted, idempotent producers that stay away are forgotten, and
 * now and then it is written down how far logs are flushed, which bounds the time of a recovery. Files whose time has come are deleted.
 * For each of these there is a timer only while there can be something to do.
 *
 * <p><b>Note:</b> for the housekeeping agent's thread, or while that agent does not run.
 */
public final class Housekeeping implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeping.class);
    private static final int RECOVERY_THREADS_MAX = 4;

    /** So long after a log changed it's looked for those that want a recovery point: at 500 MB/s a recovery reads one second's worth more. */
    private static final long DISK_CHECK_MS = 1000;

    private static final long NEVER = Long.MAX_VALUE;

    /** How much may be appended to a log behind its recovery point: it's read in about a tenth of a second. */
    private static final long CHECKPOINT_BYTES = 64 << 20;

    /** What is less is not worth two or three calls to the device, however long it's there. */
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
     * Begins.
     *
     * @param threads whether logs may be opened by threads; if not, each is opened when it is first needed.
     * @param metadataLog the one log that is no partition's, and is open already.
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
            timers.schedule(RecoveryProgress.INTERVAL_MS, this::tellProgress);
            final int count = Math.min(
                    Math.min(RECOVERY_THREADS_MAX, Runtime.getRuntime().availableProcessors()), unopened.size());
            recoverers.start("ottla-recovery-", count, this::openLogs);
        }
        timers.schedule(producerCheckIntervalMs, this::expireProducers);
        timers.schedule(firstRetentionCheckMs, this::deleteOldRecords);
        lastCheckpointMs = nowMs();
    }

    /** Nothing is deleted on suspicion: the metadata may be what is lost. */
    private void warnOfStrays(final Set<LogId> known) {
        final Set<LogId> strays = new HashSet<>(storage.logs());
        strays.removeAll(known);
        if (!strays.isEmpty()) {
            LOGGER.warn("The storage has logs of topics that are not there; they are left as they are: {}", strays);
        }
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
    }

    /** A log has changed. */
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

    private void tellProgress() {
        if (!progress.isDone()) {
            LOGGER.info("{}", progress.line());
            timers.schedule(RecoveryProgress.INTERVAL_MS, this::tellProgress);
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
                SafeLog.error(LOGGER, "{}: could not be opened", partition.id(), e);
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
            SafeLog.error(LOGGER, "Files could not be deleted, tried again in {} ms", deletionMs, e);
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
            // What is too little now may be enough by then.
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
            // Logs that nobody needs since the start would keep their records for ever.
            openLogs();
        }
        forEach(partition -> partition.deleteOldRecords(clock.epochMs()));
        timers.schedule(retentionCheckIntervalMs, this::deleteOldRecords);
    }

    /** What fails for one partition leaves the others alone, and is tried again the next time. */
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

    /** Ends; logs that are just being opened are opened to the end. */
    @Override
    public void close() {
        unopened.clear();
        recoverers.join();
    }
}
