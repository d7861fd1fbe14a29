package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.compression.Compressions;
import io.ottla.codec.compression.Decompressor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Goes through the records of one batch, decompressing them as it goes. One reader is used for batch after batch, so that
 * reading costs no allocation but for what is asked for.
 *
 * <p>Keys, values and headers are views, valid until the next call of {@link #next()} or {@link #wrap(ByteBuffer, int)}: of
 * the batch, or of the reader's own memory if the batch is compressed. That memory is as large as the largest record, and no
 * larger than what was really decompressed: sizes that the batch only claims are not believed.
 *
 * <p>The CRC is not checked here; see {@link RecordBatches#isCrcValid(ByteBuffer, int)}. Methods throw
 * {@link MalformedMessageException} if the records are damaged, or more than the limit when decompressed.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RecordBatchReader {
    /** The default limit of the records' size when decompressed. */
    public static final long DECOMPRESSED_BYTES_MAX = 256L * 1024 * 1024;

    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int VARINT_BYTES_MAX = 5;

    private final CRC32C crc = new CRC32C();
    private final long decompressedBytesMax;
    private final Decompressor[] decompressors = new Decompressor[RecordBatchHeader.COMPRESSION_MASK + 1];
    private byte[] compressed = {};
    private byte[] chunk = {};

    private ByteBuffer batch;
    private int batchPosition;
    private short attributes;

    // Where records come from: the batch itself, or the chunk that the decompressor fills.
    private ByteBuffer source;
    private int position;
    private int limit;
    private Decompressor decompressor;
    private long decompressedBytes;

    private int recordsLeft;
    private int recordPosition;
    private int recordBytes;
    private long offset;
    private long timestamp;
    private int keyPosition;
    private int keyBytes;
    private int valuePosition;
    private int valueBytes;
    private int headersPosition;
    private int headerCount;

    /** A reader with the limit {@link #DECOMPRESSED_BYTES_MAX}. */
    public RecordBatchReader() {
        this(DECOMPRESSED_BYTES_MAX);
    }

    /**
     * A reader.
     *
     * @param decompressedBytesMax how many bytes the records of one batch may be when decompressed. It keeps a small batch
     *     from keeping a processor busy for long.
     */
    public RecordBatchReader(final long decompressedBytesMax) {
        this.decompressedBytesMax = decompressedBytesMax;
    }

    /**
     * Begins with a batch, before its first record.
     *
     * @param buffer a big-endian buffer that holds the whole batch; its position does not matter and does not move.
     * @param start where the batch begins.
     * @return this.
     * @throws MalformedMessageException if the buffer ends before the batch, or the batch is none of format v2, or of an
     *     unknown compression type.
     */
    public RecordBatchReader wrap(final ByteBuffer buffer, final int start) {
        RecordBatches.checkBounds(buffer, start);
        batch = buffer;
        batchPosition = start;
        attributes = RecordBatchHeader.attributes(buffer, start);
        recordsLeft = RecordBatchHeader.recordCount(buffer, start);
        final int recordsStart = start + RecordBatchHeader.SIZE;
        final int recordsEnd = start + RecordBatchHeader.sizeBytes(buffer, start);
        final CompressionType type = CompressionType.ofAttributes(attributes);
        if (recordsLeft < 0) {
            throw new MalformedMessageException("a batch of " + recordsLeft + " records");
        }
        if (type == null) {
            throw new MalformedMessageException(
                    "compression type " + (attributes & RecordBatchHeader.COMPRESSION_MASK) + " is unknown");
        }
        if (type == CompressionType.NONE) {
            decompressor = null;
            source = buffer;
            position = recordsStart;
            limit = recordsEnd;
        } else {
            beginDecompressing(type, recordsStart, recordsEnd - recordsStart);
        }
        return this;
    }

    /**
     * As {@link RecordBatches#isCrcValid(ByteBuffer, int)}, and allocates nothing. What this reader reads stays as it is.
     *
     * @param buffer holds a whole batch.
     * @param start where the batch begins.
     * @return whether the CRC-32C is right.
     */
    public boolean isCrcValid(final ByteBuffer buffer, final int start) {
        crc.reset();
        return RecordBatches.crc(crc, buffer, start) == RecordBatchHeader.crc(buffer, start);
    }

    private void beginDecompressing(final CompressionType type, final int start, final int length) {
        final byte[] input;
        final int inputOffset;
        if (batch.hasArray()) {
            input = batch.array();
            inputOffset = batch.arrayOffset() + start;
        } else {
            if (compressed.length < length) {
                compressed = new byte[length];
            }
            batch.get(start, compressed, 0, length);
            input = compressed;
            inputOffset = 0;
        }
        if (decompressors[type.id()] == null) {
            decompressors[type.id()] = Compressions.decompressor(type.id());
        }
        if (chunk.length == 0) {
            chunk = new byte[CHUNK_BYTES];
        }
        decompressor = decompressors[type.id()];
        decompressor.reset(input, inputOffset, length);
        decompressedBytes = 0;
        source = ByteBuffer.wrap(chunk);
        position = 0;
        limit = 0;
    }

    /**
     * Goes to the next record.
     *
     * @return false if there is none; then it was also made sure that the batch ends there.
     */
    public boolean next() {
        if (recordsLeft == 0) {
            if (position < limit || fill()) {
                throw new MalformedMessageException("a batch is longer than its records");
            }
            return false;
        }
        recordsLeft--;
        want(VARINT_BYTES_MAX);
        final int length = varint(limit);
        if (length < 0) {
            throw new MalformedMessageException("a record of " + length + " bytes");
        }
        want(length);
        if (length > limit - position) {
            throw new MalformedMessageException(
                    "a record of " + length + " bytes where " + (limit - position) + " are left");
        }
        recordPosition = position;
        recordBytes = length;
        parse(position + length);
        return true;
    }

    private void parse(final int end) {
        if (position >= end) {
            throw new MalformedMessageException("a record of no bytes");
        }
        position++; // The attributes of records have no meaning yet.
        final long timestampDelta = varlong(end);
        final int offsetDelta = varint(end);
        offset = RecordBatchHeader.baseOffset(batch, batchPosition) + offsetDelta;
        timestamp = (attributes & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0
                ? RecordBatchHeader.maxTimestamp(batch, batchPosition)
                : RecordBatchHeader.baseTimestamp(batch, batchPosition) + timestampDelta;
        keyBytes = lengthOrNull(end);
        keyPosition = position;
        position += Math.max(keyBytes, 0);
        valueBytes = lengthOrNull(end);
        valuePosition = position;
        position += Math.max(valueBytes, 0);
        headerCount = varint(end);
        if (headerCount < 0) {
            throw new MalformedMessageException("a record with " + headerCount + " headers");
        }
        headersPosition = position;
        for (int i = 0; i < headerCount; i++) {
            final int headerKeyBytes = lengthOrNull(end);
            if (headerKeyBytes < 0) {
                throw new MalformedMessageException("a record header without a key");
            }
            position += headerKeyBytes;
            final int headerValueBytes = lengthOrNull(end);
            position += Math.max(headerValueBytes, 0);
        }
        if (position != end) {
            throw new MalformedMessageException("a record is " + (end - position) + " bytes longer than its fields");
        }
    }

    private int lengthOrNull(final int end) {
        final int length = varint(end);
        if (length < -1 || length > end - position) {
            throw new MalformedMessageException(
                    "a length of " + length + " where " + (end - position) + " bytes are left");
        }
        return length;
    }

    private int varint(final int end) {
        int value = 0;
        for (int shift = 0; shift < 32; shift += 7) {
            final byte next = byteBefore(end);
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("a varint that does not end");
    }

    private long varlong(final int end) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            final byte next = byteBefore(end);
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("a varlong that does not end");
    }

    private byte byteBefore(final int end) {
        if (position >= end) {
            throw new MalformedMessageException("the records end inside a number");
        }
        return source.get(position++);
    }

    /**
     * Decompresses until so many bytes are there, or all.
     *
     * @param bytes how many are wanted behind the position.
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
        decompressedBytes += count;
        if (decompressedBytes > decompressedBytesMax) {
            throw new MalformedMessageException(
                    "the records of a batch are more than " + decompressedBytesMax + " bytes when decompressed");
        }
        limit += count;
        return true;
    }

    /**
     * Goes to the first record from here on that is not older than a time.
     *
     * @param wantedTimestamp milliseconds since the epoch.
     * @return false if there is none.
     */
    public boolean nextAtOrAfter(final long wantedTimestamp) {
        while (next()) {
            if (timestamp >= wantedTimestamp) {
                return true;
            }
        }
        return false;
    }

    /**
     * Goes to the first record with the largest timestamp of those at or past an offset, as ListOffsets wants it (KIP-734).
     *
     * @param fromOffset records before this offset do not count.
     * @return false if there is no such record.
     */
    public boolean seekMaxTimestamp(final long fromOffset) {
        final ByteBuffer buffer = batch;
        final int start = batchPosition;
        wrap(buffer, start);
        if (!nextFrom(fromOffset)) {
            return false;
        }
        long max = timestamp;
        long maxOffset = offset;
        while (next()) {
            if (timestamp > max) {
                max = timestamp;
                maxOffset = offset;
            }
        }
        wrap(buffer, start);
        return nextFrom(maxOffset);
    }

    private boolean nextFrom(final long fromOffset) {
        while (next()) {
            if (offset >= fromOffset) {
                return true;
            }
        }
        return false;
    }

    /**
     * How many records are behind this one, as the header has it.
     *
     * @return the count.
     */
    public int recordsLeft() {
        return recordsLeft;
    }

    /**
     * The record as it is in the batch, decompressed: what is behind its length.
     *
     * @return a view.
     */
    public ByteBuffer bytes() {
        return view(recordPosition, recordBytes);
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
     * The record's key.
     *
     * @return a view, or null.
     */
    public ByteBuffer key() {
        return view(keyPosition, keyBytes);
    }

    /**
     * The record's value.
     *
     * @return a view, or null.
     */
    public ByteBuffer value() {
        return view(valuePosition, valueBytes);
    }

    /**
     * How many headers the record has.
     *
     * @return the count.
     */
    public int headerCount() {
        return headerCount;
    }

    /**
     * The record's headers.
     *
     * @return a new list; the values are views.
     */
    public List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        final int here = position;
        final List<RecordHeader> headers = new ArrayList<>(headerCount);
        position = headersPosition;
        for (int i = 0; i < headerCount; i++) {
            final byte[] name = new byte[varint(here)];
            source.get(position, name);
            position += name.length;
            final int length = varint(here);
            headers.add(new RecordHeader(new String(name, StandardCharsets.UTF_8), view(position, length)));
            position += Math.max(length, 0);
        }
        position = here;
        return headers;
    }

    /**
     * What the record says, if the batch is a control batch.
     *
     * @return the type; {@link ControlRecordType#UNKNOWN} also if the key is not one of a control record.
     */
    public ControlRecordType controlType() {
        return keyBytes < 4 ? ControlRecordType.UNKNOWN : ControlRecordType.forId(source.getShort(keyPosition + 2));
    }

    private ByteBuffer view(final int start, final int length) {
        return length < 0 ? null : source.slice(start, length);
    }
}
