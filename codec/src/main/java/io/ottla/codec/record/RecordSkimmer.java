package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Reads the records of one batch like {@link RecordBatchReader}, but skips keys, values and headers as they are
 * decompressed. So it needs no more memory than the format's window, however large a record is, and frees it at the end
 * of the batch. Keys are available in pieces.
 *
 * <p>It can pause within a batch, after a number of bytes: see {@link #budget(long)}.
 *
 * <p>The CRC is not checked here. Methods throw {@link MalformedMessageException} if the records are damaged, or one is
 * larger than the limit when decompressed; {@link #release()} frees the memory in that case too.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RecordSkimmer {
    /** The field that is read next. */
    private enum Field {
        NONE,
        LENGTH,
        ATTRIBUTES,
        TIMESTAMP,
        OFFSET,
        KEY_LENGTH,
        KEY,
        VALUE_LENGTH,
        VALUE,
        HEADER_COUNT,
        HEADER_KEY_LENGTH,
        HEADER_KEY,
        HEADER_VALUE_LENGTH,
        HEADER_VALUE
    }

    private final CRC32C crc = new CRC32C();
    private final RecordInput in = new RecordInput();
    private final Consumer<ByteBuffer> keys;
    private final RecordFields fields = new RecordFields();

    private int recordBytesMax = RecordBatchReader.RECORD_BYTES_MAX;

    private long baseOffset;
    private long baseTimestamp;
    private boolean isLogAppendTime;
    private int recordsLeft;

    private Field field;
    private int recordBytes;
    private long recordEnd;
    private int headersLeft;

    private long offset;
    private long timestamp;
    private int keyBytes;
    private int valueBytes;

    /** Creates a skimmer that skips keys too. */
    public RecordSkimmer() {
        this(null);
    }

    /**
     * Creates a skimmer that passes on the keys.
     *
     * @param keys receives each record's key within {@link #next()}, from position to limit, in one or more pieces; in
     *     none if the key is null or empty.
     */
    public RecordSkimmer(final Consumer<ByteBuffer> keys) {
        this.keys = keys;
    }

    /**
     * Sets the largest size of a record of a compressed batch.
     *
     * @param bytes the largest size of a record when decompressed.
     * @return this.
     */
    public RecordSkimmer recordBytesMax(final int bytes) {
        recordBytesMax = bytes;
        return this;
    }

    /**
     * Sets how much is read before a pause. A skimmer without a budget does not pause.
     *
     * @param bytes the bytes that are decompressed before {@link #next()} pauses; 0 or less for the least that makes
     *     progress.
     */
    public void budget(final long bytes) {
        in.budget(bytes);
    }

    /**
     * Returns how much of the budget is used.
     *
     * @return bytes since {@link #budget(long)}: those that were decompressed, and a fixed cost for each block.
     */
    public long spentBytes() {
        return in.spentBytes();
    }

    /**
     * Starts to read a batch, before its first record.
     *
     * @param buffer a big-endian buffer that holds the whole batch; its position does not matter and does not move.
     *     After a pause it is no longer needed.
     * @param start where the batch begins.
     * @return this.
     * @throws MalformedMessageException if the buffer ends before the batch, or the batch is not of format v2, or of an
     *     unknown compression type.
     */
    public RecordSkimmer wrap(final ByteBuffer buffer, final int start) {
        in.open(buffer, start);
        baseOffset = RecordBatchHeader.baseOffset(buffer, start);
        isLogAppendTime = (RecordBatchHeader.attributes(buffer, start) & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0;
        baseTimestamp = isLogAppendTime
                ? RecordBatchHeader.maxTimestamp(buffer, start)
                : RecordBatchHeader.baseTimestamp(buffer, start);
        recordsLeft = RecordBatchHeader.recordCount(buffer, start);
        field = Field.LENGTH;
        return this;
    }

    /**
     * Returns the same as {@link RecordBatches#isCrcValid(ByteBuffer, int)}, and allocates nothing. A batch that is
     * being read is not affected.
     *
     * @param buffer holds a whole batch.
     * @param start where the batch begins.
     * @return whether the CRC-32C is valid.
     */
    public boolean isCrcValid(final ByteBuffer buffer, final int start) {
        crc.reset();
        return RecordBatches.crc(crc, buffer, start) == RecordBatchHeader.crc(buffer, start);
    }

    /** Ends with the batch, and frees the memory that only a large one needs. Idempotent. */
    public void release() {
        in.release();
        recordsLeft = 0;
    }

    /**
     * Moves to the next record.
     *
     * @return false if there is none, and the batch was then checked to end there; or if the budget is used up, see
     *     {@link #isPaused()}.
     */
    public boolean next() {
        if (recordsLeft == 0) {
            if (in.isAtEnd()) {
                release();
            } else if (!in.isPaused()) {
                throw new MalformedMessageException("a batch is longer than its records");
            }
            return false;
        }
        if (field == Field.LENGTH) {
            if (!in.readInt()) {
                return false;
            }
            beginRecord((int) in.number());
        }
        if (field != Field.NONE) {
            if (!(readNumbers() && readKey() && readValue() && readHeaders())) {
                return false;
            }
            if (in.at() != recordEnd) {
                throw new MalformedMessageException(
                        "a record is " + (recordEnd - in.at()) + " bytes longer than its fields");
            }
        }
        field = Field.LENGTH;
        recordsLeft--;
        return true;
    }

    private void beginRecord(final int length) {
        recordBytes = length;
        if (recordBytes < 0) {
            throw new MalformedMessageException("a record of " + recordBytes + " bytes");
        }
        if (in.isCompressed() && recordBytes > recordBytesMax) {
            throw RecordSource.tooLarge(recordBytes, recordBytesMax);
        }
        if (recordBytes > in.pieceLeft()) {
            recordEnd = in.at() + recordBytes;
            in.toSkip(1);
            field = Field.ATTRIBUTES;
        } else {
            readAtOnce();
            field = Field.NONE;
        }
    }

    /** Reads a record that is completely in memory, as most are. */
    private void readAtOnce() {
        fields.read(in.source(), in.position(), in.position() + recordBytes);
        timestamp = isLogAppendTime ? baseTimestamp : baseTimestamp + fields.timestampDelta;
        offset = baseOffset + fields.offsetDelta;
        keyBytes = fields.keyBytes;
        valueBytes = fields.valueBytes;
        if (keys != null && keyBytes > 0) {
            keys.accept(fields.key());
        }
        in.advance(recordBytes);
    }

    /**
     * Returns whether the last {@link #next()} returned false only because the budget is used up. After
     * {@link #budget(long)}, the next call continues from there.
     *
     * @return true if the batch has not ended.
     */
    public boolean isPaused() {
        return in.isPaused();
    }

    private boolean readNumbers() {
        if (field == Field.ATTRIBUTES) {
            // The attributes have no meaning yet.
            if (!in.skip(null)) {
                return false;
            }
            field = Field.TIMESTAMP;
        }
        if (field == Field.TIMESTAMP) {
            if (!in.readLong()) {
                return false;
            }
            timestamp = isLogAppendTime ? baseTimestamp : baseTimestamp + in.number();
            field = Field.OFFSET;
        }
        if (field == Field.OFFSET) {
            if (!in.readInt()) {
                return false;
            }
            offset = baseOffset + in.number();
            field = Field.KEY_LENGTH;
        }
        return true;
    }

    private boolean readKey() {
        if (field == Field.KEY_LENGTH) {
            if (!readLength()) {
                return false;
            }
            keyBytes = (int) in.number();
            field = Field.KEY;
        }
        if (field == Field.KEY) {
            if (!in.skip(keys)) {
                return false;
            }
            field = Field.VALUE_LENGTH;
        }
        return true;
    }

    private boolean readValue() {
        if (field == Field.VALUE_LENGTH) {
            if (!readLength()) {
                return false;
            }
            valueBytes = (int) in.number();
            field = Field.VALUE;
        }
        if (field == Field.VALUE) {
            if (!in.skip(null)) {
                return false;
            }
            field = Field.HEADER_COUNT;
        }
        return true;
    }

    private boolean readHeaders() {
        if (field == Field.HEADER_COUNT) {
            if (!in.readInt()) {
                return false;
            }
            headersLeft = (int) in.number();
            if (headersLeft < 0) {
                throw new MalformedMessageException("a record with " + headersLeft + " headers");
            }
            field = Field.HEADER_KEY_LENGTH;
        }
        while (headersLeft > 0) {
            if (!readHeader()) {
                return false;
            }
            headersLeft--;
            field = Field.HEADER_KEY_LENGTH;
        }
        return true;
    }

    private boolean readHeader() {
        if (field == Field.HEADER_KEY_LENGTH) {
            if (!readLength()) {
                return false;
            }
            if (in.number() < 0) {
                throw new MalformedMessageException("a record header without a key");
            }
            field = Field.HEADER_KEY;
        }
        if (field == Field.HEADER_KEY) {
            if (!in.skip(null)) {
                return false;
            }
            field = Field.HEADER_VALUE_LENGTH;
        }
        if (field == Field.HEADER_VALUE_LENGTH) {
            if (!readLength()) {
                return false;
            }
            field = Field.HEADER_VALUE;
        }
        return in.skip(null);
    }

    /**
     * Reads a length, which may be -1 for null, and prepares to skip that many bytes; returns false if it has to pause.
     */
    private boolean readLength() {
        if (!in.readInt()) {
            return false;
        }
        final int length = (int) in.number();
        if (length < -1 || length > recordEnd - in.at()) {
            throw new MalformedMessageException(
                    "a length of " + length + " where " + (recordEnd - in.at()) + " bytes are left");
        }
        in.toSkip(Math.max(length, 0));
        return true;
    }

    /**
     * Returns the record's offset.
     *
     * @return the base offset plus the record's delta.
     */
    public long offset() {
        return offset;
    }

    /**
     * Returns the record's timestamp.
     *
     * @return milliseconds since the epoch, or -1: the record's own, or the batch's if the broker set it.
     */
    public long timestamp() {
        return timestamp;
    }

    /**
     * Returns whether the record has a key.
     *
     * @return false if the key is null.
     */
    public boolean hasKey() {
        return keyBytes >= 0;
    }

    /**
     * Returns whether the record has a value.
     *
     * @return false if the value is null, which deletes the key in a compacted topic.
     */
    public boolean hasValue() {
        return valueBytes >= 0;
    }

    /**
     * Returns the record's size when decompressed.
     *
     * @return the bytes of all its fields, without those of its length.
     */
    public int sizeBytes() {
        return recordBytes;
    }
}
