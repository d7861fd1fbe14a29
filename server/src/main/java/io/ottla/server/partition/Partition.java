package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import io.ottla.server.config.TopicConfig;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.collections.Long2LongHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition: its log, which is opened when it is first needed, what is derived from it, and who waits for it.
 *
 * <p><b>Note:</b> thread-safe. What changes the log takes the lock; reading takes none.
 */
public final class Partition {
    private static final Logger LOGGER = LoggerFactory.getLogger(Partition.class);

    /** What a client names instead of the high watermark. */
    private static final long HIGH_WATERMARK = -1;

    private final LogId id;
    private final TopicLog.Source logs;
    private final DiskWork diskWork;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile TopicConfig config;
    private volatile TopicLog log;
    private volatile Life life = Life.USABLE;
    private volatile String lastStorageError = "";
    private final PartitionWatches watches = new PartitionWatches();
    private final PendingDuplicates duplicates = new PendingDuplicates();
    private final PartitionState state = new PartitionState();

    /** Of the thread that holds the lock. */
    private boolean hasNewSegment;

    /** The log's end at its last recovery point, or a little behind it. Of the housekeeping's thread. */
    private long checkpointOffset = -1;

    private enum Life {
        /** The log is open, or is opened when it is needed. */
        USABLE,
        /** The broker stops. */
        CLOSED,
        /** The topic was deleted. */
        DELETED
    }

    /**
     * A partition whose log is not open yet.
     *
     * @param id which one.
     * @param logs has its log.
     * @param config the topic's.
     * @param diskWork is notified of its changes.
     */
    Partition(final LogId id, final TopicLog.Source logs, final TopicConfig config, final DiskWork diskWork) {
        this.id = id;
        this.logs = logs;
        this.diskWork = diskWork;
        this.config = config;
    }

    public LogId id() {
        return id;
    }

    public TopicConfig config() {
        return config;
    }

    public LeaderEpochs leaderEpochs() {
        return state.leaderEpochs();
    }

    /**
     * Whether the log is open.
     *
     * @return false until it was needed or recovered.
     */
    public boolean isOpen() {
        return log != null;
    }

    /**
     * Whether an append makes or opens the log's files.
     *
     * @return false from the first append on, and after a restart from the first use.
     */
    public boolean isUnused() {
        final TopicLog opened = log;
        return opened == null || opened.logEndOffset() == 0;
    }

    /**
     * Whether the partition is gone.
     *
     * @return true from the moment that its topic was deleted.
     */
    public boolean isDeleted() {
        return life == Life.DELETED;
    }

    /**
     * Whether the log is closed for good.
     *
     * @return true from the moment that the topic was deleted, or that the broker closes the log because it stops.
     */
    public boolean isClosed() {
        return life != Life.USABLE;
    }

    /**
     * The log, to be read. To change it, the methods of this class are used.
     *
     * @return the log, opened and recovered by this call if need be.
     * @throws StorageException if it can't be opened, or the partition is gone.
     */
    public PartitionLog log() {
        return topicLog();
    }

    private TopicLog topicLog() {
        final TopicLog opened = log;
        return opened != null ? opened : open();
    }

    /**
     * The log for a coordinator, which also changes it.
     *
     * @return a view whose changes take this partition's lock.
     * @throws StorageException if the log can't be opened, or the partition is gone.
     */
    public PartitionLog serialLog() {
        return new SerialLog(log(), lock);
    }

    /**
     * The epoch in which this broker leads the partition. The log stays closed if it is.
     *
     * @return the epoch, from 0; -1 if it does not.
     */
    public int leaderEpoch() {
        final TopicLog opened = log;
        return opened == null ? logs.leaderEpoch(id) : opened.leaderEpoch();
    }

    /** What a leader looks up in its log. */
    public interface LeaderRead {
        /** Reads, with what is looked for and the answer in the reader's hands. */
        void from(PartitionLog log, int leaderEpoch);
    }

    /**
     * Reads something for a client that expects this broker to be the leader.
     *
     * @param expectedEpoch the leader epoch that the client knows; -1 if it does not say.
     * @param read is run if that is right.
     * @return NONE if it was run, else what keeps it from that.
     */
    public ErrorCode readAsLeader(final int expectedEpoch, final LeaderRead read) {
        try {
            final PartitionLog opened = log();
            final int leaderEpoch = opened.leaderEpoch();
            if (leaderEpoch < 0) {
                return ErrorCode.NOT_LEADER_OR_FOLLOWER;
            }
            final ErrorCode fenced = LeaderEpochs.fence(leaderEpoch, expectedEpoch);
            if (fenced == ErrorCode.NONE) {
                read.from(opened, leaderEpoch);
            }
            return fenced;
        } catch (final StorageException e) {
            return storageError(e);
        }
    }

    /**
     * The offset of the first record that can be read.
     *
     * @return an offset; -1 if the log can't be opened.
     */
    public long logStartOffset() {
        try {
            return log().logStartOffset();
        } catch (final StorageException e) {
            return -1;
        }
    }

    /**
     * The size of the log.
     *
     * @param isPresent whether the storage has a log of this partition, which is then opened if need be.
     * @return bytes of batches.
     * @throws StorageException if the log can't be opened.
     */
    public long sizeBytes(final boolean isPresent) {
        return log == null && !isPresent ? 0 : log().sizeBytes();
    }

    private TopicLog open() {
        lock.lock();
        try {
            if (isClosed()) {
                throw new StorageException(id + (isDeleted() ? " is deleted" : " is closed"));
            }
            if (log == null) {
                final TopicLog opened = logs.open(id, config, new Observer(), this::onFlushFailed);
                configure(opened);
                log = opened;
                diskWork.changed();
            }
            return log;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends a client's batch.
     *
     * @param batch a valid batch, from position to limit.
     * @param append gets the outcome.
     */
    public void append(final ByteBuffer batch, final Append append) {
        lock.lock();
        try {
            final TopicLog opened = topicLog();
            if (opened.isFailed()) {
                // Not even a duplicate is taken for granted: the first one may be in memory only.
                append.failed(failedError());
                return;
            }
            final ErrorCode error = state.check(batch);
            if (error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
                answerDuplicate(opened, append);
            } else if (error != ErrorCode.NONE) {
                logRejected(batch, error);
                append.failed(error);
            } else {
                append(opened, batch, append);
            }
        } catch (final StorageException e) {
            append.failed(storageError(e));
        } finally {
            lock.unlock();
        }
    }

    private void answerDuplicate(final TopicLog opened, final Append append) {
        final long baseOffset = state.duplicateOffset();
        final long endOffset = state.duplicateEndOffset();
        append.duplicate(baseOffset, state.duplicateTimestampMs(), opened.logStartOffset());
        if (endOffset > opened.highWatermark()) {
            append.pending();
            duplicates.add(baseOffset, endOffset, append);
            // The high watermark may have passed by before the duplicate was there to be seen.
            duplicates.commit(opened.highWatermark());
            if (opened.isFailed()) {
                duplicates.leaveInDoubt();
            }
        }
    }

    private void append(final TopicLog opened, final ByteBuffer batch, final Append append) {
        final long offset = opened.append(batch, opened.leaderEpoch(), append);
        if (hasNewSegment) {
            configureSegment(opened);
        }
        if (offset >= 0) {
            append.done(offset, opened.logStartOffset());
        } else if (offset == PartitionLog.PENDING) {
            append.pending();
        } else if (offset == PartitionLog.NOT_LEADER) {
            append.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        } else {
            append.failed(failedError());
        }
    }

    /** What became of the batch is known already, so a failure is for the next append. */
    private void configureSegment(final TopicLog opened) {
        try {
            configure(opened);
        } catch (final StorageException e) {
            hasNewSegment = true;
            storageError(e);
        }
    }

    private void onFlushFailed(final StorageException e) {
        storageError(e);
        duplicates.leaveInDoubt();
    }

    /**
     * What a producer is answered whose batch was appended, and of which it is not known whether it stays.
     *
     * @return KAFKA_STORAGE_ERROR if that is because a flush failed.
     */
    public ErrorCode indeterminateError() {
        final TopicLog opened = log;
        return isDeleted() || opened != null && opened.isFailed()
                ? failedError()
                : ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
    }

    private void logRejected(final ByteBuffer batch, final ErrorCode error) {
        final int start = batch.position();
        LOGGER.info(
                "{}: {} for a batch of producer {} epoch {} sequence {}",
                id,
                error,
                RecordBatchHeader.producerId(batch, start),
                RecordBatchHeader.producerEpoch(batch, start),
                RecordBatchHeader.baseSequence(batch, start));
    }

    /**
     * Turns a failure of the storage into an error code, and logs it, unless the log is closed: then it had to come.
     *
     * @param e the failure.
     * @return what clients are answered.
     */
    public ErrorCode storageError(final StorageException e) {
        // Clients try again and again, and each time it is the same.
        if (!isClosed() && !e.getMessage().equals(lastStorageError)) {
            lastStorageError = e.getMessage();
            LOGGER.error("{}: {}", id, e.getMessage(), e);
        }
        return failedError();
    }

    /** What clients are answered when the log can't be used. */
    private ErrorCode failedError() {
        return isDeleted() ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.KAFKA_STORAGE_ERROR;
    }

    /**
     * The topic's configuration changed.
     *
     * @param newConfig as it is now.
     */
    void configure(final TopicConfig newConfig) {
        lock.lock();
        try {
            config = newConfig;
            if (log != null) {
                configure(log);
            }
        } finally {
            lock.unlock();
        }
    }

    private void configure(final TopicLog opened) {
        hasNewSegment = false;
        opened.configureFlush(config.flushMessages(), config.flushMs());
        if (config.isJittered()) {
            opened.configure(config.logConfig(id, opened.segments().getLast().baseOffset()));
        } else {
            opened.configure(config.logConfig());
        }
    }

    /**
     * Forgets idempotent producers that were not seen for long.
     *
     * @param lastSeenBeforeMs all whose last batch is not younger, in milliseconds since the epoch.
     */
    public void expireProducers(final long lastSeenBeforeMs) {
        lock.lock();
        try {
            state.expireProducers(lastSeenBeforeMs);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deletes records from the log's start, as a client wants it.
     *
     * @param offset the new start, or -1 for the high watermark; one before the present start changes nothing.
     * @return NONE, POLICY_VIOLATION, OFFSET_OUT_OF_RANGE, or what tells that there is no log.
     */
    public ErrorCode deleteRecords(final long offset) {
        lock.lock();
        try {
            final PartitionLog opened = log();
            if (opened.leaderEpoch() < 0) {
                return ErrorCode.NOT_LEADER_OR_FOLLOWER;
            }
            if (config.isCompacted() && !config.isDeleted()) {
                return ErrorCode.POLICY_VIOLATION;
            }
            final long highWatermark = opened.highWatermark();
            final long start = offset == HIGH_WATERMARK ? highWatermark : offset;
            if (start < 0 || start > highWatermark) {
                return ErrorCode.OFFSET_OUT_OF_RANGE;
            }
            opened.trimTo(start);
            diskWork.changed();
            return ErrorCode.NONE;
        } catch (final StorageException e) {
            return storageError(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deletes the segments that the topic's settings do not keep. Does nothing if the log is not open.
     *
     * @param nowMs the time, in milliseconds since the epoch.
     */
    public void deleteOldRecords(final long nowMs) {
        final PartitionLog opened = log;
        if (opened == null) {
            return;
        }
        lock.lock();
        try {
            final long former = opened.logStartOffset();
            final long start = isClosed() ? former : Retention.startOffset(opened, config, nowMs);
            if (start > former) {
                opened.trimTo(start);
                diskWork.changed();
                LOGGER.info("{}: deleted the records from offset {} to {}, as retention asks", id, former, start - 1);
            }
        } catch (final StorageException e) {
            storageError(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the next recovery of the log shorter, if that is worth its cost. Does nothing if the log is not open, or idle.
     *
     * @param bytesMin it's worth it only if more bytes than this were appended since the last time.
     */
    public void checkpoint(final long bytesMin) {
        final PartitionLog opened = log;
        if (opened == null || opened.logEndOffset() == checkpointOffset) {
            return;
        }
        try {
            final Runnable checkpoint;
            lock.lock();
            try {
                checkpoint = isClosed() ? null : opened.checkpoint(bytesMin);
            } finally {
                lock.unlock();
            }
            if (checkpoint != null) {
                final long endOffset = opened.logEndOffset();
                checkpoint.run();
                checkpointOffset = endOffset;
            }
        } catch (final StorageException e) {
            storageError(e);
        }
    }

    /**
     * Where the last batch of each idempotent producer ends, which compaction must leave there.
     *
     * @return the offset of its last record by producer id; the caller's own.
     */
    public Long2LongHashMap lastProducerOffsets() {
        lock.lock();
        try {
            return state.lastProducerOffsets();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the log, so that it opens again at the broker's next start.
     *
     * @param isDurable false to close it as a kill would, in no time.
     */
    public void close(final boolean isDurable) {
        lock.lock();
        try {
            if (life == Life.USABLE) {
                life = Life.CLOSED;
            }
            if (log != null && isDurable) {
                log.close();
            } else if (log != null) {
                log.abandon();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Compaction has put other segments in the place of some. */
    public void compacted() {
        diskWork.changed();
    }

    /** Closes and deletes the log, and lets those who wait for it know. */
    void delete() {
        lock.lock();
        try {
            life = Life.DELETED;
            logs.delete(id);
            if (log != null) {
                // This answers what waits for a flush.
                log.close();
            }
        } catch (final StorageException e) {
            // The topic is gone all the same; its files are found by the next start.
            LOGGER.error("{}: {}", id, e.getMessage(), e);
        } finally {
            lock.unlock();
        }
        diskWork.changed();
        watches.signal();
    }

    /**
     * The watch of an agent over this partition, made if need be.
     *
     * @param agent the agent's proxy.
     * @return the watch.
     */
    public PartitionWatch watch(final AgentProxy agent) {
        return watches.of(agent);
    }

    /** Passes on what the storage says about the log. */
    private final class Observer implements LogObserver {
        @Override
        public void restore(final long offset, final ByteBuffer snapshot) {
            state.restore(snapshot);
            duplicates.reject();
        }

        @Override
        public void onBatch(final ByteBuffer batch) {
            state.onBatch(batch);
            diskWork.changed();
        }

        @Override
        public ByteBuffer snapshot() {
            return state.snapshot();
        }

        @Override
        public void onRoll(final long baseOffset) {
            hasNewSegment = true;
        }

        @Override
        public void onHighWatermark(final long highWatermark) {
            duplicates.commit(highWatermark);
            watches.signal();
        }
    }
}
