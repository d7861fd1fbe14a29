package io.ottla.api.storage;

import io.ottla.api.Payload;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition: record batches of format v2, in the order of their offsets. It reads only the
 * {@link RecordBatchHeader} of a batch and nothing after it.
 *
 * <ol>
 *   <li>{@link #append}, {@link #truncateTo}, {@link #trimTo}, {@link #configure}, {@link #checkpoint},
 *       {@link LogRewrite#swapIn}, {@link #close} and {@link #abandon}
 *       are called by one thread at a time, and each call happens before the next. {@link #flush} may be called by
 *       another thread concurrently with them, so that appends do not wait for the device.
 *   <li>All other methods may be called by any thread at any time, even while one of these runs.
 *   <li>{@code logStartOffset <= highWatermark <= logEndOffset} holds for a thread that reads them in this order.
 *   <li>After an I/O error in a write or an fsync, the log rejects appends ({@link #FAILED}) until it is opened again,
 *       and {@link #isFailed} returns true. Committed records stay readable where the device permits. A full device is
 *       not such an error: appends succeed again once there is space. Neither is a failure before anything was written,
 *       such as a missing file descriptor: the next append or flush tries again.
 *   <li>After {@link #close} or {@link #abandon} reads, truncation and similar calls throw a {@link StorageException},
 *       and appends return {@link #FAILED}. The offsets and the size stay as they were. Payloads that were read before
 *       stay valid.
 * </ol>
 */
public interface PartitionLog extends AutoCloseable {
    /** The value that {@link #append} returns if its callback will receive the outcome. */
    long PENDING = -1;

    /**
     * The value that {@link #append} returns if this node does not lead the partition in the given epoch: nothing was
     * appended.
     */
    long NOT_LEADER = -2;

    /** The value that {@link #append} returns if the device failed, now or before, or is full: nothing was appended. */
    long FAILED = -3;

    /**
     * Returns the log's id.
     *
     * @return the id with which it was opened.
     */
    LogId id();

    /**
     * Appends a batch. The storage assigns its base offset, and writes that and the leader epoch into its own copy; the
     * caller's bytes are copied before this returns.
     *
     * @param batch one whole batch, from position to limit, validated by the caller. Position and limit are the same
     *     afterwards.
     * @param leaderEpoch the epoch in which the caller expects this node to lead the partition.
     * @param callback is called only if this returns {@link #PENDING}.
     * @return the offset of the batch's first record if it is committed already, else {@link #PENDING},
     *     {@link #NOT_LEADER} or {@link #FAILED}.
     */
    long append(ByteBuffer batch, int leaderEpoch, AppendCallback callback);

    /**
     * Truncates the log: removes all batches that have a record at or past an offset. The log end offset is then the
     * offset after the last batch that is left, or the log start offset if that is larger. Payloads that were read from
     * removed batches fail with an {@link java.io.IOException}, or still return the old bytes.
     *
     * @param offset the offset to truncate to; nothing happens if it is at or past the end.
     * @throws StorageException if the device failed or the log is closed.
     */
    void truncateTo(long offset);

    /**
     * Moves the log's start forward. Records before it can no longer be read, even after a restart. Segments without
     * other records are deleted; if that leaves none, a new one is started. Payloads that were read before stay valid.
     *
     * @param offset the new start, at most the high watermark; nothing happens if it is not past the current start.
     * @throws OffsetOutOfRangeException if {@code offset} is past the high watermark.
     * @throws StorageException if the device failed or the log is closed.
     */
    void trimTo(long offset);

    /**
     * Starts to replace whole segments by one that has fewer batches, or smaller ones. Nothing changes before
     * {@link LogRewrite#swapIn}. May be called by any thread; there is one rewrite of a log at a time.
     *
     * @param fromOffset the base offset of the first segment to replace; the new one will have the same.
     * @param toOffset the base offset of the first segment after it that is not replaced, at most the high watermark.
     *     So the last segment is never replaced.
     * @return the rewrite, which takes the new batches and which the caller closes.
     * @throws IllegalArgumentException if no segments begin with these offsets, the second is not past the first, or it
     *     is past the high watermark.
     * @throws StorageException if the log is closed.
     */
    LogRewrite rewrite(long fromOffset, long toOffset);

    /**
     * Changes the configuration of the log, from the next append on.
     *
     * @param config the new configuration.
     */
    void configure(LogConfig config);

    /**
     * Makes everything appended before the call survive a power failure. Does nothing in a storage without files. If
     * this throws and {@link #isFailed} returns true, it is not known which of these records survive, and no later call
     * succeeds until the log is opened again. If it returns false, nothing changed, and a later call may succeed.
     *
     * @throws StorageException if it could not be done, the device failed before, or the log is closed.
     */
    void flush();

    /**
     * Returns whether the device failed, so that appends are rejected until the log is opened again. The broker then
     * does not acknowledge a retry of a producer's batch as a duplicate.
     *
     * @return true after an I/O error in a write or an fsync; false, too, in a storage without files.
     */
    default boolean isFailed() {
        return false;
    }

    /**
     * Prepares a checkpoint, which shortens the next recovery after a kill: records appended before it are not read
     * then. The broker calls it from time to time, on the thread of {@link #append}, to bound the time of a recovery.
     *
     * @param bytesMin the bytes that must have been appended since the last checkpoint; with fewer, there is nothing to
     *     do.
     * @return the task that writes the checkpoint; null if there is nothing to do. It is run once, by a thread that may
     *     wait for the device, concurrently with appends, like {@link #flush()}. It throws a {@link StorageException}
     *     if the device fails.
     */
    default @Nullable Runnable checkpoint(final long bytesMin) {
        return null;
    }

    /**
     * Returns the log start offset: that of the first record that can be read, or of the next one if there is none.
     *
     * @return an offset.
     */
    long logStartOffset();

    /**
     * Returns the high watermark: the offset after the last committed record. Consumers see nothing at or past it.
     *
     * @return an offset.
     */
    long highWatermark();

    /**
     * Returns the log end offset: that of the next record.
     *
     * @return an offset.
     */
    long logEndOffset();

    /**
     * Returns the epoch in which this node leads the partition.
     *
     * @return the epoch, from 0; -1 if this node does not lead.
     */
    int leaderEpoch();

    /**
     * Reads batches. The first one is the whole batch that has the record at {@code offset}, so it may begin before it.
     * One call may return less than the log has, even if there is room for more: a read may stop at the end of a
     * segment.
     *
     * @param offset the offset to begin at.
     * @param endOffset no batch that begins at or past it is read; the high watermark or less, or the log end offset
     *     for the broker itself.
     * @param maxBytes at most this many bytes are read, so the last batch may be cut short, but never the first.
     * @param wholeBatch read the first batch even if it is larger than {@code maxBytes} (KIP-74); if false, nothing is
     *     read then.
     * @return the batches, which the caller releases; {@link Payload#EMPTY} if there is none.
     * @throws OffsetOutOfRangeException if {@code offset} is before the start or past the end of the log.
     * @throws StorageException if the device failed or the log is closed.
     */
    Payload read(long offset, long endOffset, int maxBytes, boolean wholeBatch);

    /**
     * Finds a batch by time: of the batches that have a record at or past an offset, the first whose largest timestamp
     * is at or after a time.
     *
     * @param timestampMs milliseconds since the epoch.
     * @param fromOffset the offset to begin at; the log start offset if that is larger.
     * @return the batch's base offset, or -1 if there is none. It may be before {@code fromOffset} if that is within
     *     the batch.
     * @throws StorageException if the device failed or the log is closed.
     */
    long findByTimestamp(long timestampMs, long fromOffset);

    /**
     * Finds the batch with the largest timestamp among those that have a record at or past an offset; the first one, if
     * several have it.
     *
     * @param fromOffset the offset to begin at; the log start offset if that is larger.
     * @return the batch's base offset, or -1 if there is no batch or none has a timestamp. It may be before
     *     {@code fromOffset} if that is within the batch.
     * @throws StorageException if the device failed or the log is closed.
     */
    long findMaxTimestamp(long fromOffset);

    /**
     * Returns the size of the log's batches.
     *
     * @return bytes.
     */
    long sizeBytes();

    /**
     * Returns the segments in order of their offsets; the last one is the active segment.
     *
     * @return a snapshot, never empty.
     */
    List<SegmentInfo> segments();

    /**
     * Returns the time of the last write to a segment. As in Kafka, retention uses it if the segment's records have no
     * timestamps.
     *
     * @param baseOffset the segment's base offset, as in {@link #segments}.
     * @return milliseconds since the epoch; -1 if the storage does not know it, or the segment no longer exists. The
     *     segment then counts as old as the next one whose records have timestamps.
     * @throws StorageException if the device failed or the log is closed.
     */
    default long segmentWrittenMs(final long baseOffset) {
        return -1;
    }

    /** Closes the log, durably. Idempotent. Reads and appends fail afterwards. */
    @Override
    void close();

    /**
     * Closes the log when there is no time for {@link #close}, and leaves it as a kill would. The next open has
     * everything that was appended, but may take longer. Records that were not flushed do not survive a power failure
     * yet. Idempotent, and so is a {@link #close} afterwards.
     */
    default void abandon() {
        close();
    }
}
