package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Gives out decompressed bytes piece by piece, so that no more memory is needed than the format's window.
 *
 * <p>It can be used again and again; it keeps its memory.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public abstract class Decompressor {
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
    public abstract void reset(byte[] bytes, int offset, int length);

    /**
     * Decompresses some more.
     *
     * @param target where to.
     * @param offset where in it.
     * @param length the most bytes to give out, at least 1.
     * @return how many bytes there are, at least 1; or -1 at the end.
     * @throws MalformedMessageException if the input is not in the format.
     */
    public abstract int read(byte[] target, int offset, int length);
}
