package io.ottla.codec.compression;

/** Creates compressors and decompressors by the numbers that record batches have for them. */
public final class Compressions {
    private Compressions() {}

    /**
     * Creates a decompressor.
     *
     * @param type the number of the compression type: 1 gzip, 2 snappy, 3 lz4, 4 zstd.
     * @return a new one.
     */
    public static Decompressor decompressor(final int type) {
        return switch (type) {
            case 1 -> new GzipDecompressor();
            case 2 -> new SnappyDecompressor();
            case 3 -> new Lz4Decompressor();
            case 4 -> new ZstdDecompressor();
            default -> throw new IllegalArgumentException("no compression type " + type);
        };
    }

    /**
     * Creates a compressor.
     *
     * @param type the number of the compression type: 1 gzip, 2 snappy, 3 lz4, 4 zstd.
     * @return a new one.
     */
    public static Compressor compressor(final int type) {
        return switch (type) {
            case 1 -> new GzipCompressor();
            case 2 -> new SnappyCompressor();
            case 3 -> new Lz4Compressor();
            case 4 -> new ZstdCompressor();
            default -> throw new IllegalArgumentException("no compression type " + type);
        };
    }
}
