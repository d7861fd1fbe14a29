package io.ottla.codec.record;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.compression.ByteSink;
import io.ottla.codec.compression.Compressions;
import io.ottla.codec.compression.Compressor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Builds a batch: {@link #begin(long)}, the batch's fields that differ from the defaults, the records,
 * {@link #finish()}. One writer is used for many batches and keeps its memory.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RecordBatchWriter {
    /** The timestamp of a record without one. */
    public static final long NO_TIMESTAMP = -1;

    private final CRC32C crc = new CRC32C();
    private final Compressor[] compressors = new Compressor[RecordBatchHeader.COMPRESSION_MASK + 1];
    private final ByteSink records = new ByteSink(1024);
    private ByteSink compressed;

    private long baseOffset;
    private long lastOffset;
    private long baseTimestamp;
    private long maxTimestamp;
    private int recordCount;
    private CompressionType compression;
    private int flags;
    private long logAppendTime;
    private int leaderEpoch;
    private long producerId;
    private short producerEpoch;
    private int baseSequence;

    /** Creates a writer. Call {@link #begin(long)} first. */
    public RecordBatchWriter() {
        begin(0);
    }

    /**
     * Begins a batch and sets all its fields to their defaults: not compressed, no producer, no transaction, leader
     * epoch -1, and the records' own timestamps.
     *
     * @param newBaseOffset the offset of the first record; 0 for a producer, since the log assigns offsets.
     * @return this.
     */
    public RecordBatchWriter begin(final long newBaseOffset) {
        records.clear();
        records.ensure(RecordBatchHeader.SIZE);
        records.setSize(RecordBatchHeader.SIZE);
        baseOffset = newBaseOffset;
        lastOffset = newBaseOffset - 1;
        baseTimestamp = NO_TIMESTAMP;
        maxTimestamp = NO_TIMESTAMP;
        recordCount = 0;
        compression = CompressionType.NONE;
        flags = 0;
        logAppendTime = NO_TIMESTAMP;
        leaderEpoch = -1;
        producerId = -1;
        producerEpoch = -1;
        baseSequence = -1;
        return this;
    }

    /**
     * Sets the compression type of the records.
     *
     * @param type the compression type.
     * @return this.
     */
    public RecordBatchWriter compression(final CompressionType type) {
        compression = type;
        return this;
    }

    /**
     * Sets the idempotent producer (KIP-98).
     *
     * @param id its id, or -1.
     * @param epoch its epoch, or -1.
     * @param sequence the sequence number of the first record, or -1.
     * @return this.
     */
    public RecordBatchWriter producer(final long id, final short epoch, final int sequence) {
        producerId = id;
        producerEpoch = epoch;
        baseSequence = sequence;
        return this;
    }

    /**
     * Sets whether the batch belongs to a transaction.
     *
     * @param transactional whether it does.
     * @return this.
     */
    public RecordBatchWriter transactional(final boolean transactional) {
        return flag(RecordBatchHeader.TRANSACTIONAL_FLAG, transactional);
    }

    /**
     * Sets whether the records are control records.
     *
     * @param control whether they are.
     * @return this.
     */
    public RecordBatchWriter control(final boolean control) {
        return flag(RecordBatchHeader.CONTROL_FLAG, control);
    }

    /**
     * Sets the epoch of the leader.
     *
     * @param epoch the epoch, or -1.
     * @return this.
     */
    public RecordBatchWriter leaderEpoch(final int epoch) {
        leaderEpoch = epoch;
        return this;
    }

    /**
     * Replaces the records' own timestamps by the broker's time.
     *
     * @param timestamp milliseconds since the epoch.
     * @return this.
     */
    public RecordBatchWriter logAppendTime(final long timestamp) {
        logAppendTime = timestamp;
        return flag(RecordBatchHeader.LOG_APPEND_TIME_FLAG, true);
    }

    /**
     * Sets the time until which tombstones and markers of the batch are kept (KIP-534); only before the first record.
     *
     * @param horizon milliseconds since the epoch.
     * @return this.
     */
    public RecordBatchWriter deleteHorizon(final long horizon) {
        if (recordCount > 0) {
            throw new IllegalStateException("the batch has records already");
        }
        baseTimestamp = horizon;
        return flag(RecordBatchHeader.DELETE_HORIZON_FLAG, true);
    }

    private RecordBatchWriter flag(final int flag, final boolean set) {
        flags = set ? flags | flag : flags & ~flag;
        return this;
    }

    /**
     * Adds a record with the next offset and without headers.
     *
     * @param timestamp milliseconds since the epoch.
     * @param key the bytes from position to limit, which do not move, or null.
     * @param value the bytes from position to limit, which do not move, or null.
     * @return this.
     */
    public RecordBatchWriter append(final long timestamp, final ByteBuffer key, final ByteBuffer value) {
        return append(lastOffset + 1, timestamp, key, value, List.of());
    }

    /**
     * Adds a record with the next offset and without headers.
     *
     * @param timestamp milliseconds since the epoch.
     * @param key the bytes, or null.
     * @param value the bytes, or null.
     * @return this.
     */
    public RecordBatchWriter append(final long timestamp, final byte[] key, final byte[] value) {
        return append(
                timestamp, key == null ? null : ByteBuffer.wrap(key), value == null ? null : ByteBuffer.wrap(value));
    }

    /**
     * Adds a record.
     *
     * @param offset its offset, larger than that of the record before.
     * @param timestamp milliseconds since the epoch.
     * @param key the bytes from position to limit, which do not move, or null.
     * @param value the bytes from position to limit, which do not move, or null.
     * @param headers the headers.
     * @return this.
     */
    public RecordBatchWriter append(
            final long offset,
            final long timestamp,
            final ByteBuffer key,
            final ByteBuffer value,
            final List<RecordHeader> headers) {
        if (offset <= lastOffset || offset - baseOffset > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "offset " + offset + " after " + lastOffset + " in a batch from " + baseOffset);
        }
        if (recordCount == 0 && (flags & RecordBatchHeader.DELETE_HORIZON_FLAG) == 0) {
            baseTimestamp = timestamp;
        }
        final long timestampDelta = timestamp - baseTimestamp;
        final int offsetDelta = (int) (offset - baseOffset);
        addVarint(1
                + bytesOfVarlong(timestampDelta)
                + bytesOfVarlong(offsetDelta)
                + bytesOf(key)
                + bytesOf(value)
                + bytesOf(headers));
        records.add(0);
        addVarlong(timestampDelta);
        addVarint(offsetDelta);
        add(key);
        add(value);
        addVarint(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            add(ByteBuffer.wrap(headers.get(i).key().getBytes(StandardCharsets.UTF_8)));
            add(headers.get(i).value());
        }
        recordCount++;
        lastOffset = offset;
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        return this;
    }

    /**
     * Adds the end of a transaction, in a control batch of its own. The batch becomes a transactional control batch.
     *
     * @param timestamp milliseconds since the epoch.
     * @param type {@link ControlRecordType#COMMIT} or {@link ControlRecordType#ABORT}.
     * @param coordinatorEpoch the epoch of the transaction's coordinator.
     * @return this.
     */
    public RecordBatchWriter appendEndTransactionMarker(
            final long timestamp, final ControlRecordType type, final int coordinatorEpoch) {
        transactional(true);
        final ByteBuffer value = ByteBuffer.allocate(6)
                .putShort((short) 0)
                .putInt(coordinatorEpoch)
                .flip();
        return appendControl(timestamp, type, value);
    }

    /**
     * Adds a control record. The batch becomes a control batch.
     *
     * @param timestamp milliseconds since the epoch.
     * @param type its type.
     * @param value the bytes from position to limit, which do not move.
     * @return this.
     */
    public RecordBatchWriter appendControl(final long timestamp, final ControlRecordType type, final ByteBuffer value) {
        final ByteBuffer key =
                ByteBuffer.allocate(4).putShort((short) 0).putShort(type.id()).flip();
        return control(true).append(timestamp, key, value);
    }

    /**
     * Returns the number of records so far.
     *
     * @return the count.
     */
    public int recordCount() {
        return recordCount;
    }

    /**
     * Returns the size of the batch so far, before compression.
     *
     * @return the size in bytes, with the header.
     */
    public int sizeBytes() {
        return records.size();
    }

    /**
     * Ends the batch.
     *
     * @return the batch from position 0 to the limit: a view of the writer's memory, valid until {@link #begin(long)}.
     * @throws IllegalStateException if there are no records.
     */
    public ByteBuffer finish() {
        return finish(lastOffset);
    }

    /**
     * Ends the batch with a later offset than that of its last record, as compaction does when it removes records.
     *
     * @param newLastOffset the last offset that the batch covers.
     * @return the batch from position 0 to the limit: a view of the writer's memory, valid until {@link #begin(long)}.
     * @throws IllegalStateException if there are no records, and no later offset either.
     */
    public ByteBuffer finish(final long newLastOffset) {
        if (newLastOffset < baseOffset || newLastOffset < lastOffset) {
            throw new IllegalStateException("a batch from " + baseOffset + " to " + newLastOffset);
        }
        final ByteSink sink = compress();
        final ByteBuffer batch = ByteBuffer.wrap(sink.array(), 0, sink.size());
        batch.putLong(baseOffset)
                .putInt(sink.size() - RecordBatchHeader.LOG_OVERHEAD)
                .putInt(leaderEpoch)
                .put(RecordBatchHeader.MAGIC_V2)
                .putInt(0)
                .putShort((short) (flags | compression.id()))
                .putInt((int) (newLastOffset - baseOffset))
                .putLong(baseTimestamp)
                .putLong((flags & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0 ? logAppendTime : maxTimestamp)
                .putLong(producerId)
                .putShort(producerEpoch)
                .putInt(baseSequence)
                .putInt(recordCount)
                .rewind();
        crc.reset();
        batch.putInt(RecordBatchHeader.CRC_FIELD_OFFSET, RecordBatches.crc(crc, batch, 0));
        return batch;
    }

    private ByteSink compress() {
        // An empty batch has nothing to compress, and Kafka does not compress it either.
        if (compression == CompressionType.NONE || recordCount == 0) {
            compression = CompressionType.NONE;
            return records;
        }
        if (compressed == null) {
            compressed = new ByteSink(1024);
        }
        if (compressors[compression.id()] == null) {
            compressors[compression.id()] = Compressions.compressor(compression.id());
        }
        compressed.clear();
        compressed.ensure(RecordBatchHeader.SIZE);
        compressed.setSize(RecordBatchHeader.SIZE);
        compressors[compression.id()].compress(
                records.array(), RecordBatchHeader.SIZE, records.size() - RecordBatchHeader.SIZE, compressed);
        return compressed;
    }

    private void add(final ByteBuffer bytes) {
        if (bytes == null) {
            addVarint(-1);
            return;
        }
        final int length = bytes.remaining();
        addVarint(length);
        bytes.get(bytes.position(), records.ensure(length), records.size(), length);
        records.setSize(records.size() + length);
    }

    private void addVarint(final int value) {
        addVarlong(value);
    }

    private void addVarlong(final long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            records.add((int) (left | 0x80));
            left >>>= 7;
        }
        records.add((int) left);
    }

    private static int bytesOf(final ByteBuffer bytes) {
        return bytes == null ? 1 : bytesOfVarlong(bytes.remaining()) + bytes.remaining();
    }

    private static int bytesOf(final List<RecordHeader> headers) {
        int bytes = bytesOfVarlong(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            final int nameBytes = headers.get(i).key().getBytes(StandardCharsets.UTF_8).length;
            bytes += bytesOfVarlong(nameBytes)
                    + nameBytes
                    + bytesOf(headers.get(i).value());
        }
        return bytes;
    }

    private static int bytesOfVarlong(final long value) {
        final long left = (value << 1) ^ (value >> 63);
        return (70 - Long.numberOfLeadingZeros(left | 1)) / 7;
    }
}
