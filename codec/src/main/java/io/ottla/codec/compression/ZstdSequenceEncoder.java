package io.ottla.codec.compression;

import java.util.Arrays;

/**
 * Collects the sequences of a Zstandard block and writes them.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ZstdSequenceEncoder {
    /** The fewest sequences for which tables of their own save bytes. */
    private static final int OWN_TABLE_SEQUENCES_MIN = 64;

    /** The most sequences: a block of 128 KB has no more matches of at least 4 bytes. */
    private static final int SEQUENCES_MAX = ZstdConstants.BLOCK_BYTES_MAX / 4 + 1;

    private final int[] literalCounts = new int[SEQUENCES_MAX];
    private final int[] offsetValues = new int[SEQUENCES_MAX];
    private final int[] matchLengths = new int[SEQUENCES_MAX];
    private final byte[] literalCodes = new byte[SEQUENCES_MAX];
    private final byte[] offsetCodes = new byte[SEQUENCES_MAX];
    private final byte[] matchCodes = new byte[SEQUENCES_MAX];
    private final int[] frequencies = new int[ZstdConstants.MATCH_LENGTH_CODE_MAX + 1];
    private final FseEncoder literals =
            new FseEncoder(ZstdConstants.LITERAL_LENGTH_ACCURACY_MAX, ZstdConstants.LITERAL_LENGTH_CODE_MAX);
    private final FseEncoder offsets = new FseEncoder(ZstdConstants.OFFSET_ACCURACY_MAX, ZstdConstants.OFFSET_CODE_MAX);
    private final FseEncoder matches =
            new FseEncoder(ZstdConstants.MATCH_LENGTH_ACCURACY_MAX, ZstdConstants.MATCH_LENGTH_CODE_MAX);
    private final BitSink bits = new BitSink();
    private int count;
    private int offset1;
    private int offset2;
    private int offset3;

    // The offsets before the block, in case it is stored uncompressed.
    private int savedOffset1;
    private int savedOffset2;
    private int savedOffset3;

    void beginFrame() {
        offset1 = 1;
        offset2 = 4;
        offset3 = 8;
    }

    void beginBlock() {
        count = 0;
        savedOffset1 = offset1;
        savedOffset2 = offset2;
        savedOffset3 = offset3;
    }

    /** Discards the block, whose sequences are not written. */
    void dropBlock() {
        offset1 = savedOffset1;
        offset2 = savedOffset2;
        offset3 = savedOffset3;
    }

    /** Returns the distance of the last match, which is likely to occur again. */
    int lastDistance() {
        return offset1;
    }

    void add(final int literalCount, final int distance, final int matchLength) {
        literalCounts[count] = literalCount;
        offsetValues[count] = offsetValue(distance, literalCount);
        matchLengths[count] = matchLength;
        count++;
    }

    /** Returns the encoded value of an offset, which {@link ZstdSequences} decodes. */
    private int offsetValue(final int distance, final int literalCount) {
        final int shift = literalCount == 0 ? 1 : 0;
        if (distance == offset1 && shift == 0) {
            return 1;
        }
        final int value;
        if (distance == offset2) {
            value = 2 - shift;
        } else {
            if (distance == offset3) {
                value = 3 - shift;
            } else if (shift == 1 && distance == offset1 - 1) {
                value = 3;
            } else {
                value = distance + 3;
            }
            offset3 = offset2;
        }
        offset2 = offset1;
        offset1 = distance;
        return value;
    }

    void write(final ByteSink target) {
        writeCount(target);
        if (count == 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            literalCodes[i] = (byte) code(ZstdConstants.LITERAL_LENGTH_BASES, literalCounts[i], 16);
            matchCodes[i] = (byte) code(ZstdConstants.MATCH_LENGTH_BASES, matchLengths[i], 35);
            offsetCodes[i] = (byte) FseTable.highestBit(offsetValues[i]);
        }
        final int modesPosition = target.size();
        target.add(0);
        int modes = writeTable(
                        literals,
                        literalCodes,
                        ZstdConstants.LITERAL_LENGTHS,
                        ZstdConstants.LITERAL_LENGTH_ACCURACY,
                        ZstdConstants.LITERAL_LENGTH_ACCURACY_MAX,
                        target)
                << 6;
        modes |= writeTable(
                        offsets,
                        offsetCodes,
                        ZstdConstants.OFFSETS,
                        ZstdConstants.OFFSET_ACCURACY,
                        ZstdConstants.OFFSET_ACCURACY_MAX,
                        target)
                << 4;
        modes |= writeTable(
                        matches,
                        matchCodes,
                        ZstdConstants.MATCH_LENGTHS,
                        ZstdConstants.MATCH_LENGTH_ACCURACY,
                        ZstdConstants.MATCH_LENGTH_ACCURACY_MAX,
                        target)
                << 2;
        target.array()[modesPosition] = (byte) modes;
        writeBits(target);
    }

    private void writeCount(final ByteSink target) {
        if (count < 128) {
            target.add(count);
        } else if (count < ZstdConstants.LONG_SEQUENCE_COUNT) {
            target.add((count >> 8) + 128);
            target.add(count);
        } else {
            target.add(255);
            target.add(count - ZstdConstants.LONG_SEQUENCE_COUNT);
            target.add(count - ZstdConstants.LONG_SEQUENCE_COUNT >> 8);
        }
    }

    /**
     * Finds the code of a length.
     *
     * @param bases the least length of each code.
     * @param length the length.
     * @param direct lengths below this have codes of their own, in order.
     * @return the code.
     */
    private static int code(final int[] bases, final int length, final int direct) {
        if (length < direct) {
            return length - bases[0];
        }
        int code = bases.length - 1;
        while (bases[code] > length) {
            code--;
        }
        return code;
    }

    private int writeTable(
            final FseEncoder encoder,
            final byte[] codes,
            final short[] predefined,
            final int predefinedAccuracy,
            final int accuracyMax,
            final ByteSink target) {
        Arrays.fill(frequencies, 0);
        int largest = 0;
        for (int i = 0; i < count; i++) {
            frequencies[codes[i]]++;
            largest = Math.max(largest, codes[i]);
        }
        if (frequencies[codes[0]] == count) {
            target.add(codes[0]);
            encoder.setOneSymbol();
            return ZstdConstants.TABLE_RLE;
        }
        if (count < OWN_TABLE_SEQUENCES_MIN && largest < predefined.length) {
            encoder.set(predefinedAccuracy, predefined);
            return ZstdConstants.TABLE_PREDEFINED;
        }
        encoder.fit(frequencies, largest, count, accuracyMax);
        encoder.writeTable(bits, target);
        return ZstdConstants.TABLE_COMPRESSED;
    }

    private void writeBits(final ByteSink target) {
        bits.reset(target);
        final int last = count - 1;
        matches.begin(matchCodes[last]);
        offsets.begin(offsetCodes[last]);
        literals.begin(literalCodes[last]);
        writeExtraBits(last);
        for (int i = last - 1; i >= 0; i--) {
            offsets.add(offsetCodes[i], bits);
            matches.add(matchCodes[i], bits);
            literals.add(literalCodes[i], bits);
            writeExtraBits(i);
        }
        matches.end(bits);
        offsets.end(bits);
        literals.end(bits);
        bits.endMarked();
    }

    private void writeExtraBits(final int i) {
        bits.add(
                literalCounts[i] - ZstdConstants.LITERAL_LENGTH_BASES[literalCodes[i]],
                ZstdConstants.LITERAL_LENGTH_BITS[literalCodes[i]]);
        bits.add(
                matchLengths[i] - ZstdConstants.MATCH_LENGTH_BASES[matchCodes[i]],
                ZstdConstants.MATCH_LENGTH_BITS[matchCodes[i]]);
        bits.add(offsetValues[i], offsetCodes[i]);
    }
}
