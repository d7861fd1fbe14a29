package io.ottla.api.storage;

import java.nio.ByteBuffer;

/**
 * The header of a record batch of format v2 (KIP-98), the only part of it that a storage looks at. All fields are
 * big-endian.
 *
 * <pre>
 *    0               4               8               12              16
 *    +-------------------------------+---------------+---------------+
 *    |          Base offset          | Batch length  | Leader epoch  |
 *    +---+-----------+---+-----------+---------------+---------------+
 *    |Mag|    CRC-32C    |Attrib.|Last offset delta|  Base timestamp  ...
 * </pre>
 *
 * <p>The batch length counts the bytes after it: the batch's size less {@value #LOG_OVERHEAD}. The CRC covers the bytes
 * after it, from the attributes on: base offset and leader epoch can change without it.
 *
 * <p><b>Note:</b> the methods have no state; they read at absolute positions and do not move the buffer's.
 */
public final class RecordBatchHeader {
    /** Offset of the first record's offset, 8 bytes. */
    public static final int BASE_OFFSET_FIELD_OFFSET = 0;

    /** Offset of the batch's length after this field, 4 bytes. */
    public static final int LENGTH_FIELD_OFFSET = 8;

    /** Bytes before and including the length field. */
    public static final int LOG_OVERHEAD = 12;

    /** Offset of the leader epoch, 4 bytes. */
    public static final int LEADER_EPOCH_FIELD_OFFSET = 12;

    /** Offset of the format version, 1 byte, which is here in all formats. */
    public static final int MAGIC_FIELD_OFFSET = 16;

    /** Offset of the CRC-32C, 4 bytes. */
    public static final int CRC_FIELD_OFFSET = 17;

    /** Offset of the attributes, 2 bytes; the CRC covers from here to the end. */
    public static final int ATTRIBUTES_FIELD_OFFSET = 21;

    /** Offset of the last record's offset less the base offset, 4 bytes. */
    public static final int LAST_OFFSET_DELTA_FIELD_OFFSET = 23;

    /** Offset of the base timestamp, 8 bytes. */
    public static final int BASE_TIMESTAMP_FIELD_OFFSET = 27;

    /** Offset of the largest timestamp, 8 bytes. */
    public static final int MAX_TIMESTAMP_FIELD_OFFSET = 35;

    /** Offset of the producer id, 8 bytes. */
    public static final int PRODUCER_ID_FIELD_OFFSET = 43;

    /** Offset of the producer epoch, 2 bytes. */
    public static final int PRODUCER_EPOCH_FIELD_OFFSET = 51;

    /** Offset of the first record's sequence number, 4 bytes. */
    public static final int BASE_SEQUENCE_FIELD_OFFSET = 53;

    /** Offset of the number of records, 4 bytes. */
    public static final int RECORD_COUNT_FIELD_OFFSET = 57;

    /** Size of the header; the records follow. */
    public static final int SIZE = 61;

    /** The format version of these batches. */
    public static final byte MAGIC_V2 = 2;

    /** The attributes' bits of the compression type. */
    public static final int COMPRESSION_MASK = 0x07;

    /** The attributes' bit that says that the timestamps are the broker's, not the producer's. */
    public static final int LOG_APPEND_TIME_FLAG = 0x08;

    /** The attributes' bit of a batch that belongs to a transaction. */
    public static final int TRANSACTIONAL_FLAG = 0x10;

    /** The attributes' bit of a batch that holds a control record, for the broker and not for consumers. */
    public static final int CONTROL_FLAG = 0x20;

    /** The attributes' bit that says that the base timestamp is a delete horizon (KIP-534). */
    public static final int DELETE_HORIZON_FLAG = 0x40;

    private RecordBatchHeader() {}

    /**
     * Returns the whole batch's size.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the size in bytes, header included; a value out of range if the batch is damaged.
     */
    public static int sizeBytes(final ByteBuffer buffer, final int position) {
        return LOG_OVERHEAD + buffer.getInt(position + LENGTH_FIELD_OFFSET);
    }

    /**
     * Returns the offset after the last record.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the offset that the next batch begins with, or a later one.
     */
    public static long nextOffset(final ByteBuffer buffer, final int position) {
        return baseOffset(buffer, position) + lastOffsetDelta(buffer, position) + 1;
    }

    /**
     * Writes the base offset and the leader epoch, which the log assigns and the CRC does not cover.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @param baseOffset the offset of the first record.
     * @param leaderEpoch the epoch of the leader.
     */
    public static void assign(
            final ByteBuffer buffer, final int position, final long baseOffset, final int leaderEpoch) {
        buffer.putLong(position + BASE_OFFSET_FIELD_OFFSET, baseOffset);
        buffer.putInt(position + LEADER_EPOCH_FIELD_OFFSET, leaderEpoch);
    }

    /**
     * Returns the offset of the first record.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return an offset.
     */
    public static long baseOffset(final ByteBuffer buffer, final int position) {
        return buffer.getLong(position + BASE_OFFSET_FIELD_OFFSET);
    }

    /**
     * Returns the epoch of the leader that appended the batch.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the epoch, or -1.
     */
    public static int leaderEpoch(final ByteBuffer buffer, final int position) {
        return buffer.getInt(position + LEADER_EPOCH_FIELD_OFFSET);
    }

    /**
     * Returns the format version.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return 2 for batches of this format.
     */
    public static byte magic(final ByteBuffer buffer, final int position) {
        return buffer.get(position + MAGIC_FIELD_OFFSET);
    }

    /**
     * Returns the CRC-32C of everything after it.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the stored checksum.
     */
    public static int crc(final ByteBuffer buffer, final int position) {
        return buffer.getInt(position + CRC_FIELD_OFFSET);
    }

    /**
     * Returns the attributes, for the masks and flags of this class.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the bits.
     */
    public static short attributes(final ByteBuffer buffer, final int position) {
        return buffer.getShort(position + ATTRIBUTES_FIELD_OFFSET);
    }

    /**
     * Returns the difference between the last record's offset and the first's.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return a difference of offsets.
     */
    public static int lastOffsetDelta(final ByteBuffer buffer, final int position) {
        return buffer.getInt(position + LAST_OFFSET_DELTA_FIELD_OFFSET);
    }

    /**
     * Returns the base timestamp, to which the records' timestamps are relative.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return milliseconds since the epoch.
     */
    public static long baseTimestamp(final ByteBuffer buffer, final int position) {
        return buffer.getLong(position + BASE_TIMESTAMP_FIELD_OFFSET);
    }

    /**
     * Returns the largest timestamp of the records.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return milliseconds since the epoch, or -1.
     */
    public static long maxTimestamp(final ByteBuffer buffer, final int position) {
        return buffer.getLong(position + MAX_TIMESTAMP_FIELD_OFFSET);
    }

    /**
     * Returns the id of the idempotent producer.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return its id, or -1.
     */
    public static long producerId(final ByteBuffer buffer, final int position) {
        return buffer.getLong(position + PRODUCER_ID_FIELD_OFFSET);
    }

    /**
     * Returns the epoch of the idempotent producer.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the epoch, or -1.
     */
    public static short producerEpoch(final ByteBuffer buffer, final int position) {
        return buffer.getShort(position + PRODUCER_EPOCH_FIELD_OFFSET);
    }

    /**
     * Returns the sequence number of the first record.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the number, or -1.
     */
    public static int baseSequence(final ByteBuffer buffer, final int position) {
        return buffer.getInt(position + BASE_SEQUENCE_FIELD_OFFSET);
    }

    /**
     * Returns the number of records, which is less than that of offsets in a compacted batch.
     *
     * @param buffer holds a batch.
     * @param position where the batch begins.
     * @return the count.
     */
    public static int recordCount(final ByteBuffer buffer, final int position) {
        return buffer.getInt(position + RECORD_COUNT_FIELD_OFFSET);
    }
}
