package io.ottla.codec.compression;

/** The constants of the Zstandard format (RFC 8878). */
final class ZstdConstants {
    static final int MAGIC = 0xfd2fb528;
    static final int BLOCK_BYTES_MAX = 128 * 1024;
    static final int BLOCK_HEADER_BYTES = 3;
    static final int BLOCK_RAW = 0;
    static final int BLOCK_RLE = 1;
    static final int BLOCK_COMPRESSED = 2;

    static final int LITERALS_RAW = 0;
    static final int LITERALS_RLE = 1;
    static final int LITERALS_COMPRESSED = 2;
    static final int LITERALS_TREELESS = 3;

    static final int TABLE_PREDEFINED = 0;
    static final int TABLE_RLE = 1;
    static final int TABLE_COMPRESSED = 2;
    static final int TABLE_REPEAT = 3;

    /** Sequence counts from here on are written in 3 bytes. */
    static final int LONG_SEQUENCE_COUNT = 0x7f00;

    static final int MATCH_BYTES_MIN = 3;
    static final int LITERAL_LENGTH_CODE_MAX = 35;
    static final int MATCH_LENGTH_CODE_MAX = 52;
    static final int OFFSET_CODE_MAX = 31;
    static final int LITERAL_LENGTH_ACCURACY_MAX = 9;
    static final int MATCH_LENGTH_ACCURACY_MAX = 9;
    static final int OFFSET_ACCURACY_MAX = 8;
    static final int LITERAL_LENGTH_ACCURACY = 6;
    static final int MATCH_LENGTH_ACCURACY = 6;
    static final int OFFSET_ACCURACY = 5;

    /** The predefined distribution of the codes of literal lengths. */
    static final short[] LITERAL_LENGTHS = {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
    };

    /** The predefined distribution of the codes of match lengths. */
    static final short[] MATCH_LENGTHS = {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    };

    /** The predefined distribution of the codes of offsets. */
    static final short[] OFFSETS = {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
    };

    /** The least literal length of each code. */
    static final int[] LITERAL_LENGTH_BASES = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
        1024, 2048, 4096, 8192, 16384, 32768, 65536
    };

    /** The number of extra bits after each code of a literal length. */
    static final byte[] LITERAL_LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16
    };

    /** The least match length of each code. */
    static final int[] MATCH_LENGTH_BASES = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539
    };

    /** The number of extra bits after each code of a match length. */
    static final byte[] MATCH_LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2,
        2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };

    private ZstdConstants() {}
}
