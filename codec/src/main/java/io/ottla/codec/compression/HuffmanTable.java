package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;
import java.util.Arrays;

/**
 * A decoding table of Huffman codes (RFC 8878, section 4.2): for the next bits, the symbol that they begin with and its
 * number of bits.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class HuffmanTable {
    static final int CODE_BITS_MAX = 11;
    static final int WEIGHTS_ACCURACY_MAX = 6;
    private static final int SYMBOLS_MAX = 256;
    private static final int DIRECT_WEIGHTS = 128;

    /** The entries; each has a symbol and, in the low byte, the length of its code. */
    private final short[] entries = new short[1 << CODE_BITS_MAX];

    private final byte[] weights = new byte[SYMBOLS_MAX];
    private final int[] starts = new int[CODE_BITS_MAX + 2];
    private final FseTable weightsTable = new FseTable(WEIGHTS_ACCURACY_MAX, CODE_BITS_MAX + 1);
    private final BackwardBits weightsBits = new BackwardBits();
    private int codeBits;

    /** Clears the codes, so that a block cannot use those of another frame. */
    void clear() {
        codeBits = 0;
    }

    boolean isEmpty() {
        return codeBits == 0;
    }

    /**
     * Reads the codes.
     *
     * @param input the array with their description.
     * @param start the index where it begins.
     * @param end the last index where it may end.
     * @return the index where it ends.
     */
    int read(final byte[] input, final int start, final int end) {
        if (start >= end) {
            throw damaged();
        }
        final int header = input[start] & 0xff;
        final int first = start + 1;
        final int count;
        final int descriptionEnd;
        if (header >= DIRECT_WEIGHTS) {
            count = header - DIRECT_WEIGHTS + 1;
            descriptionEnd = first + (count + 1) / 2;
            if (descriptionEnd > end) {
                throw damaged();
            }
            for (int i = 0; i < count; i++) {
                final int pair = input[first + i / 2];
                weights[i] = (byte) ((i & 1) == 0 ? pair >> 4 & 0x0f : pair & 0x0f);
            }
        } else {
            descriptionEnd = first + header;
            if (descriptionEnd > end) {
                throw damaged();
            }
            count = readWeights(input, first, descriptionEnd);
        }
        build(count);
        return descriptionEnd;
    }

    private int readWeights(final byte[] input, final int start, final int end) {
        final int bitsStart = weightsTable.read(input, start, end);
        weightsBits.reset(input, bitsStart, end);
        int state = (int) weightsBits.read(weightsTable.accuracy);
        int other = (int) weightsBits.read(weightsTable.accuracy);
        if (weightsBits.left() < 0) {
            throw damaged();
        }
        int count = 0;
        while (true) {
            if (count > SYMBOLS_MAX - 3) {
                throw damaged();
            }
            weights[count++] = weightsTable.symbols[state];
            final int bits = weightsTable.bits[state];
            if (weightsBits.left() < bits) {
                weights[count++] = weightsTable.symbols[other];
                return count;
            }
            final int next = weightsTable.bases[state] + (int) weightsBits.read(bits);
            state = other;
            other = next;
        }
    }

    private void build(final int count) {
        int total = 0;
        Arrays.fill(starts, 0);
        for (int i = 0; i < count; i++) {
            final int weight = weights[i];
            if (weight > CODE_BITS_MAX) {
                throw damaged();
            }
            if (weight > 0) {
                total += 1 << (weight - 1);
                starts[weight + 1] += 1 << (weight - 1);
            }
        }
        if (total == 0) {
            throw damaged();
        }
        // The last symbol's weight is not written: it makes the sum a power of two.
        final int bits = FseTable.highestBit(total) + 1;
        final int missing = (1 << bits) - total;
        if (bits > CODE_BITS_MAX || Integer.bitCount(missing) != 1 || count >= SYMBOLS_MAX) {
            throw damaged();
        }
        final int lastWeight = FseTable.highestBit(missing) + 1;
        weights[count] = (byte) lastWeight;
        starts[lastWeight + 1] += missing;
        for (int weight = 2; weight < starts.length; weight++) {
            starts[weight] += starts[weight - 1];
        }
        for (int symbol = 0; symbol <= count; symbol++) {
            final int weight = weights[symbol];
            if (weight > 0) {
                final int from = starts[weight];
                final int to = from + (1 << (weight - 1));
                Arrays.fill(entries, from, to, (short) (symbol << 8 | bits + 1 - weight));
                starts[weight] = to;
            }
        }
        codeBits = bits;
    }

    /**
     * Decodes one stream to its end.
     *
     * @param in the stream.
     * @param output the array for the symbols.
     * @param from the index of the first symbol.
     * @param to the index after the last symbol.
     */
    void decode(final BackwardBits in, final byte[] output, final int from, final int to) {
        int index = from;
        // Four codes have at most 44 bits, which one peek returns.
        while (index <= to - 4 && in.left() >= Long.SIZE) {
            final long bits = in.peek(4 * CODE_BITS_MAX);
            int used = 0;
            for (int i = 0; i < 4; i++) {
                final int entry = entries[(int) (bits >>> (4 * CODE_BITS_MAX - used - codeBits)) & (1 << codeBits) - 1];
                output[index++] = (byte) (entry >> 8);
                used += entry & 0xff;
            }
            in.skip(used);
        }
        while (index < to) {
            final int entry = entries[(int) in.peek(codeBits)];
            output[index++] = (byte) (entry >> 8);
            in.skip(entry & 0xff);
        }
        if (in.left() != 0) {
            throw damaged();
        }
    }

    private static MalformedMessageException damaged() {
        return new MalformedMessageException("damaged literals in a zstd block");
    }
}
