package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Executes the sequences of one Zstandard block (RFC 8878, section 3.1.1.3.2): each copies literals to the output, and
 * then repeats earlier output. Tables and the last three offsets are kept for the next block.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ZstdSequences {
    private static final FseTable PREDEFINED_LITERAL_LENGTHS =
            predefined(ZstdConstants.LITERAL_LENGTH_ACCURACY, ZstdConstants.LITERAL_LENGTHS);
    private static final FseTable PREDEFINED_OFFSETS = predefined(ZstdConstants.OFFSET_ACCURACY, ZstdConstants.OFFSETS);
    private static final FseTable PREDEFINED_MATCH_LENGTHS =
            predefined(ZstdConstants.MATCH_LENGTH_ACCURACY, ZstdConstants.MATCH_LENGTHS);

    private final FseTable ownLiteralLengths =
            new FseTable(ZstdConstants.LITERAL_LENGTH_ACCURACY_MAX, ZstdConstants.LITERAL_LENGTH_CODE_MAX);
    private final FseTable ownOffsets = new FseTable(ZstdConstants.OFFSET_ACCURACY_MAX, ZstdConstants.OFFSET_CODE_MAX);
    private final FseTable ownMatchLengths =
            new FseTable(ZstdConstants.MATCH_LENGTH_ACCURACY_MAX, ZstdConstants.MATCH_LENGTH_CODE_MAX);
    private final BackwardBits bits = new BackwardBits();

    private FseTable literalLengths;
    private FseTable offsets;
    private FseTable matchLengths;
    private int offset1;
    private int offset2;
    private int offset3;
    private int position;

    private static FseTable predefined(final int accuracy, final short[] distribution) {
        final FseTable table = new FseTable(accuracy, distribution.length - 1);
        table.set(accuracy, distribution);
        return table;
    }

    void beginFrame() {
        literalLengths = null;
        offsets = null;
        matchLengths = null;
        offset1 = 1;
        offset2 = 4;
        offset3 = 8;
    }

    /**
     * Reads the section and executes its sequences.
     *
     * @param input the array with the block.
     * @param start the index where the section begins.
     * @param end the index where the block ends.
     * @param literals the literals of the block.
     * @param output the earlier output, with room for the block after it.
     * @param historyStart the index of the first byte of the output that may be repeated.
     * @param outputStart the index where the block's output begins.
     * @param outputMax the most bytes that the block may decompress to.
     * @return the index where the block's output ends.
     */
    int execute(
            final byte[] input,
            final int start,
            final int end,
            final ZstdLiterals literals,
            final byte[] output,
            final int historyStart,
            final int outputStart,
            final int outputMax) {
        final int sequences = readHeader(input, start, end);
        final int outputEnd = outputStart + outputMax;
        int out = outputStart;
        int literal = 0;
        if (sequences > 0) {
            bits.reset(input, position, end);
            int literalState = (int) bits.read(literalLengths.accuracy);
            int offsetState = (int) bits.read(offsets.accuracy);
            int matchState = (int) bits.read(matchLengths.accuracy);
            for (int left = sequences; left > 0; left--) {
                final int offsetCode = offsets.symbols[offsetState];
                final int matchCode = matchLengths.symbols[matchState];
                final int literalCode = literalLengths.symbols[literalState];
                final long offsetValue = (1L << offsetCode) + bits.read(offsetCode);
                final int matched = ZstdConstants.MATCH_LENGTH_BASES[matchCode]
                        + (int) bits.read(ZstdConstants.MATCH_LENGTH_BITS[matchCode]);
                final int literalCount = ZstdConstants.LITERAL_LENGTH_BASES[literalCode]
                        + (int) bits.read(ZstdConstants.LITERAL_LENGTH_BITS[literalCode]);
                final int distance = distance(offsetValue, literalCount);
                if (left > 1) {
                    literalState = next(literalLengths, literalState);
                    matchState = next(matchLengths, matchState);
                    offsetState = next(offsets, offsetState);
                }
                if (literalCount > literals.count() - literal || literalCount > outputEnd - out) {
                    throw damaged();
                }
                System.arraycopy(literals.bytes(), literal, output, out, literalCount);
                literal += literalCount;
                out += literalCount;
                if (distance <= 0 || distance > out - historyStart || matched > outputEnd - out) {
                    throw damaged();
                }
                Matches.copy(output, out, distance, matched);
                out += matched;
            }
            if (bits.left() != 0) {
                throw damaged();
            }
        } else if (position != end) {
            throw damaged();
        }
        final int lastLiterals = literals.count() - literal;
        if (lastLiterals > outputEnd - out) {
            throw damaged();
        }
        System.arraycopy(literals.bytes(), literal, output, out, lastLiterals);
        return out + lastLiterals;
    }

    private int next(final FseTable table, final int state) {
        return table.bases[state] + (int) bits.read(table.bits[state]);
    }

    /**
     * Returns the distance of an encoded offset. The last three offsets have values of their own, whose meaning shifts
     * if there are no literals before the match.
     */
    private int distance(final long value, final int literalCount) {
        if (value > 3) {
            if (value - 3 > Integer.MAX_VALUE) {
                throw damaged();
            }
            offset3 = offset2;
            offset2 = offset1;
            offset1 = (int) (value - 3);
            return offset1;
        }
        final int index = (int) value + (literalCount == 0 ? 1 : 0);
        if (index == 1) {
            return offset1;
        }
        final int distance = index == 2 ? offset2 : index == 3 ? offset3 : offset1 - 1;
        if (index != 2) {
            offset3 = offset2;
        }
        offset2 = offset1;
        offset1 = distance;
        return distance;
    }

    private int readHeader(final byte[] input, final int start, final int end) {
        if (start >= end) {
            throw damaged();
        }
        final int first = input[start] & 0xff;
        final int countBytes = first < 128 ? 1 : first < 255 ? 2 : 3;
        if (countBytes > end - start) {
            throw damaged();
        }
        final int count = switch (countBytes) {
            case 1 -> first;
            case 2 -> (first - 128 << 8) + (input[start + 1] & 0xff);
            default -> LittleEndian.getUnsignedShort(input, start + 1) + ZstdConstants.LONG_SEQUENCE_COUNT;
        };
        position = start + countBytes;
        if (count == 0) {
            return 0;
        }
        if (position == end) {
            throw damaged();
        }
        final int modes = input[position++];
        if ((modes & 3) != 0) {
            throw damaged();
        }
        literalLengths = readTable(
                input,
                end,
                modes >> 6 & 3,
                PREDEFINED_LITERAL_LENGTHS,
                ownLiteralLengths,
                literalLengths,
                ZstdConstants.LITERAL_LENGTH_CODE_MAX);
        offsets = readTable(
                input, end, modes >> 4 & 3, PREDEFINED_OFFSETS, ownOffsets, offsets, ZstdConstants.OFFSET_CODE_MAX);
        matchLengths = readTable(
                input,
                end,
                modes >> 2 & 3,
                PREDEFINED_MATCH_LENGTHS,
                ownMatchLengths,
                matchLengths,
                ZstdConstants.MATCH_LENGTH_CODE_MAX);
        return count;
    }

    private FseTable readTable(
            final byte[] input,
            final int end,
            final int mode,
            final FseTable predefined,
            final FseTable own,
            final FseTable last,
            final int symbolMax) {
        switch (mode) {
            case ZstdConstants.TABLE_PREDEFINED:
                return predefined;
            case ZstdConstants.TABLE_RLE:
                if (position >= end || (input[position] & 0xff) > symbolMax) {
                    throw damaged();
                }
                own.setOneSymbol(input[position++]);
                return own;
            case ZstdConstants.TABLE_COMPRESSED:
                position = own.read(input, position, end);
                return own;
            default:
                if (last == null) {
                    throw damaged();
                }
                return last;
        }
    }

    private static MalformedMessageException damaged() {
        return new MalformedMessageException("damaged sequences in a zstd block");
    }
}
