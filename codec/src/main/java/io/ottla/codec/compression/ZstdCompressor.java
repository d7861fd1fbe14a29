package io.ottla.codec.compression;

import java.util.Arrays;

/**
 * Compresses to one Zstandard frame (RFC 8878), about as small as that of the library's level 1. It takes the first
 * match that it finds, by hashes of eight and of five bytes and by the distance of the last match.
 */
final class ZstdCompressor implements Compressor {
    private static final int WINDOW_LOG_MAX = 23;
    private static final int WINDOW_BYTES_MAX = 1 << WINDOW_LOG_MAX;
    private static final int SINGLE_SEGMENT_FLAG = 0x20;
    private static final int LONG_HASH_BITS = 15;
    private static final int SHORT_HASH_BITS = 14;
    private static final int SKIP_BITS = 7;

    /** The fewest literals for which a description of their codes saves bytes. */
    private static final int HUFFMAN_LITERALS_MIN = 64;

    private static final int ONE_STREAM_LITERALS_MAX = 255;

    private final int[] longTable = new int[1 << LONG_HASH_BITS];
    private final int[] shortTable = new int[1 << SHORT_HASH_BITS];
    private final byte[] literals = new byte[ZstdConstants.BLOCK_BYTES_MAX];
    private final HuffmanEncoder codes = new HuffmanEncoder();
    private final ZstdSequenceEncoder sequences = new ZstdSequenceEncoder();
    private int literalCount;
    private int frameStart;

    /** 0 if the last candidate is for the requested position, 1 if it is for the next one. */
    private int found;

    @Override
    public void compress(final byte[] bytes, final int offset, final int length, final ByteSink target) {
        writeFrameHeader(length, target);
        Arrays.fill(longTable, -1);
        Arrays.fill(shortTable, -1);
        sequences.beginFrame();
        frameStart = offset;
        int start = offset;
        final int end = offset + length;
        do {
            final int blockEnd = Math.min(end, start + ZstdConstants.BLOCK_BYTES_MAX);
            writeBlock(bytes, start, blockEnd, blockEnd == end, target);
            start = blockEnd;
        } while (start < end);
    }

    private static void writeFrameHeader(final int length, final ByteSink target) {
        target.addIntLittleEndian(ZstdConstants.MAGIC);
        final int sizeCode = length < 256 ? 0 : length < 256 + 0x1_0000 ? 1 : 2;
        if (length <= WINDOW_BYTES_MAX) {
            target.add(sizeCode << 6 | SINGLE_SEGMENT_FLAG);
        } else {
            target.add(sizeCode << 6);
            target.add(WINDOW_LOG_MAX - 10 << 3);
        }
        switch (sizeCode) {
            case 0 -> target.add(length);
            case 1 -> {
                target.add(length - 256);
                target.add(length - 256 >> 8);
            }
            default -> target.addIntLittleEndian(length);
        }
    }

    private void writeBlock(
            final byte[] bytes, final int start, final int end, final boolean isLast, final ByteSink target) {
        final int headerPosition = target.size();
        for (int i = 0; i < ZstdConstants.BLOCK_HEADER_BYTES; i++) {
            target.add(0);
        }
        final int length = end - start;
        int kind = ZstdConstants.BLOCK_COMPRESSED;
        int size = 0;
        if (length > 1 && Matches.length(bytes, start, start + 1, end) == length - 1) {
            kind = ZstdConstants.BLOCK_RLE;
            size = length;
            target.add(bytes[start]);
        } else {
            sequences.beginBlock();
            findSequences(bytes, start, end);
            writeLiterals(target);
            sequences.write(target);
            size = target.size() - headerPosition - ZstdConstants.BLOCK_HEADER_BYTES;
            if (size >= length) {
                sequences.dropBlock();
                kind = ZstdConstants.BLOCK_RAW;
                size = length;
                target.setSize(headerPosition + ZstdConstants.BLOCK_HEADER_BYTES);
                target.add(bytes, start, length);
            }
        }
        final int header = size << 3 | kind << 1 | (isLast ? 1 : 0);
        for (int i = 0; i < ZstdConstants.BLOCK_HEADER_BYTES; i++) {
            target.array()[headerPosition + i] = (byte) (header >> (8 * i));
        }
    }

    private void findSequences(final byte[] bytes, final int start, final int end) {
        literalCount = 0;
        // Eight bytes are read, also from the next position.
        final int searchEnd = end - Long.BYTES - 1;
        int anchor = start;
        int position = start;
        int misses = 1 << SKIP_BITS;
        while (position < searchEnd) {
            int candidate = findCandidate(bytes, position);
            if (candidate < 0) {
                position += misses++ >> SKIP_BITS;
                continue;
            }
            misses = 1 << SKIP_BITS;
            position += found;
            while (position > anchor && candidate > frameStart && bytes[position - 1] == bytes[candidate - 1]) {
                position--;
                candidate--;
            }
            final int matched = Matches.length(bytes, candidate, position, end);
            addLiterals(bytes, anchor, position - anchor);
            sequences.add(position - anchor, position - candidate, matched);
            position += matched;
            anchor = position;
            if (position < searchEnd) {
                remember(bytes, position - 2);
            }
        }
        addLiterals(bytes, anchor, end - anchor);
    }

    /**
     * Finds earlier bytes that are the same as those here or at the next position, and stores those here for later
     * searches.
     *
     * @return their index, or -1; {@link #found} has the position.
     */
    private int findCandidate(final byte[] bytes, final int position) {
        final long eight = LittleEndian.getLong(bytes, position);
        final int longSlot = longHash(eight);
        final int shortSlot = shortHash(eight);
        final int longCandidate = longTable[longSlot];
        final int shortCandidate = shortTable[shortSlot];
        longTable[longSlot] = position;
        shortTable[shortSlot] = position;
        found = 1;
        final int repeated = position + 1 - sequences.lastDistance();
        if (repeated >= frameStart && LittleEndian.getInt(bytes, repeated) == (int) (eight >>> Byte.SIZE)) {
            return repeated;
        }
        found = 0;
        if (isNear(longCandidate, position) && LittleEndian.getLong(bytes, longCandidate) == eight) {
            return longCandidate;
        }
        if (!isNear(shortCandidate, position) || LittleEndian.getInt(bytes, shortCandidate) != (int) eight) {
            return -1;
        }
        // A long match at the next position saves more than a short one here.
        final long nextEight = LittleEndian.getLong(bytes, position + 1);
        final int nextSlot = longHash(nextEight);
        final int nextCandidate = longTable[nextSlot];
        longTable[nextSlot] = position + 1;
        if (isNear(nextCandidate, position) && LittleEndian.getLong(bytes, nextCandidate) == nextEight) {
            found = 1;
            return nextCandidate;
        }
        return shortCandidate;
    }

    private void remember(final byte[] bytes, final int position) {
        final long eight = LittleEndian.getLong(bytes, position);
        longTable[longHash(eight)] = position;
        shortTable[shortHash(eight)] = position;
    }

    private static boolean isNear(final int candidate, final int position) {
        return candidate >= 0 && position - candidate < WINDOW_BYTES_MAX;
    }

    private static int longHash(final long eight) {
        return (int) (eight * 0xcf1bbcdcb7a56463L >>> (Long.SIZE - LONG_HASH_BITS));
    }

    /** Returns the hash of five bytes: matches of four are mostly too short to save anything. */
    private static int shortHash(final long eight) {
        return (int) ((eight << 24) * 0x9fb21c651e98df25L >>> (Long.SIZE - SHORT_HASH_BITS));
    }

    private void addLiterals(final byte[] bytes, final int from, final int count) {
        System.arraycopy(bytes, from, literals, literalCount, count);
        literalCount += count;
    }

    private void writeLiterals(final ByteSink target) {
        final int different = literalCount < HUFFMAN_LITERALS_MIN ? 0 : codes.fit(literals, literalCount);
        if (different == 1) {
            writePlainHeader(ZstdConstants.LITERALS_RLE, target);
            target.add(literals[0]);
        } else if (different == 0
                || codes.estimateBytes() > literalCount - literalCount / 32
                || !writeCompressedLiterals(target)) {
            writePlainHeader(ZstdConstants.LITERALS_RAW, target);
            target.add(literals, 0, literalCount);
        }
    }

    private void writePlainHeader(final int kind, final ByteSink target) {
        if (literalCount < 1 << 5) {
            target.add(literalCount << 3 | kind);
        } else if (literalCount < 1 << 12) {
            target.add(literalCount << 4 | 1 << 2 | kind);
            target.add(literalCount >> 4);
        } else {
            target.add(literalCount << 4 | 3 << 2 | kind);
            target.add(literalCount >> 4);
            target.add(literalCount >> 12);
        }
    }

    private boolean writeCompressedLiterals(final ByteSink target) {
        final int start = target.size();
        final boolean oneStream = literalCount <= ONE_STREAM_LITERALS_MAX;
        final int sizeBits = literalCount < 1 << 10 ? 10 : literalCount < 1 << 14 ? 14 : 18;
        final int headerBytes = (4 + 2 * sizeBits) / 8;
        for (int i = 0; i < headerBytes; i++) {
            target.add(0);
        }
        if (!codes.writeCodes(target)) {
            target.setSize(start);
            return false;
        }
        if (oneStream) {
            codes.writeStream(literals, 0, literalCount, target);
        } else {
            writeFourStreams(target);
        }
        final int size = target.size() - start - headerBytes;
        if (size >= literalCount) {
            target.setSize(start);
            return false;
        }
        final int format = oneStream ? 0 : sizeBits == 10 ? 1 : sizeBits == 14 ? 2 : 3;
        final long header = ZstdConstants.LITERALS_COMPRESSED
                | format << 2
                | (long) literalCount << 4
                | (long) size << (4 + sizeBits);
        for (int i = 0; i < headerBytes; i++) {
            target.array()[start + i] = (byte) (header >> (8 * i));
        }
        return true;
    }

    private void writeFourStreams(final ByteSink target) {
        final int jumps = target.size();
        for (int i = 0; i < 6; i++) {
            target.add(0);
        }
        final int quarter = (literalCount + 3) / 4;
        for (int i = 0; i < 4; i++) {
            final int start = target.size();
            codes.writeStream(literals, i * quarter, i == 3 ? literalCount : (i + 1) * quarter, target);
            if (i < 3) {
                final int size = target.size() - start;
                target.array()[jumps + 2 * i] = (byte) size;
                target.array()[jumps + 2 * i + 1] = (byte) (size >> 8);
            }
        }
    }
}
