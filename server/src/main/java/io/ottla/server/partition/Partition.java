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
 * A partition: its log, which is opened on first use, the state that is derived from it, and the requests that wait for
 * it.
 *
 * <p><b>Note:</b> thread-safe. Changes of the log take the lock; reads take none.
 */
public final class Partition {
    private static final Logger LOGGER = LoggerFactory.getLogger(Partition.class);

    /** The offset that clients send for the high watermark. */
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

    /** Used only by the thread that holds the lock. */
    private boolean hasNewSegment;

    /**
     * The log end offset at its last recovery point, or a slightly smaller one. Used only by the housekeeping thread.
     */
    private long checkpointOffset = -1;

    private enum Life {
        /** The log is open, or will be opened on first use. */
        USABLE,
        /** The broker is stopping. */
        CLOSED,
        /** The topic was deleted. */
        DELETED
    }

    /**
     * Creates a partition whose log is not open yet.
     *
     * @param id the partition.
     * @param logs opens its log.
     * @param config the topic's configuration.
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
     * Returns whether the log is open.
     *
     * @return false until the log was used or recovered.
     */
    public boolean isOpen() {
        return log != null;
    }

    /**
     * Returns whether an append would create or open the log's files.
     *
     * @return false after the first append or, if there was a restart, the first use.
     */
    public boolean isUnused() {
        final TopicLog opened = log;
        return opened == null || opened.logEndOffset() == 0;
    }

    /**
     * Returns whether the partition is deleted.
     *
     * @return true as soon as its topic was deleted.
     */
    public boolean isDeleted() {
        return life == Life.DELETED;
    }

    /**
     * Returns whether the log is closed and will not be opened again.
     *
     * @return true as soon as the topic was deleted, or the stopping broker has closed the log.
     */
    public boolean isClosed() {
        return life != Life.USABLE;
    }

    /**
     * Returns the log for reads. The methods of this class change it.
     *
     * @return the log, which this method opens and recovers if necessary.
     * @throws StorageException if it cannot be opened, or the partition is deleted.
     */
    public PartitionLog log() {
        return topicLog();
    }

    private TopicLog topicLog() {
        final TopicLog opened = log;
        return opened != null ? opened : open();
    }

    /**
     * Returns the log for a coordinator, which also changes it.
     *
     * @return a view whose changes take this partition's lock.
     * @throws StorageException if the log cannot be opened, or the partition is deleted.
     */
    public PartitionLog serialLog() {
        return new SerialLog(log(), lock);
    }

    /**
     * Returns the epoch in which this broker leads the partition. Does not open the log.
     *
     * @return the epoch, 0 or more; -1 if this broker is not the leader.
     */
    public int leaderEpoch() {
        final TopicLog opened = log;
        return opened == null ? logs.leaderEpoch(id) : opened.leaderEpoch();
    }

    /** A read of the leader's log. */
    public interface LeaderRead {
        /** Reads the log. The caller of {@link #readAsLeader} keeps the result. */
        void from(PartitionLog log, int leaderEpoch);
    }

    /**
     * Reads the log for a client that expects this broker to be the leader.
     *
     * @param expectedEpoch the leader epoch that the client expects; -1 if the request has none.
     * @param read runs if the epoch is correct.
     * @return NONE if it ran, else the error.
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
     * Returns the log start offset.
     *
     * @return an offset; -1 if the log cannot be opened.
     */
    public long logStartOffset() {
        try {
            return log().logStartOffset();
        } catch (final StorageException e) {
            return -1;
        }
    }

    /**
     * Returns the size of the log.
     *
     * @param isPresent whether the storage has a log of this partition, which is then opened if necessary.
     * @return the size of all batches in bytes.
     * @throws StorageException if the log cannot be opened.
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
     * @param append receives the outcome.
     */
    public void append(final ByteBuffer batch, final Append append) {
        lock.lock();
        try {
            final TopicLog opened = topicLog();
            if (opened.isFailed()) {
                // The result is not known even for a duplicate: the first batch may be in memory only.
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
            // The high watermark may have passed the batch before the duplicate was registered.
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

    /** Configures a new segment. The outcome of the batch is known already, so a failure affects the next append. */
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
     * Returns the error for a producer whose batch was appended with an indeterminate outcome.
     *
     * @return KAFKA_STORAGE_ERROR if a flush failed.
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
     * Converts a failure of the storage to an error code, and logs it unless the log is closed and the failure was
     * expected.
     *
     * @param e the exception.
     * @return the error for clients.
     */
    public ErrorCode storageError(final StorageException e) {
        // Logged once, because clients retry and the exception is the same each time.
        if (!isClosed() && !e.getMessage().equals(lastStorageError)) {
            lastStorageError = e.getMessage();
            LOGGER.error("{}: {}", id, e.getMessage(), e);
        }
        return failedError();
    }

    /** Returns the error for clients when the log cannot be used. */
    private ErrorCode failedError() {
        return isDeleted() ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.KAFKA_STORAGE_ERROR;
    }

    /**
     * Applies a change of the topic's configuration.
     *
     * @param newConfig the new configuration.
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
     * Removes the state of idempotent producers that have been idle.
     *
     * @param lastSeenBeforeMs removes producers whose last batch is not later than this, in milliseconds since the
     *     epoch.
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
     * Deletes records from the log start on, for a client.
     *
     * @param offset the new log start offset, or -1 for the high watermark; an offset before the current start changes
     *     nothing.
     * @return NONE, POLICY_VIOLATION, OFFSET_OUT_OF_RANGE, or the error if there is no log.
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
     * Deletes the segments that the topic's retention does not keep. Does nothing if the log is not open.
     *
     * @param nowMs the current time, in milliseconds since the epoch.
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
                LOGGER.info(
                        "{}: deleted the records from offset {} to {}, as retention requires", id, former, start - 1);
            }
        } catch (final StorageException e) {
            storageError(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes a new recovery point, if it is worth its cost. Does nothing if the log is not open, or idle.
     *
     * @param bytesMin the number of bytes that have to be exceeded since the last recovery point.
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
     * Returns the offset of each idempotent producer's last batch, which compaction must keep.
     *
     * @return the offset of its last record by producer id; the map belongs to the caller.
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
     * Closes the log. The next start of the broker opens it again.
     *
     * @param isDurable false to close it without a flush, as a kill would.
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

    /** Called when compaction has replaced segments. */
    public void compacted() {
        diskWork.changed();
    }

    /** Closes and deletes the log, and notifies those that wait for it. */
    void delete() {
        lock.lock();
        try {
            life = Life.DELETED;
            logs.delete(id);
            if (log != null) {
                // This completes the appends that wait for a flush.
                log.close();
            }
        } catch (final StorageException e) {
            // The topic is deleted nevertheless; the next start finds its files.
            LOGGER.error("{}: {}", id, e.getMessage(), e);
        } finally {
            lock.unlock();
        }
        diskWork.changed();
        watches.signal();
    }

    /**
     * Returns the watch of an agent on this partition, which is created if necessary.
     *
     * @param agent the proxy of the agent.
     * @return the watch.
     */
    public PartitionWatch watch(final AgentProxy agent) {
        return watches.of(agent);
    }

    /** Forwards the events of the log. */
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
