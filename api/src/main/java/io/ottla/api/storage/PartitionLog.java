package io.ottla.api.storage;

import io.ottla.api.Payload;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The log of one partition: record batches of format v2, in the order of their offsets. It looks at the
 * {@link RecordBatchHeader} of a batch and at nothing behind it.
 *
 * <ol>
 *   <li>{@link #append}, {@link #truncateTo}, {@link #trimTo}, {@link #configure}, {@link #checkpoint},
 *       {@link LogRewrite#swapIn}, {@link #close} and {@link #abandon}
 *       are called by one thread at a time, with what the last one wrote visible to the next. {@link #flush} may be called
 *       by another thread beside them, so that nobody who appends has to wait for the device.
 *   <li>All other methods may be called by any thread at any time, also while one of these runs.
 *   <li>{@code logStartOffset <= highWatermark <= logEndOffset} holds for a thread that reads them in this order.
 *   <li>After an I/O error in a write or an fsync the log takes no more appends ({@link #FAILED}) until it is opened again, and
 *       {@link #isFailed} says so; what was committed stays readable where the device permits. A full device is no such error: appends succeed again
 *       once there is room. Neither is what fails before anything was written, such as for want of a file descriptor: the next append or
 *       flush tries again.
 *   <li>After {@link #close} or {@link #abandon} reads, truncation and the like throw a {@link StorageException} and appends return
 *       {@link #FAILED}. The offsets and the size stay what they were. Payloads that were read before stay valid.
 * </ol>
 */
public interface PartitionLog extends AutoCloseable {
    /** What {@link #append} returns if its callback will tell the outcome. */
    long PENDING = -1;

    /** What {@link #append} returns if this node does not lead the partition in the epoch named: nothing was appended. */
    long NOT_LEADER = -2;

    /** What {@link #append} returns if the device failed, now or before, or is full: nothing was appended. */
    long FAILED = -3;

    /**
     * Which log this is.
     *
     * @return the id that it was opened with.
     */
    LogId id();

    /**
     * Appends a batch. The storage assigns its base offset, and writes that and the leader epoch into its own copy; the
     * caller's bytes are copied before this returns.
     *
     * @param batch one whole batch, from position to limit, validated by the caller. Position and limit are the same
     *     afterwards.
     * @param leaderEpoch the epoch in which the caller believes to lead the partition.
     * @param callback is called only if this returns {@link #PENDING}.
     * @return the offset of the batch's first record if it is committed already, else {@link #PENDING}, {@link #NOT_LEADER}
     *     or {@link #FAILED}.
     */
    long append(ByteBuffer batch, int leaderEpoch, AppendCallback callback);

    /**
     * Cuts the log's end off: all batches that have a record at or behind an offset. The log end offset is then the offset
     * behind the last batch that is left, or the log start offset if that is larger. Payloads that were read from
     * what is cut off fail with an {@link java.io.IOException}, or still give the old bytes.
     *
     * @param offset where to cut; nothing happens if it is at or behind the end.
     * @throws StorageException if the device failed or the log is closed.
     */
    void truncateTo(long offset);

    /**
     * Moves the log's start forward. The records before it can't be read any more, also after a restart, and segments that
     * have no others are deleted; if that would leave none, a new one is begun. Payloads that were read before stay valid.
     *
     * @param offset the new start, at most the high watermark; nothing happens if it is not behind the present start.
     * @throws OffsetOutOfRangeException if {@code offset} is behind the high watermark.
     * @throws StorageException if the device failed or the log is closed.
     */
    void trimTo(long offset);

    /**
     * Begins to replace whole segments by one that has fewer batches, or smaller ones. Nothing changes before
     * {@link LogRewrite#swapIn}. May be called by any thread; there is one rewrite of a log at a time.
     *
     * @param fromOffset the base offset of the first segment to replace; the new one will have the same.
     * @param toOffset the base offset of the first segment behind it that is not replaced, at most the high watermark. So the
     *     last segment is never replaced.
     * @return what takes the new batches, the caller's to close.
     * @throws IllegalArgumentException if no segments begin with these offsets, or the second is not behind the first, or it
     *     is behind the high watermark.
     * @throws StorageException if the log is closed.
     */
    LogRewrite rewrite(long fromOffset, long toOffset);

    /**
     * Changes how the log is divided, from the next append on.
     *
     * @param config the new configuration.
     */
    void configure(LogConfig config);

    /**
     * Makes everything appended before the call survive a loss of power. Does nothing in a storage without files. If this
     * throws and {@link #isFailed} is true, it's not known what of that survives; no later call succeeds until the log is opened
     * again. If it is false, nothing changed, and a later call may succeed.
     *
     * @throws StorageException if it could not be done, the device failed before, or the log is closed.
     */
    void flush();

    /**
     * Whether the device failed so that no more appends are taken until the log is opened again. The broker then takes nothing for granted
     * that a producer sends once more.
     *
     * @return true after an I/O error in a write or an fsync; false, too, in a storage without files.
     */
    default boolean isFailed() {
        return false;
    }

    /**
     * Prepares to make the next recovery shorter, should the broker be killed: what was appended before this will not be read
     * then. It's called like {@link #append}, now and then, by whoever wants to bound the time of a recovery.
     *
     * @param bytesMin it's worth it only if more bytes than this were appended since the last time.
     * @return what does it, to be run once by a thread that may wait for the device, beside appends, like {@link #flush()}; it
     *     throws a {@link StorageException} if the device fails. Null if there is nothing to do.
     */
    default Runnable checkpoint(final long bytesMin) {
        return null;
    }

    /**
     * The offset of the first record that can be read, or of the next one if there is none.
     *
     * @return an offset.
     */
    long logStartOffset();

    /**
     * The offset after the last committed record. Consumers see nothing at or behind it.
     *
     * @return an offset.
     */
    long highWatermark();

    /**
     * The offset that the next record will get.
     *
     * @return an offset.
     */
    long logEndOffset();

    /**
     * The epoch in which this node leads the partition.
     *
     * @return the epoch, from 0; -1 if this node does not lead.
     */
    int leaderEpoch();

    /**
     * Reads batches. The first one is the one that has the record at {@code offset}, whole, so it may begin before it. There
     * may be more in the log than one call gives, even if there is room for it: a read need not cross from one segment into
     * the next.
     *
     * @param offset where to begin.
     * @param endOffset no batch that begins at or behind it is read; the high watermark or less, or the log end offset for
     *     the broker itself.
     * @param maxBytes at most this many bytes are read, so the last batch may be cut short, but never the first.
     * @param wholeBatch read the first batch even if it is larger than {@code maxBytes} (KIP-74); if false, nothing is read
     *     then.
     * @return the batches, the caller's to release; {@link Payload#EMPTY} if there is none.
     * @throws OffsetOutOfRangeException if {@code offset} is before the start or behind the end of the log.
     * @throws StorageException if the device failed or the log is closed.
     */
    Payload read(long offset, long endOffset, int maxBytes, boolean wholeBatch);

    /**
     * Finds by time: of the batches that have a record at or behind an offset, the first whose largest timestamp is at or
     * after a time.
     *
     * @param timestampMs milliseconds since the epoch.
     * @param fromOffset where to begin; the log's start if that is larger.
     * @return the batch's base offset, or -1 if there is none. It may be before {@code fromOffset} if that is inside of the
     *     batch.
     * @throws StorageException if the device failed or the log is closed.
     */
    long findByTimestamp(long timestampMs, long fromOffset);

    /**
     * Finds the latest time: of the batches that have a record at or past an offset, the first whose largest timestamp is
     * the largest of them all.
     *
     * @param fromOffset where to begin; the log's start if that is larger.
     * @return the batch's base offset, or -1 if there is no batch or none has a timestamp. It may be before
     *     {@code fromOffset} if that is inside of the batch.
     * @throws StorageException if the device failed or the log is closed.
     */
    long findMaxTimestamp(long fromOffset);

    /**
     * The size of the batches that the log holds.
     *
     * @return bytes.
     */
    long sizeBytes();

    /**
     * The segments, in order of their offsets; the last one is the one appended to.
     *
     * @return a snapshot, never empty.
     */
    List<SegmentInfo> segments();

    /**
     * When a segment was last written to. Retention goes by this, as in Kafka, where the segment's records have no timestamps.
     *
     * @param baseOffset the segment's, of {@link #segments}.
     * @return milliseconds since the epoch; -1 in a storage that does not know, or if there is no such segment any more: then the segment
     *     counts as old as the next one whose records have timestamps.
     * @throws StorageException if the device failed or the log is closed.
     */
    default long segmentWrittenMs(final long baseOffset) {
        return -1;
    }

    /** Closes the log, durably. Idempotent. Reads and appends fail afterwards. */
    @Override
    void close();

    /**
     * Closes the log when there is no time for {@link #close}, as it would be left by a kill: everything that was appended is there when
     * it is opened again, which may take longer, but what was not flushed does not survive a loss of power yet. Idempotent, and so is a
     * {@link #close} afterwards.
     */
    default void abandon() {
        close();
    }
}
