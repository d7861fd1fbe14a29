package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Checks and changes batches as a whole, by their headers.
 *
 * <p><b>Note:</b> the methods have no state and do not move a buffer's position. Only {@link #crc(ByteBuffer, int)} and
 * the methods that call it move position and limit temporarily, so a buffer must not be shared between threads.
 */
public final class RecordBatches {
    private RecordBatches() {}

    /**
     * Checks that a buffer holds a whole batch of format v2.
     *
     * @param buffer a big-endian buffer.
     * @param position where the batch begins.
     * @throws MalformedMessageException if it does not.
     */
    public static void checkBounds(final ByteBuffer buffer, final int position) {
        final int available = buffer.limit() - position;
        if (available < RecordBatchHeader.SIZE) {
            throw new MalformedMessageException("a batch of " + available + " bytes, less than its header");
        }
        final int size = RecordBatchHeader.sizeBytes(buffer, position);
        if (size < RecordBatchHeader.SIZE || size > available) {
            throw new MalformedMessageException("a batch of " + size + " bytes where " + available + " are");
        }
        if (RecordBatchHeader.magic(buffer, position) != RecordBatchHeader.MAGIC_V2) {
            throw new MalformedMessageException(
                    "a batch of format v" + RecordBatchHeader.magic(buffer, position) + ", only v2 is known");
        }
    }

    /**
     * Computes the CRC-32C of a batch: of everything after the CRC field.
     *
     * @param buffer holds a whole batch.
     * @param position where the batch begins.
     * @return the checksum.
     */
    public static int crc(final ByteBuffer buffer, final int position) {
        return crc(new CRC32C(), buffer, position);
    }

    static int crc(final CRC32C crc, final ByteBuffer buffer, final int position) {
        final int oldPosition = buffer.position();
        final int oldLimit = buffer.limit();
        buffer.limit(position + RecordBatchHeader.sizeBytes(buffer, position))
                .position(position + RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET);
        crc.update(buffer);
        buffer.limit(oldLimit).position(oldPosition);
        return (int) crc.getValue();
    }

    /**
     * Returns whether a batch is undamaged.
     *
     * @param buffer holds a whole batch.
     * @param position where the batch begins.
     * @return whether the CRC-32C is valid.
     */
    public static boolean isCrcValid(final ByteBuffer buffer, final int position) {
        return crc(buffer, position) == RecordBatchHeader.crc(buffer, position);
    }

    /**
     * Computes the CRC-32C of a batch and writes it.
     *
     * @param buffer holds a whole batch.
     * @param position where the batch begins.
     */
    public static void updateCrc(final ByteBuffer buffer, final int position) {
        buffer.putInt(position + RecordBatchHeader.CRC_FIELD_OFFSET, crc(buffer, position));
    }

    /**
     * Sets the time of the broker's append as the timestamp of all records
     * ({@code message.timestamp.type=LogAppendTime}), and updates the CRC.
     *
     * @param buffer holds a whole batch.
     * @param position where the batch begins.
     * @param timestamp milliseconds since the epoch.
     */
    public static void setLogAppendTime(final ByteBuffer buffer, final int position, final long timestamp) {
        final int attributes = RecordBatchHeader.attributes(buffer, position) | RecordBatchHeader.LOG_APPEND_TIME_FLAG;
        buffer.putShort(position + RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, (short) attributes);
        buffer.putLong(position + RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, timestamp);
        updateCrc(buffer, position);
    }

    /**
     * Sets that the records have timestamps of their own, and the largest of them. Updates the CRC if anything changed.
     *
     * @param buffer holds a whole batch.
     * @param position where the batch begins.
     * @param maxTimestamp milliseconds since the epoch.
     */
    public static void setCreateTime(final ByteBuffer buffer, final int position, final long maxTimestamp) {
        final short attributes = RecordBatchHeader.attributes(buffer, position);
        final short wanted = (short) (attributes & ~RecordBatchHeader.LOG_APPEND_TIME_FLAG);
        if (wanted != attributes || RecordBatchHeader.maxTimestamp(buffer, position) != maxTimestamp) {
            buffer.putShort(position + RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, wanted);
            buffer.putLong(position + RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, maxTimestamp);
            updateCrc(buffer, position);
        }
    }
}
