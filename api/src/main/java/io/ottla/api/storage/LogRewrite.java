package io.ottla.api.storage;

import java.nio.ByteBuffer;

/**
 * One segment in the making that is to replace several: how the broker compacts, for every storage alike. Nobody reads it
 * before it is swapped in.
 *
 * <ol>
 *   <li>All methods but {@link #swapIn} are called by one thread, beside whatever else is done with the log.
 *   <li>{@link #swapIn} counts as a change of the log: it is called as {@link PartitionLog#append} is.
 *   <li>{@link #close} is called in the end, whatever happened. It is idempotent.
 *   <li>After a crash at any moment the log has all of the old segments or the new one.
 * </ol>
 */
public interface LogRewrite extends AutoCloseable {
    /**
     * Adds a batch. Offset and leader epoch are as the batch has them.
     *
     * @param batch one whole batch, from position to limit, with offsets behind those of the last one and inside of the range
     *     that is rewritten; it is copied. Position and limit are the same afterwards.
     * @throws IllegalArgumentException if the offsets are others.
     * @throws StorageException if the device failed or is full, or the log is closed.
     */
    void append(ByteBuffer batch);

    /**
     * The size of what was added.
     *
     * @return bytes.
     */
    long sizeBytes();

    /**
     * Makes what was added survive a loss of power. It may take long. Nothing is added afterwards.
     *
     * @throws StorageException if the device failed or is full, or the log is closed.
     */
    void seal();

    /**
     * Replaces the old segments, after {@link #seal}. Log start and end stay what they are, and payloads that were read before
     * stay valid. The observer is not told: what is left out must make no difference to it, save that it may be shown the
     * batches that are left by a later {@link LogObserver#restore}.
     *
     * @return false if the segments are not there any more as they were when this began, because the log was trimmed,
     *     truncated or rewritten meanwhile: then nothing changed.
     * @throws StorageException if the device failed, or the log is closed.
     */
    boolean swapIn();

    /** Gives up what was not swapped in. */
    @Override
    void close();
}
