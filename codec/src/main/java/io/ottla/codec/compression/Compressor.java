package io.ottla.codec.compression;

/**
 * Compresses bytes that are all there.
 *
 * <p>It can be used again and again; it keeps its memory.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface Compressor {
    /**
     * Compresses.
     *
     * @param bytes holds what is compressed.
     * @param offset where it begins.
     * @param length how many bytes it is.
     * @param target where the compressed bytes are added.
     */
    void compress(byte[] bytes, int offset, int length, ByteSink target);
}
