package io.ottla.testkit;

import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Builds valid record batches for tests, of records without keys. A test that needs keys, headers or compression uses a
 * codec instead.
 *
 * <p><b>Note:</b> not thread-safe. It may build any number of batches.
 */
public final class BatchBuilder {
    private static final int VARINT_BYTES_MAX = 5;
    private static final int RECORD_OVERHEAD_BYTES_MAX = 40;

    private int recordCount = 1;
    private int lastOffsetDelta = -1;
    private int valueBytes = 100;
    private byte valueByte = 'v';
    private long baseTimestampMs = ManualClock.EPOCH_MS_DEFAULT;
    private long maxTimestampMs = ManualClock.EPOCH_MS_DEFAULT;
    private long producerId = -1;
    private short producerEpoch = -1;
    private int baseSequence = -1;
    private short attributes;

    /** Creates a builder of a batch of one record with a value of 100 bytes. */
    public BatchBuilder() {}

    /**
     * Sets the number of records, each with the next offset.
     *
     * @param count 1 or more.
     * @return this.
     */
    public BatchBuilder records(final int count) {
        recordCount = count;
        return this;
    }

    /**
     * Makes the batch span more offsets than it has records, as compaction does.
     *
     * @param delta the last offset less the base offset.
     * @return this.
     */
    public BatchBuilder lastOffsetDelta(final int delta) {
        lastOffsetDelta = delta;
        return this;
    }

    /**
     * Sets the value of each record.
     *
     * @param sizeBytes its size.
     * @param fill each of its bytes.
     * @return this.
     */
    public BatchBuilder value(final int sizeBytes, final byte fill) {
        valueBytes = sizeBytes;
        valueByte = fill;
        return this;
    }

    /**
     * Sets the records' timestamps: the last one has the largest, all others the base timestamp.
     *
     * @param baseMs the base timestamp, in milliseconds since the epoch.
     * @param maxMs the largest, in milliseconds since the epoch.
     * @return this.
     */
    public BatchBuilder timestamps(final long baseMs, final long maxMs) {
        baseTimestampMs = baseMs;
        maxTimestampMs = maxMs;
        return this;
    }

    /**
     * Sets one timestamp for all records.
     *
     * @param timestampMs milliseconds since the epoch, or -1 for none.
     * @return this.
     */
    public BatchBuilder timestamp(final long timestampMs) {
        return timestamps(timestampMs, timestampMs);
    }

    /**
     * Sets an idempotent producer.
     *
     * @param id the producer id.
     * @param epoch its epoch.
     * @param sequence the first record's sequence number.
     * @return this.
     */
    public BatchBuilder producer(final long id, final int epoch, final int sequence) {
        producerId = id;
        producerEpoch = (short) epoch;
        baseSequence = sequence;
        return this;
    }

    /**
     * Sets the batch's attributes.
     *
     * @param bits as {@link RecordBatchHeader} defines them; the records are never compressed.
     * @return this.
     */
    public BatchBuilder attributes(final int bits) {
        attributes = (short) bits;
        return this;
    }

    /**
     * Builds a batch with base offset 0 and leader epoch -1, as a producer sends it.
     *
     * @return a buffer on the heap, from position 0 to limit.
     */
    public ByteBuffer build() {
        final ByteBuffer batch =
                ByteBuffer.allocate(RecordBatchHeader.SIZE + recordCount * (RECORD_OVERHEAD_BYTES_MAX + valueBytes));
        batch.position(RecordBatchHeader.SIZE);
        for (int i = 0; i < recordCount; i++) {
            putRecord(batch, i);
        }
        batch.flip();
        RecordBatchHeader.assign(batch, 0, 0, -1);
        batch.putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, batch.limit() - RecordBatchHeader.LOG_OVERHEAD);
        batch.put(RecordBatchHeader.MAGIC_FIELD_OFFSET, RecordBatchHeader.MAGIC_V2);
        batch.putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, attributes);
        batch.putInt(
                RecordBatchHeader.LAST_OFFSET_DELTA_FIELD_OFFSET,
                lastOffsetDelta < 0 ? recordCount - 1 : lastOffsetDelta);
        batch.putLong(RecordBatchHeader.BASE_TIMESTAMP_FIELD_OFFSET, baseTimestampMs);
        batch.putLong(RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, maxTimestampMs);
        batch.putLong(RecordBatchHeader.PRODUCER_ID_FIELD_OFFSET, producerId);
        batch.putShort(RecordBatchHeader.PRODUCER_EPOCH_FIELD_OFFSET, producerEpoch);
        batch.putInt(RecordBatchHeader.BASE_SEQUENCE_FIELD_OFFSET, baseSequence);
        batch.putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, recordCount);
        batch.putInt(RecordBatchHeader.CRC_FIELD_OFFSET, crcOf(batch));
        return batch;
    }

    /**
     * Computes the checksum of a batch.
     *
     * @param batch one whole batch, from position 0 to limit.
     * @return the CRC-32C.
     */
    public static int crcOf(final ByteBuffer batch) {
        final CRC32C crc = new CRC32C();
        crc.update(batch.slice(
                RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, batch.limit() - RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET));
        return (int) crc.getValue();
    }

    private void putRecord(final ByteBuffer target, final int index) {
        final ByteBuffer body = ByteBuffer.allocate(RECORD_OVERHEAD_BYTES_MAX - VARINT_BYTES_MAX + valueBytes);
        body.put((byte) 0);
        putVarlong(body, index < recordCount - 1 ? 0 : maxTimestampMs - baseTimestampMs);
        putVarlong(body, index);
        putVarlong(body, -1);
        putVarlong(body, valueBytes);
        for (int i = 0; i < valueBytes; i++) {
            body.put(valueByte);
        }
        putVarlong(body, 0);
        body.flip();
        putVarlong(target, body.limit());
        target.put(body);
    }

    private static void putVarlong(final ByteBuffer target, final long value) {
        long zigzag = value << 1 ^ value >> 63;
        while ((zigzag & ~0x7FL) != 0) {
            target.put((byte) (zigzag | 0x80));
            zigzag >>>= 7;
        }
        target.put((byte) zigzag);
    }
}
