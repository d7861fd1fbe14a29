package io.ottla.server.upkeep;

import io.ottla.api.Clock;
import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageException;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.LogKeys;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts logs one after the other, each time the one with the largest dirty ratio. If no log needs it, the compactor
 * checks again after a while, unless no topic is compacted. It has its own agent, because it reads and writes much. It
 * does a small step in each duty cycle, and pauses between them if its I/O is limited.
 *
 * <p><b>Note:</b> for its agent's thread, or while that agent does not run.
 */
public final class Compactor implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Compactor.class);

    /** The time for which a log whose compaction failed is left alone. */
    private static final long RETRY_MS = TimeUnit.MINUTES.toMillis(5);

    private static final int SECRET_BYTES = 16;

    private final Clock clock;
    private final Timers timers;
    private final PartitionTable partitions;
    private final RandomGenerator random;
    private final CompactionCheckpoint checkpoint;
    private final boolean isEnabled;
    private final long backoffMs;
    private final long mapBytesMax;
    private final double mapLoadFactor;
    private final int ioBufferBytes;
    private final IoThrottle throttle;
    private final Map<LogId, Long> retryAtMs = new HashMap<>();

    private LogCompaction.Limits limits;
    private boolean isBusy;
    private Partition partition;
    private LogCompaction compaction;
    private long beganNanos;

    public Compactor(
            final BrokerConfig config,
            final Clock clock,
            final Timers timers,
            final PartitionTable partitions,
            final RandomGenerator random) {
        this.clock = clock;
        this.timers = timers;
        this.partitions = partitions;
        this.random = random;
        checkpoint = new CompactionCheckpoint(config.dataDir());
        isEnabled = (Boolean) config.value(LogKeys.LOG_CLEANER_ENABLE);
        backoffMs = config.longValue(LogKeys.LOG_CLEANER_BACKOFF_MS);
        mapBytesMax = config.longValue(LogKeys.LOG_CLEANER_DEDUPE_BUFFER_SIZE);
        mapLoadFactor = (Double) config.value(LogKeys.LOG_CLEANER_IO_BUFFER_LOAD_FACTOR);
        ioBufferBytes = config.intValue(LogKeys.LOG_CLEANER_IO_BUFFER_SIZE);
        throttle = new IoThrottle((Double) config.value(LogKeys.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND));
    }

    /** Starts the compactor. */
    public void start() {
        if (isEnabled) {
            checkpoint.read();
            look();
        }
    }

    /** Called when there may be the first topic that is compacted. */
    public void look() {
        if (!isBusy && isNeeded()) {
            isBusy = true;
            timers.schedule(Math.max(1, backoffMs), this::choose);
        }
    }

    private boolean isNeeded() {
        if (isEnabled) {
            for (final TopicPartitions topic : partitions.topics()) {
                if (topic.config().isCompacted()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Chooses a log. A failure before one is chosen is retried after a while, like a failure of a log. */
    private void choose() {
        try {
            chooseDirtiest();
        } catch (final Throwable e) {
            timers.schedule(RETRY_MS, this::choose);
            SafeLog.error(LOGGER, "Could not choose a log to compact, retrying in {} ms", RETRY_MS, e);
        }
    }

    /** Begins with the log that has the largest dirty ratio. */
    private void chooseDirtiest() {
        final long nowMs = clock.epochMs();
        retryAtMs.keySet().removeIf(id -> !exists(id));
        double dirtiest = -1;
        CompactionPlan chosen = null;
        for (final TopicPartitions topic : partitions.topics()) {
            if (!topic.config().isCompacted()) {
                continue;
            }
            for (final Partition candidate : topic.partitions()) {
                final CompactionPlan plan = plan(candidate, nowMs);
                if (plan != null && plan.dirtyRatio() > dirtiest) {
                    dirtiest = plan.dirtyRatio();
                    chosen = plan;
                    partition = candidate;
                }
            }
        }
        if (chosen == null) {
            isBusy = false;
            look();
        } else {
            begin(chosen, nowMs);
        }
    }

    /** Returns the plan for a partition; null if there is nothing to do. */
    private CompactionPlan plan(final Partition candidate, final long nowMs) {
        if (!candidate.isOpen()
                || candidate.isClosed()
                || retryAtMs.getOrDefault(candidate.id(), Long.MIN_VALUE) > nowMs) {
            return null;
        }
        try {
            final TopicConfig config = candidate.config();
            final CompactionPlan plan =
                    CompactionPlan.of(candidate.log(), config, checkpoint.get(candidate.id()), nowMs);
            return plan.isDue(config) ? plan : null;
        } catch (final Throwable e) {
            failed(candidate, e);
            return null;
        }
    }

    private void begin(final CompactionPlan plan, final long nowMs) {
        if (limits == null) {
            final byte[] secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            limits = new LogCompaction.Limits(mapBytesMax, mapLoadFactor, ioBufferBytes, secret);
        }
        final Partition chosen = partition;
        beganNanos = clock.nanoTime();
        try {
            final PartitionLog log = chosen.serialLog();
            compaction = new LogCompaction(
                    log,
                    plan,
                    chosen::config,
                    chosen::lastProducerOffsets,
                    offset -> checkpoint.put(chosen.id(), offset, this::exists),
                    limits,
                    nowMs);
            timers.schedule(0, this::work);
        } catch (final Throwable e) {
            end(e);
        }
    }

    private boolean exists(final LogId id) {
        final TopicPartitions topic = partitions.topic(id.topicId());
        return topic != null && id.partition() < topic.partitions().length;
    }

    private void work() {
        final long before = compaction.readBytes() + compaction.writtenBytes();
        final boolean isMore;
        try {
            isMore = compaction.step();
        } catch (final Throwable e) {
            end(e);
            return;
        }
        if (isMore) {
            final long bytes = compaction.readBytes() + compaction.writtenBytes() - before;
            timers.schedule(throttle.pauseMs(bytes, clock.nanoTime()), this::work);
        } else {
            end(null);
        }
    }

    private void end(final Throwable failure) {
        final LogId ended = partition.id();
        if (failure != null) {
            failed(partition, failure);
        } else {
            LOGGER.info(
                    "{}: compacted up to offset {}: read {} bytes, wrote {}, the log is {} smaller, in {} ms",
                    partition.id(),
                    checkpoint.get(partition.id()),
                    compaction.readBytes(),
                    compaction.writtenBytes(),
                    compaction.removedBytes(),
                    TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - beganNanos));
            partition.compacted();
        }
        try {
            close();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{}: could not end a compaction", ended, e);
        }
        timers.schedule(1, this::choose);
    }

    /** Handles the failure of a log. It does not affect other logs. */
    private void failed(final Partition failing, final Throwable failure) {
        if (failing.isClosed()) {
            return;
        }
        retryAtMs.put(failing.id(), clock.epochMs() + RETRY_MS);
        if (failure instanceof StorageException) {
            LOGGER.error("{}: compaction failed, retrying in some minutes: {}", failing.id(), failure.getMessage());
        } else {
            SafeLog.error(LOGGER, "{}: compaction failed, retrying in some minutes", failing.id(), failure);
        }
    }

    /** Abandons what is not complete. */
    @Override
    public void close() {
        final LogCompaction ended = compaction;
        compaction = null;
        partition = null;
        if (ended != null) {
            ended.close();
        }
    }
}
