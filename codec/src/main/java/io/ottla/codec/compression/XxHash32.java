package io.ottla.codec.compression;

/**
 * The 32-bit checksum of LZ4 frames (xxHash, XXH32) with the seed 0, of bytes that arrive in pieces.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class XxHash32 extends XxHash {
    private static final int PRIME_1 = 0x9e3779b1;
    private static final int PRIME_2 = 0x85ebca77;
    private static final int PRIME_3 = 0xc2b2ae3d;
    private static final int PRIME_4 = 0x27d4eb2f;
    private static final int PRIME_5 = 0x165667b1;
    private static final int STRIPE = 16;

    private int lane1;
    private int lane2;
    private int lane3;
    private int lane4;

    XxHash32() {
        super(STRIPE);
        reset();
    }

    static int of(final byte[] bytes, final int offset, final int length) {
        final XxHash32 hash = new XxHash32();
        hash.update(bytes, offset, length);
        return hash.value();
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
        lane1 = round(lane1, LittleEndian.getInt(bytes, position));
        lane2 = round(lane2, LittleEndian.getInt(bytes, position + 4));
        lane3 = round(lane3, LittleEndian.getInt(bytes, position + 8));
        lane4 = round(lane4, LittleEndian.getInt(bytes, position + 12));
    }

    private static int round(final int lane, final int input) {
        return Integer.rotateLeft(lane + input * PRIME_2, 13) * PRIME_1;
    }

    int value() {
        int hash = total < STRIPE
                ? PRIME_5
                : Integer.rotateLeft(lane1, 1)
                        + Integer.rotateLeft(lane2, 7)
                        + Integer.rotateLeft(lane3, 12)
                        + Integer.rotateLeft(lane4, 18);
        hash += (int) total;
        int position = 0;
        for (; position <= restBytes - 4; position += 4) {
            hash = Integer.rotateLeft(hash + LittleEndian.getInt(rest, position) * PRIME_3, 17) * PRIME_4;
        }
        for (; position < restBytes; position++) {
            hash = Integer.rotateLeft(hash + (rest[position] & 0xff) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ (hash >>> 15)) * PRIME_2;
        hash = (hash ^ (hash >>> 13)) * PRIME_3;
        return hash ^ (hash >>> 16);
    }
}
