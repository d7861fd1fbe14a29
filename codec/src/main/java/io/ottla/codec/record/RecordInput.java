package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.compression.Decompressor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Reads the bytes of a batch's records, decompressed piece by piece. Reading pauses when a budget is used up, and
 * continues later.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class RecordInput {
    /** The cost of a piece in addition to its bytes: a block may have a long description and be empty. */
    private static final int PIECE_COST_BYTES = 4096;

    private static final int INT_BITS = 32;
    private static final int LONG_BITS = 64;

    private final RecordSource records = new RecordSource();
    private Decompressor decompressor;
    private long budgetBytes = Long.MAX_VALUE;
    private long spentBytes;
    private boolean paused;

    // The batch itself, or the last piece that was decompressed.
    private ByteBuffer source;
    private int position;
    private int limit;

    /** The offset of the piece within all records' bytes. */
    private long pieceOffset;

    private long number;
    private int shift;
    private int skipLeft;

    void budget(final long bytes) {
        budgetBytes = bytes;
        spentBytes = 0;
    }

    long spentBytes() {
        return spentBytes;
    }

    /** Returns whether the last call that returned false did so only because the budget is used up. */
    boolean isPaused() {
        return paused;
    }

    boolean isCompressed() {
        return decompressor != null;
    }

    /** Starts to read a batch. */
    void open(final ByteBuffer batch, final int start) {
        release();
        decompressor = records.open(batch, start, budgetBytes != Long.MAX_VALUE);
        if (decompressor == null) {
            source = batch;
            position = start + RecordBatchHeader.SIZE;
            limit = start + RecordBatchHeader.sizeBytes(batch, start);
        }
        pieceOffset = -position;
        shift = 0;
        skipLeft = 0;
    }

    /** Ends with the batch, and frees the memory that only a large one needs. Idempotent. */
    void release() {
        records.release();
        decompressor = null;
        source = null;
        position = 0;
        limit = 0;
        paused = false;
    }

    /** Returns the buffer with the current piece, at {@link #position()}. */
    ByteBuffer source() {
        return source;
    }

    int position() {
        return position;
    }

    /** Returns the number of bytes of the current piece that are not read. */
    int pieceLeft() {
        return limit - position;
    }

    /** Skips bytes of the current piece. */
    void advance(final int bytes) {
        position += bytes;
    }

    /** Returns the number of bytes of records that were read. */
    long at() {
        return pieceOffset + position;
    }

    /** Returns whether all bytes were read; false also if it has to pause before that is known. */
    boolean isAtEnd() {
        return position == limit && !fill() && !paused;
    }

    /** Returns the number that was read last. */
    long number() {
        return number;
    }

    /** Reads a varint into {@link #number()}; returns false if it has to pause within it. */
    boolean readInt() {
        if (readBits(INT_BITS)) {
            final int value = (int) number;
            number = value >>> 1 ^ -(value & 1);
            return true;
        }
        return false;
    }

    /** Reads a varlong into {@link #number()}; returns false if it has to pause within it. */
    boolean readLong() {
        if (readBits(LONG_BITS)) {
            number = number >>> 1 ^ -(number & 1);
            return true;
        }
        return false;
    }

    private boolean readBits(final int bits) {
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
                    shift = 0;
                    return true;
                }
                if (shift >= bits) {
                    throw new MalformedMessageException("a number that does not end");
                }
            }
        }
    }

    /** Sets the number of bytes that the next {@link #skip} skips. */
    void toSkip(final int bytes) {
        skipLeft = bytes;
    }

    /** Skips bytes, which a consumer may receive in pieces; returns false if it has to pause within them. */
    boolean skip(final Consumer<ByteBuffer> consumer) {
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

    /**
     * Decompresses another piece after the current one is read.
     *
     * @return false if there is none, or the budget is used up.
     */
    private boolean fill() {
        paused = false;
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
        pieceOffset = at() - decompressor.pieceStart();
        position = decompressor.pieceStart();
        limit = position + size;
        return true;
    }
}
