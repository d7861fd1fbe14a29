package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Returns decompressed bytes piece by piece, so that no more memory is needed than the format's window, however many
 * bytes there are. {@link #release()} frees the memory of a large input.
 *
 * <p>It can be reused and keeps the memory that an ordinary input needs.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public abstract class Decompressor {
    /** The largest array that {@link #release()} keeps: each network agent has several decompressors. */
    static final int KEPT_BYTES_MAX =
            (int) Math.max(1 << 20, Math.min(Runtime.getRuntime().maxMemory() / 100, 8 << 20));

    private static final byte[] NO_BYTES = {};

    /** The compressed bytes. */
    protected byte[] input = NO_BYTES;

    /** The index of the next compressed byte. */
    protected int position;

    /** The index after the last compressed byte. */
    protected int end;

    private int pieceStart;
    private int pieceEnd;

    /** Creates a decompressor without input. */
    protected Decompressor() {}

    /**
     * Starts to read other input.
     *
     * @param bytes the array with the compressed bytes, which does not change until they are read.
     * @param offset the index of the first byte.
     * @param length the number of bytes.
     * @throws MalformedMessageException if their beginning is not in the format.
     */
    public final void reset(final byte[] bytes, final int offset, final int length) {
        input = bytes;
        position = offset;
        end = offset + length;
        pieceStart = 0;
        pieceEnd = 0;
        begin();
    }

    /**
     * Decompresses the next piece; the rest of the one before is dropped.
     *
     * @return its number of bytes, which may be 0; or -1 at the end.
     * @throws MalformedMessageException if the input is not in the format.
     */
    public final int next() {
        pieceStart = 0;
        pieceEnd = 0;
        final int size = decompress();
        if (size > 0) {
            pieceStart = start();
            pieceEnd = pieceStart + size;
        }
        return size;
    }

    /**
     * Copies decompressed bytes.
     *
     * @param target the array to copy to.
     * @param offset the index in it.
     * @param length the most bytes to copy, at least 1.
     * @return the number of bytes copied, at least 1; or -1 at the end.
     * @throws MalformedMessageException if the input is not in the format.
     */
    public final int read(final byte[] target, final int offset, final int length) {
        while (pieceStart == pieceEnd) {
            if (next() < 0) {
                return -1;
            }
        }
        final int count = Math.min(length, pieceEnd - pieceStart);
        System.arraycopy(piece(), pieceStart, target, offset, count);
        pieceStart += count;
        return count;
    }

    /**
     * Returns the array with the current piece.
     *
     * @return the array, whose bytes are valid until the next call of {@link #next()} or {@link #read}, and not to be
     *     changed.
     */
    public abstract byte[] piece();

    /**
     * Returns the start of the current piece, after {@link #next()}.
     *
     * @return the index in {@link #piece()}.
     */
    public final int pieceStart() {
        return pieceStart;
    }

    /** Ends with the input, and frees the memory that only a large input needs. */
    public void release() {
        input = NO_BYTES;
        position = 0;
        end = 0;
        pieceStart = 0;
        pieceEnd = 0;
    }

    /** Reads what is before the first piece. */
    protected abstract void begin();

    /**
     * Decompresses the next piece into {@link #piece()}, from {@link #start()} on.
     *
     * @return its size, which may be 0, or -1 if there is none.
     */
    protected abstract int decompress();

    /**
     * Returns the start of the piece that was decompressed last.
     *
     * @return the index in {@link #piece()}.
     */
    protected int start() {
        return 0;
    }

    /**
     * Checks that the input has enough bytes left.
     *
     * @param bytes the number of bytes that must be left.
     */
    protected final void need(final int bytes) {
        if (bytes > end - position) {
            throw new MalformedMessageException(
                    "compressed bytes end early: " + bytes + " wanted, " + (end - position) + " left");
        }
    }
}
