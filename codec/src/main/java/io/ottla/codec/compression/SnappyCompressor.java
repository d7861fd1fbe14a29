package io.ottla.codec.compression;

import java.util.Arrays;

/** Compresses to Snappy blocks of 32 KB after the header of the xerial library, like Kafka's own producer. */
final class SnappyCompressor implements Compressor {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int HASH_BITS = 13;
    private static final int MATCH_BYTES_MIN = 4;
    private static final int COPY_BYTES_MAX = 64;

    /** The distance below which a short match takes two bytes; others take three. */
    private static final int NEAR_DISTANCE = 2048;

    private static final int NEAR_BYTES_MAX = 11;
    private static final int SKIP_BITS = 5;

    private final int[] table = new int[1 << HASH_BITS];

    @Override
    public void compress(final byte[] bytes, final int offset, final int length, final ByteSink target) {
        target.addInt((int) (SnappyDecompressor.MAGIC >>> 32));
        target.addInt((int) SnappyDecompressor.MAGIC);
        target.addInt(1);
        target.addInt(1);
        for (int start = offset; start < offset + length; start += BLOCK_BYTES) {
            final int sizePosition = target.size();
            target.addInt(0);
            compressBlock(bytes, start, Math.min(BLOCK_BYTES, offset + length - start), target);
            final int end = target.size();
            target.setSize(sizePosition);
            target.addInt(end - sizePosition - 4);
            target.setSize(end);
        }
    }

    private void compressBlock(final byte[] bytes, final int start, final int length, final ByteSink target) {
        int left = length;
        while (left >= 0x80) {
            target.add(left | 0x80);
            left >>>= 7;
        }
        target.add(left);
        final int end = start + length;
        final int searchEnd = end - Long.BYTES;
        Arrays.fill(table, -1);
        int anchor = start;
        int position = start;
        int misses = 1 << SKIP_BITS;
        while (position < searchEnd) {
            final int four = LittleEndian.getInt(bytes, position);
            final int slot = Matches.hash(four, HASH_BITS);
            final int candidate = table[slot];
            table[slot] = position;
            if (candidate < 0 || LittleEndian.getInt(bytes, candidate) != four) {
                position += misses++ >> SKIP_BITS;
                continue;
            }
            misses = 1 << SKIP_BITS;
            final int matched = MATCH_BYTES_MIN
                    + Matches.length(bytes, candidate + MATCH_BYTES_MIN, position + MATCH_BYTES_MIN, end);
            writeLiterals(bytes, anchor, position - anchor, target);
            writeCopies(position - candidate, matched, target);
            position += matched;
            anchor = position;
        }
        writeLiterals(bytes, anchor, end - anchor, target);
    }

    private static void writeLiterals(final byte[] bytes, final int start, final int length, final ByteSink target) {
        if (length == 0) {
            return;
        }
        final int code = length - 1;
        if (code < 60) {
            target.add(code << 2);
        } else if (code < 0x100) {
            target.add(60 << 2);
            target.add(code);
        } else {
            target.add(61 << 2);
            target.add(code);
            target.add(code >> 8);
        }
        target.add(bytes, start, length);
    }

    private static void writeCopies(final int distance, final int length, final ByteSink target) {
        int left = length;
        while (left > 0) {
            if (left >= MATCH_BYTES_MIN && left <= NEAR_BYTES_MAX && distance < NEAR_DISTANCE) {
                target.add(distance >> 8 << 5 | left - 4 << 2 | 1);
                target.add(distance);
                return;
            }
            final int count = Math.min(left, COPY_BYTES_MAX);
            target.add(count - 1 << 2 | 2);
            target.add(distance);
            target.add(distance >> 8);
            left -= count;
        }
    }
}
