package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Goes through the records of one batch as {@link RecordBatchReader} does, but passes over keys, values and headers as they are
 * decompressed. So it takes no more memory than the format's window, however large a record is, and gives that back with the
 * end of the batch. Who wants the keys gets them in pieces.
 *
 * <p>It can pause within a batch, after so many bytes: see {@link #budget(long)}.
 *
 * <p>The CRC is not checked here. Methods throw {@link MalformedMessageException} if the records are damaged, or one is larger
 * than the limit when decompressed; {@link #release()} gives the memory back then, too.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RecordSkimmer {
    /** What is read next. */
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

    /** A skimmer that passes over keys, too. */
    public RecordSkimmer() {
        this(null);
    }

    /**
     * A skimmer that gives out the keys.
     *
     * @param keys gets each record's key within {@link #next()}, from position to limit, in as many pieces as it comes; none
     *     if the key is null or empty.
     */
    public RecordSkimmer(final Consumer<ByteBuffer> keys) {
        this.keys = keys;
    }

    /**
     * Bounds the records of compressed batches.
     *
     * @param bytes how large one may be when decompressed.
     * @return this.
     */
    public RecordSkimmer recordBytesMax(final int bytes) {
        recordBytesMax = bytes;
        return this;
    }

    /**
     * Gives time for some more. A skimmer that was never given any has no bounds.
     *
     * @param bytes so many bytes are decompressed before {@link #next()} pauses; 0 or less for the least that gets on.
     */
    public void budget(final long bytes) {
        in.budget(bytes);
    }

    /**
     * How much of the budget is spent.
     *
     * @return bytes since {@link #budget(long)}: those that were decompressed, and something for each block.
     */
    public long spentBytes() {
        return in.spentBytes();
    }

    /**
     * Begins with a batch, before its first record.
     *
     * @param buffer a big-endian buffer that holds the whole batch; its position does not matter and does not move. After a
     *     pause it is not needed any more.
     * @param start where the batch begins.
     * @return this.
     * @throws MalformedMessageException if the buffer ends before the batch, or the batch is none of format v2, or of an
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
     * As {@link RecordBatches#isCrcValid(ByteBuffer, int)}, and allocates nothing. What is being read stays as it is.
     *
     * @param buffer holds a whole batch.
     * @param start where the batch begins.
     * @return whether the CRC-32C is right.
     */
    public boolean isCrcValid(final ByteBuffer buffer, final int start) {
        crc.reset();
        return RecordBatches.crc(crc, buffer, start) == RecordBatchHeader.crc(buffer, start);
    }

    /** Ends with the batch, and gives back what only a large one needs. Idempotent. */
    public void release() {
        in.release();
        recordsLeft = 0;
    }

    /**
     * Goes to the next record.
     *
     * @return false if there is none, and then it was also made sure that the batch ends there; or if the budget is used up,
     *     see {@link #isPaused()}.
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

    /** Reads a record that is there as a whole, as most are. */
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
     * Whether the last {@link #next()} returned false only because the budget is used up; after {@link #budget(long)}, the
     * next call goes on from there.
     *
     * @return true if the batch has not ended.
     */
    public boolean isPaused() {
        return in.isPaused();
    }

    private boolean readNumbers() {
        if (field == Field.ATTRIBUTES) {
            // They have no meaning yet.
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

    /** Reads a length, which may be -1 for null, and gets ready to skip so many bytes; returns false if it has to pause. */
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
     * The record's offset.
     *
     * @return the base offset plus the record's delta.
     */
    public long offset() {
        return offset;
    }

    /**
     * The record's timestamp.
     *
     * @return milliseconds since the epoch, or -1: the record's own, or the batch's if the broker set it.
     */
    public long timestamp() {
        return timestamp;
    }

    /**
     * Whether the record has a key.
     *
     * @return false if the key is null.
     */
    public boolean hasKey() {
        return keyBytes >= 0;
    }

    /**
     * Whether the record has a value.
     *
     * @return false if the value is null, which deletes the key in a compacted topic.
     */
    public boolean hasValue() {
        return valueBytes >= 0;
    }

    /**
     * How large the record is when it is decompressed.
     *
     * @return the bytes of all its fields, without those of its length.
     */
    public int sizeBytes() {
        return recordBytes;
    }
}
