package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Gives out decompressed bytes piece by piece, so that no more memory is needed than the format's window, however many
 * bytes there are. What a large input needed is given back by {@link #release()}.
 *
 * <p>It can be used again and again; it keeps the memory that an ordinary input needs.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public abstract class Decompressor {
    /** An array of more bytes than this is not kept by {@link #release()}: there are some decompressors for each network agent. */
    static final int KEPT_BYTES_MAX =
            (int) Math.max(1 << 20, Math.min(Runtime.getRuntime().maxMemory() / 100, 8 << 20));

    private static final byte[] NO_BYTES = {};

    /** Holds the compressed bytes. */
    protected byte[] input = NO_BYTES;

    /** Where the next compressed byte is. */
    protected int position;

    /** Where the compressed bytes end. */
    protected int end;

    private int pieceStart;
    private int pieceEnd;

    /** For subclasses. */
    protected Decompressor() {}

    /**
     * Begins with other input.
     *
     * @param bytes holds the compressed bytes and stays unchanged until they are read.
     * @param offset where they begin.
     * @param length how many there are.
     * @throws MalformedMessageException if they do not begin as the format has it.
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
     * Decompresses the next piece; what is left of the one before is dropped.
     *
     * @return how many bytes it has, which may be 0; or -1 at the end.
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
     * @param target where to.
     * @param offset where in it.
     * @param length the most bytes to give out, at least 1.
     * @return how many bytes there are, at least 1; or -1 at the end.
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
     * What holds the present piece.
     *
     * @return the array, whose bytes are valid until the next call of {@link #next()} or {@link #read}, and not to be
     *     changed.
     */
    public abstract byte[] piece();

    /**
     * Where the present piece begins, after {@link #next()}.
     *
     * @return the index in {@link #piece()}.
     */
    public final int pieceStart() {
        return pieceStart;
    }

    /** Ends with the input, and gives back the memory that only a large input needs. */
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
     * Where the piece begins that was decompressed last.
     *
     * @return the index in {@link #piece()}.
     */
    protected int start() {
        return 0;
    }

    /**
     * Makes sure of the input.
     *
     * @param bytes how many must be left.
     */
    protected final void need(final int bytes) {
        if (bytes > end - position) {
            throw new MalformedMessageException(
                    "compressed bytes end early: " + bytes + " wanted, " + (end - position) + " left");
        }
    }
}
