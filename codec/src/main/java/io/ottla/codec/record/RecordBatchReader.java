package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.compression.Decompressor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the records of one batch, and decompresses them on the way. One reader is used for many batches, so that
 * reading allocates only the results that are requested.
 *
 * <p>Keys, values and headers are views, valid until the next call of {@link #next()} or
 * {@link #wrap(ByteBuffer, int)}: of the batch, or of the reader's own memory if the batch is compressed. That memory
 * is as large as the largest record, and no larger than what was actually decompressed: sizes that the batch only
 * claims are not trusted. It is freed at the end of the batch. {@link RecordSkimmer} checks records without memory for
 * them.
 *
 * <p>The CRC is not checked here; see {@link RecordBatches#isCrcValid(ByteBuffer, int)}. Methods throw
 * {@link MalformedMessageException} if the records are damaged, or one is larger than the limit when decompressed.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RecordBatchReader {
    /** The default limit of a record's size when decompressed: the largest that an array may hold. */
    public static final int RECORD_BYTES_MAX = Integer.MAX_VALUE - 8;

    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int CHUNK_KEPT_BYTES_MAX = 1 << 20;
    private static final int VARINT_BYTES_MAX = 5;

    private final RecordSource records = new RecordSource();
    private final RecordFields fields = new RecordFields();
    private final int recordBytesMax;
    private byte[] chunk = {};

    private ByteBuffer batch;
    private int batchPosition;
    private short attributes;

    // The source of records: the batch itself, or the chunk that the decompressor fills.
    private ByteBuffer source;
    private int position;
    private int limit;
    private Decompressor decompressor;

    private int recordsLeft;
    private int recordPosition;
    private int recordBytes;

    /** Creates a reader with the limit {@link #RECORD_BYTES_MAX}. */
    public RecordBatchReader() {
        this(RECORD_BYTES_MAX);
    }

    /**
     * Creates a reader.
     *
     * @param recordBytesMax the largest size in bytes of a record of a compressed batch when decompressed. It keeps a
     *     small batch from using much memory.
     */
    public RecordBatchReader(final int recordBytesMax) {
        this.recordBytesMax = recordBytesMax;
    }

    /**
     * Starts to read a batch, before its first record.
     *
     * @param buffer a big-endian buffer that holds the whole batch; its position does not matter and does not move.
     * @param start where the batch begins.
     * @return this.
     * @throws MalformedMessageException if the buffer ends before the batch, or the batch is not of format v2, or of an
     *     unknown compression type.
     */
    public RecordBatchReader wrap(final ByteBuffer buffer, final int start) {
        release();
        decompressor = records.open(buffer, start, false);
        batch = buffer;
        batchPosition = start;
        attributes = RecordBatchHeader.attributes(buffer, start);
        recordsLeft = RecordBatchHeader.recordCount(buffer, start);
        if (decompressor == null) {
            source = buffer;
            position = start + RecordBatchHeader.SIZE;
            limit = start + RecordBatchHeader.sizeBytes(buffer, start);
        } else {
            if (chunk.length == 0) {
                chunk = new byte[CHUNK_BYTES];
            }
            source = ByteBuffer.wrap(chunk);
            position = 0;
            limit = 0;
        }
        return this;
    }

    private void release() {
        records.release();
        if (chunk.length > CHUNK_KEPT_BYTES_MAX) {
            chunk = new byte[0];
            source = null;
        }
    }

    /**
     * Moves to the next record.
     *
     * @return false if there is none; the batch was then checked to end there.
     */
    public boolean next() {
        if (recordsLeft == 0) {
            if (position < limit || fill()) {
                throw new MalformedMessageException("a batch is longer than its records");
            }
            release();
            return false;
        }
        recordsLeft--;
        want(VARINT_BYTES_MAX);
        final int length = varint();
        if (length < 0) {
            throw new MalformedMessageException("a record of " + length + " bytes");
        }
        if (decompressor != null && length > recordBytesMax) {
            throw RecordSource.tooLarge(length, recordBytesMax);
        }
        want(length);
        if (length > limit - position) {
            throw new MalformedMessageException(
                    "a record of " + length + " bytes where " + (limit - position) + " are left");
        }
        recordPosition = position;
        recordBytes = length;
        position += length;
        fields.read(source, recordPosition, position);
        return true;
    }

    private int varint() {
        final int start = position;
        int value = 0;
        while (position < limit && position < start + VARINT_BYTES_MAX) {
            final byte next = source.get(position);
            value |= (next & 0x7f) << (7 * (position - start));
            position++;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("the length of a record does not end");
    }

    /**
     * Decompresses until the given number of bytes is available, or all.
     *
     * @param bytes the number of bytes needed after the position.
     */
    private void want(final int bytes) {
        while (decompressor != null && limit - position < bytes) {
            if (!fill()) {
                return;
            }
        }
    }

    private boolean fill() {
        if (decompressor == null) {
            return false;
        }
        if (position > 0) {
            System.arraycopy(chunk, position, chunk, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == chunk.length) {
            chunk = Arrays.copyOf(chunk, (int) Math.min(Integer.MAX_VALUE - 8, 2L * chunk.length));
            source = ByteBuffer.wrap(chunk);
        }
        final int count = decompressor.read(chunk, limit, chunk.length - limit);
        if (count < 0) {
            return false;
        }
        limit += count;
        return true;
    }

    /**
     * Returns the number of records after this one, according to the header.
     *
     * @return the count.
     */
    public int recordsLeft() {
        return recordsLeft;
    }

    /**
     * Returns the record as it is in the batch, decompressed and without its length.
     *
     * @return a view.
     */
    public ByteBuffer bytes() {
        return source.slice(recordPosition, recordBytes);
    }

    /**
     * Returns the record's offset.
     *
     * @return the base offset plus the record's delta.
     */
    public long offset() {
        return RecordBatchHeader.baseOffset(batch, batchPosition) + fields.offsetDelta;
    }

    /**
     * Returns the record's timestamp.
     *
     * @return milliseconds since the epoch, or -1: the record's own, or the batch's if the broker set it.
     */
    public long timestamp() {
        return (attributes & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0
                ? RecordBatchHeader.maxTimestamp(batch, batchPosition)
                : RecordBatchHeader.baseTimestamp(batch, batchPosition) + fields.timestampDelta;
    }

    /**
     * Returns whether the record has a key.
     *
     * @return false if the key is null.
     */
    public boolean hasKey() {
        return fields.keyBytes >= 0;
    }

    /**
     * Returns whether the record has a value.
     *
     * @return false if the value is null, which deletes the key in a compacted topic.
     */
    public boolean hasValue() {
        return fields.valueBytes >= 0;
    }

    /**
     * Returns the record's key.
     *
     * @return a view, or null.
     */
    public ByteBuffer key() {
        return fields.key();
    }

    /**
     * Returns the record's value.
     *
     * @return a view, or null.
     */
    public ByteBuffer value() {
        return fields.value();
    }

    /**
     * Returns the number of the record's headers.
     *
     * @return the count.
     */
    public int headerCount() {
        return fields.headerCount;
    }

    /**
     * Returns the record's headers.
     *
     * @return a new list; the values are views.
     */
    public List<RecordHeader> headers() {
        return fields.headers();
    }

    /**
     * Returns the type of the control record, if the batch is a control batch.
     *
     * @return the type; {@link ControlRecordType#UNKNOWN} also if the key is not one of a control record.
     */
    public ControlRecordType controlType() {
        return fields.keyBytes < 4
                ? ControlRecordType.UNKNOWN
                : ControlRecordType.forId(source.getShort(fields.keyPosition + 2));
    }
}
