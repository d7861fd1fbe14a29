package io.ottla.codec.compression;

/**
 * Compresses bytes that are completely in memory.
 *
 * <p>It can be reused and keeps its memory.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface Compressor {
    /**
     * Compresses bytes.
     *
     * @param bytes the array with the bytes.
     * @param offset the index of the first byte.
     * @param length the number of bytes.
     * @param target the sink that the compressed bytes are added to.
     */
    void compress(byte[] bytes, int offset, int length, ByteSink target);
}
