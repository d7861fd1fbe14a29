package io.ottla.codec.compression;

/**
 * The 64-bit checksum of Zstandard frames (xxHash, XXH64) with the seed 0, of bytes that arrive in pieces.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class XxHash64 extends XxHash {
    private static final long PRIME_1 = 0x9e3779b185ebca87L;
    private static final long PRIME_2 = 0xc2b2ae3d27d4eb4fL;
    private static final long PRIME_3 = 0x165667b19e3779f9L;
    private static final long PRIME_4 = 0x85ebca77c2b2ae63L;
    private static final long PRIME_5 = 0x27d4eb2f165667c5L;
    private static final int STRIPE = 32;

    private long lane1;
    private long lane2;
    private long lane3;
    private long lane4;

    XxHash64() {
        super(STRIPE);
        reset();
    }

    @Override
    void reset() {
        super.reset();
        lane1 = PRIME_1 + PRIME_2;
        lane2 = PRIME_2;
        lane3 = 0;
        lane4 = -PRIME_1;
    }

    @Override
    protected void mix(final byte[] bytes, final int position) {
        lane1 = round(lane1, LittleEndian.getLong(bytes, position));
        lane2 = round(lane2, LittleEndian.getLong(bytes, position + 8));
        lane3 = round(lane3, LittleEndian.getLong(bytes, position + 16));
        lane4 = round(lane4, LittleEndian.getLong(bytes, position + 24));
    }

    private static long round(final long lane, final long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(final long hash, final long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }

    long value() {
        long hash = PRIME_5;
        if (total >= STRIPE) {
            hash = Long.rotateLeft(lane1, 1)
                    + Long.rotateLeft(lane2, 7)
                    + Long.rotateLeft(lane3, 12)
                    + Long.rotateLeft(lane4, 18);
            hash = merge(merge(merge(merge(hash, lane1), lane2), lane3), lane4);
        }
        hash += total;
        int position = 0;
        for (; position <= restBytes - 8; position += 8) {
            hash = Long.rotateLeft(hash ^ round(0, LittleEndian.getLong(rest, position)), 27) * PRIME_1 + PRIME_4;
        }
        for (; position <= restBytes - 4; position += 4) {
            final long input = LittleEndian.getInt(rest, position) & 0xffff_ffffL;
            hash = Long.rotateLeft(hash ^ input * PRIME_1, 23) * PRIME_2 + PRIME_3;
        }
        for (; position < restBytes; position++) {
            hash = Long.rotateLeft(hash ^ (rest[position] & 0xff) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ (hash >>> 33)) * PRIME_2;
        hash = (hash ^ (hash >>> 29)) * PRIME_3;
        return hash ^ (hash >>> 32);
    }
}
