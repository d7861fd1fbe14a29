package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.compression.Decompressor;
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
    /** What a piece costs beside its bytes: a block may be described at length and be empty. */
    private static final int PIECE_COST_BYTES = 4096;

    private static final int INT_BITS = 32;
    private static final int LONG_BITS = 64;

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
    private final RecordSource records = new RecordSource();
    private final Consumer<ByteBuffer> keys;
    private final RecordFields fields = new RecordFields();

    private Decompressor decompressor;
    private int recordBytesMax = RecordBatchReader.RECORD_BYTES_MAX;
    private long budgetBytes = Long.MAX_VALUE;
    private long spentBytes;
    private boolean paused;

    private long baseOffset;
    private long baseTimestamp;
    private boolean isLogAppendTime;
    private int recordsLeft;

    // The batch itself, or the last piece that was decompressed.
    private ByteBuffer source;
    private int position;
    private int limit;

    /** What to add to a position in the piece to have one among all records' bytes. */
    private long pieceOffset;

    private Field field;
    private long number;
    private int shift;
    private int recordBytes;
    private long recordEnd;
    private int skipLeft;
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
        budgetBytes = bytes;
        spentBytes = 0;
    }

    /**
     * How much of the budget is spent.
     *
     * @return bytes since {@link #budget(long)}: those that were decompressed, and something for each block.
     */
    public long spentBytes() {
        return spentBytes;
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
        release();
        decompressor = records.open(buffer, start, budgetBytes != Long.MAX_VALUE);
        baseOffset = RecordBatchHeader.baseOffset(buffer, start);
        isLogAppendTime =
                (RecordBatchHeader.attributes(buffer, start) & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0;
        baseTimestamp = isLogAppendTime
                ? RecordBatchHeader.maxTimestamp(buffer, start)
                : RecordBatchHeader.baseTimestamp(buffer, start);
        recordsLeft = RecordBatchHeader.recordCount(buffer, start);
        field = Field.LENGTH;
        number = 0;
        shift = 0;
        skipLeft = 0;
        if (decompressor == null) {
            source = buffer;
            position = start + RecordBatchHeader.SIZE;
            limit = start + RecordBatchHeader.sizeBytes(buffer, start);
        } else {
            position = 0;
            limit = 0;
        }
        pieceOffset = -position;
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
        records.release();
        decompressor = null;
        source = null;
        recordsLeft = 0;
        position = 0;
        limit = 0;
    }

    /**
     * Goes to the next record.
     *
     * @return false if there is none, and then it was also made sure that the batch ends there; or if the budget is used up,
     *     see {@link #isPaused()}.
     */
    public boolean next() {
        paused = false;
        if (recordsLeft == 0) {
            if (position < limit || fill()) {
                throw new MalformedMessageException("a batch is longer than its records");
            }
            if (!paused) {
                release();
            }
            return false;
        }
        if (field == Field.LENGTH) {
            if (!readNumber(INT_BITS)) {
                return false;
            }
            beginRecord();
        }
        if (field != Field.NONE) {
            if (!(readNumbers() && readKey() && readValue() && readHeaders())) {
                return false;
            }
            if (at() != recordEnd) {
                throw new MalformedMessageException(
                        "a record is " + (recordEnd - at()) + " bytes longer than its fields");
            }
        }
        field = Field.LENGTH;
        recordsLeft--;
        return true;
    }

    private void beginRecord() {
        recordBytes = (int) number;
        if (recordBytes < 0) {
            throw new MalformedMessageException("a record of " + recordBytes + " bytes");
        }
        if (decompressor != null && recordBytes > recordBytesMax) {
            throw RecordSource.tooLarge(recordBytes, recordBytesMax);
        }
        if (recordBytes > limit - position) {
            recordEnd = at() + recordBytes;
            skipLeft = 1;
            field = Field.ATTRIBUTES;
        } else {
            readAtOnce();
            field = Field.NONE;
        }
    }

    /** Reads a record that is there as a whole, as most are. */
    private void readAtOnce() {
        final int end = position + recordBytes;
        fields.read(source, position, end);
        timestamp = isLogAppendTime ? baseTimestamp : baseTimestamp + fields.timestampDelta;
        offset = baseOffset + fields.offsetDelta;
        keyBytes = fields.keyBytes;
        valueBytes = fields.valueBytes;
        if (keys != null && keyBytes > 0) {
            keys.accept(source.slice(fields.keyPosition, keyBytes));
        }
        position = end;
    }

    /**
     * Whether the last {@link #next()} returned false only because the budget is used up; after {@link #budget(long)}, the
     * next call goes on from there.
     *
     * @return true if the batch has not ended.
     */
    public boolean isPaused() {
        return paused;
    }

    private boolean readNumbers() {
        if (field == Field.ATTRIBUTES) {
            // They have no meaning yet.
            if (!skip(null)) {
                return false;
            }
            field = Field.TIMESTAMP;
        }
        if (field == Field.TIMESTAMP) {
            if (!readNumber(LONG_BITS)) {
                return false;
            }
            timestamp = isLogAppendTime ? baseTimestamp : baseTimestamp + number;
            field = Field.OFFSET;
        }
        if (field == Field.OFFSET) {
            if (!readNumber(INT_BITS)) {
                return false;
            }
            offset = baseOffset + number;
            field = Field.KEY_LENGTH;
        }
        return true;
    }

    private boolean readKey() {
        if (field == Field.KEY_LENGTH) {
            if (!readLength()) {
                return false;
            }
            keyBytes = (int) number;
            field = Field.KEY;
        }
        if (field == Field.KEY) {
            if (!skip(keys)) {
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
            valueBytes = (int) number;
            field = Field.VALUE;
        }
        if (field == Field.VALUE) {
            if (!skip(null)) {
                return false;
            }
            field = Field.HEADER_COUNT;
        }
        return true;
    }

    private boolean readHeaders() {
        if (field == Field.HEADER_COUNT) {
            if (!readNumber(INT_BITS)) {
                return false;
            }
            headersLeft = (int) number;
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
            if (number < 0) {
                throw new MalformedMessageException("a record header without a key");
            }
            field = Field.HEADER_KEY;
        }
        if (field == Field.HEADER_KEY) {
            if (!skip(null)) {
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
        return skip(null);
    }

    /** Reads a length into {@link #number}, which may be -1 for null, and gets ready to skip so many bytes. */
    private boolean readLength() {
        if (!readNumber(INT_BITS)) {
            return false;
        }
        if (number < -1 || number > recordEnd - at()) {
            throw new MalformedMessageException(
                    "a length of " + number + " where " + (recordEnd - at()) + " bytes are left");
        }
        skipLeft = (int) Math.max(number, 0);
        return true;
    }

    /** Reads a varint or varlong into {@link #number}; returns false if it has to pause within it. */
    private boolean readNumber(final int bits) {
        if (shift == 0) {
            number = 0;
        }
        while (true) {
            if (position == limit) {
                if (!fill()) {
                    return endsEarly();
                }
            } else {
                final byte next = source.get(position++);
                number |= (next & 0x7fL) << shift;
                shift += 7;
                if (next >= 0) {
                    number = bits == INT_BITS ? zigZag((int) number) : number >>> 1 ^ -(number & 1);
                    shift = 0;
                    return true;
                }
                if (shift >= bits) {
                    throw new MalformedMessageException("a number that does not end");
                }
            }
        }
    }

    private static int zigZag(final int value) {
        return value >>> 1 ^ -(value & 1);
    }

    /** Passes over the bytes of a field; returns false if it has to pause within them. */
    private boolean skip(final Consumer<ByteBuffer> consumer) {
        while (skipLeft > 0) {
            if (position == limit) {
                if (!fill()) {
                    return endsEarly();
                }
            } else {
                final int count = Math.min(skipLeft, limit - position);
                if (consumer != null) {
                    consumer.accept(source.slice(position, count));
                }
                position += count;
                skipLeft -= count;
            }
        }
        return true;
    }

    private boolean endsEarly() {
        if (!paused) {
            throw new MalformedMessageException("the records end early");
        }
        return false;
    }

    /** How many bytes of records were read. */
    private long at() {
        return pieceOffset + position;
    }

    /**
     * Decompresses another piece, which may be empty, when the present one is read.
     *
     * @return false if there is none, or the budget is used up.
     */
    private boolean fill() {
        if (decompressor == null) {
            return false;
        }
        int size;
        do {
            if (spentBytes >= budgetBytes && spentBytes > 0) {
                paused = true;
                return false;
            }
            size = decompressor.next();
            if (size < 0) {
                return false;
            }
            spentBytes += size + PIECE_COST_BYTES;
        } while (size == 0);
        final byte[] piece = decompressor.piece();
        if (source == null || source.array() != piece) {
            source = ByteBuffer.wrap(piece);
        }
        pieceOffset = at();
        position = decompressor.pieceStart();
        pieceOffset -= position;
        limit = position + size;
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
