package io.ottla.api.storage;

import java.nio.ByteBuffer;

/**
 * A new segment that is to replace several, by which the broker compacts the logs of every storage. It is not readable
 * before it is swapped in.
 *
 * <ol>
 *   <li>All methods but {@link #swapIn} are called by one thread, concurrently with any other use of the log.
 *   <li>{@link #swapIn} counts as a change of the log: it is called as {@link PartitionLog#append} is.
 *   <li>{@link #close} is always called at the end. It is idempotent.
 *   <li>After a crash at any moment the log has all of the old segments or the new one.
 * </ol>
 */
public interface LogRewrite extends AutoCloseable {
    /**
     * Adds a batch. Offset and leader epoch are as the batch has them.
     *
     * @param batch one whole batch, from position to limit, with offsets after those of the last one and within the
     *     range that is rewritten. It is copied. Position and limit are the same afterwards.
     * @throws IllegalArgumentException if the offsets are not in that range.
     * @throws StorageException if the device failed or is full, or the log is closed.
     */
    void append(ByteBuffer batch);

    /**
     * Returns the size of the batches that were added.
     *
     * @return bytes.
     */
    long sizeBytes();

    /**
     * Makes the batches that were added survive a power failure. It may take long. Nothing is added afterwards.
     *
     * @throws StorageException if the device failed or is full, or the log is closed.
     */
    void seal();

    /**
     * Replaces the old segments, after {@link #seal}. Log start and end stay what they are, and payloads that were read
     * before stay valid. The observer is not notified: the batches that are left out must make no difference to its
     * state. After a later {@link LogObserver#restore} it may receive the batches that are left.
     *
     * @return false if the old segments have changed since this rewrite began, because the log was trimmed, truncated
     *     or rewritten. Then nothing is replaced.
     * @throws StorageException if the device failed, or the log is closed.
     */
    boolean swapIn();

    /** Discards the new segment if it was not swapped in. */
    @Override
    void close();
}
