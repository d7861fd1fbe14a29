package io.ottla.codec.record;

import io.ottla.api.storage.RecordBatchHeader;

/** The compression type of a batch's records. */
public enum CompressionType {
    /** No compression. */
    NONE("none"),
    /** Gzip (RFC 1952). */
    GZIP("gzip"),
    /** Snappy in the blocks of the xerial library, or one raw block, as some clients send it. */
    SNAPPY("snappy"),
    /** Frames of LZ4. */
    LZ4("lz4"),
    /** Zstandard (RFC 8878, KIP-110), which clients may use from Produce v7 and Fetch v10 on. */
    ZSTD("zstd");

    private static final CompressionType[] BY_ID = values();

    private final String configName;

    CompressionType(final String configName) {
        this.configName = configName;
    }

    /**
     * Returns the type of a batch.
     *
     * @param attributes the attributes of the batch's header.
     * @return the type, or null if there is none of that number.
     */
    public static CompressionType ofAttributes(final int attributes) {
        final int id = attributes & RecordBatchHeader.COMPRESSION_MASK;
        return id < BY_ID.length ? BY_ID[id] : null;
    }

    /**
     * Finds a type by its name.
     *
     * @param name as in the configuration {@code compression.type}.
     * @return the type, or null if there is none of that name.
     */
    public static CompressionType ofName(final String name) {
        for (final CompressionType type : BY_ID) {
            if (type.configName.equals(name)) {
                return type;
            }
        }
        return null;
    }

    /**
     * Returns the number of the type in a batch's attributes.
     *
     * @return from 0 to 4.
     */
    public int id() {
        return ordinal();
    }

    /**
     * Returns the name of the type in configurations.
     *
     * @return a lower-case word.
     */
    public String configName() {
        return configName;
    }
}
