package io.ottla.codec.compression;

import java.util.Arrays;

/** Compresses to one LZ4 frame of independent blocks of 64 KB without checksums, like Kafka's own producer. */
final class Lz4Compressor implements Compressor {
    private static final int BLOCK_BYTES = 64 * 1024;
    private static final int BLOCK_SIZE_CODE = 4;
    private static final int HASH_BITS = 13;

    /** The literals at the end of a block, which the format requires. No match may begin shortly before them. */
    private static final int LAST_LITERALS = 5;

    private static final int LAST_MATCH_DISTANCE = 12;

    /** The misses in a row, as a power of two, after which the search continues in larger steps. */
    private static final int SKIP_BITS = 6;

    private final int[] table = new int[1 << HASH_BITS];

    @Override
    public void compress(final byte[] bytes, final int offset, final int length, final ByteSink target) {
        target.addIntLittleEndian(Lz4Decompressor.MAGIC);
        final int descriptor = target.size();
        target.add(Lz4Decompressor.VERSION_FLAG | Lz4Decompressor.INDEPENDENT_FLAG);
        target.add(BLOCK_SIZE_CODE << 4);
        target.add(XxHash32.of(target.array(), descriptor, 2) >> 8);
        for (int start = offset; start < offset + length; start += BLOCK_BYTES) {
            compressBlock(bytes, start, Math.min(BLOCK_BYTES, offset + length - start), target);
        }
        target.addIntLittleEndian(0);
    }

    private void compressBlock(final byte[] bytes, final int start, final int length, final ByteSink target) {
        final int sizePosition = target.size();
        target.addIntLittleEndian(0);
        final int blockPosition = target.size();
        target.ensure(length + length / 255 + 16);
        writeSequences(bytes, start, start + length, target);
        int header = target.size() - blockPosition;
        if (header >= length) {
            target.setSize(blockPosition);
            target.add(bytes, start, length);
            header = length | Lz4Decompressor.UNCOMPRESSED_FLAG;
        }
        final int size = target.size();
        target.setSize(sizePosition);
        target.addIntLittleEndian(header);
        target.setSize(size);
    }

    private void writeSequences(final byte[] bytes, final int start, final int end, final ByteSink target) {
        final int searchEnd = end - LAST_MATCH_DISTANCE;
        final int matchEnd = end - LAST_LITERALS;
        Arrays.fill(table, -1);
        int anchor = start;
        int position = start;
        int misses = 1 << SKIP_BITS;
        while (position < searchEnd) {
            final int four = LittleEndian.getInt(bytes, position);
            final int slot = Matches.hash(four, HASH_BITS);
            int candidate = table[slot];
            table[slot] = position;
            if (candidate < 0 || LittleEndian.getInt(bytes, candidate) != four || position - candidate > 0xffff) {
                position += misses++ >> SKIP_BITS;
                continue;
            }
            misses = 1 << SKIP_BITS;
            while (position > anchor && candidate > start && bytes[position - 1] == bytes[candidate - 1]) {
                position--;
                candidate--;
            }
            final int matched = Lz4Decompressor.MATCH_BYTES_MIN
                    + Matches.length(
                            bytes,
                            candidate + Lz4Decompressor.MATCH_BYTES_MIN,
                            position + Lz4Decompressor.MATCH_BYTES_MIN,
                            matchEnd);
            writeSequence(bytes, anchor, position - anchor, position - candidate, matched, target);
            position += matched;
            anchor = position;
        }
        writeLastLiterals(bytes, anchor, end - anchor, target);
    }

    private static void writeSequence(
            final byte[] bytes,
            final int literalStart,
            final int literals,
            final int distance,
            final int matched,
            final ByteSink target) {
        final int extra = matched - Lz4Decompressor.MATCH_BYTES_MIN;
        target.add(Math.min(literals, 15) << 4 | Math.min(extra, 15));
        writeLength(literals, target);
        target.add(bytes, literalStart, literals);
        target.add(distance);
        target.add(distance >> 8);
        writeLength(extra, target);
    }

    private static void writeLastLiterals(
            final byte[] bytes, final int literalStart, final int literals, final ByteSink target) {
        target.add(Math.min(literals, 15) << 4);
        writeLength(literals, target);
        target.add(bytes, literalStart, literals);
    }

    private static void writeLength(final int length, final ByteSink target) {
        int left = length - 15;
        if (left >= 0) {
            for (; left >= 255; left -= 255) {
                target.add(255);
            }
            target.add(left);
        }
    }
}
