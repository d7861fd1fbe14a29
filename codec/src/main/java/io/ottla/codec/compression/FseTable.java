package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * A decoding table of finite state entropy (RFC 8878, section 4.1): for each state, its symbol and how to compute the
 * next state.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class FseTable {
    static final int ACCURACY_MIN = 5;

    final byte[] symbols;
    final byte[] bits;
    final short[] bases;
    int accuracy;

    private final short[] counts;
    private final short[] nextStates;

    /**
     * Creates an empty table.
     *
     * @param accuracyMax the largest accuracy that it can have.
     * @param symbolMax the largest symbol that it can have.
     */
    FseTable(final int accuracyMax, final int symbolMax) {
        symbols = new byte[1 << accuracyMax];
        bits = new byte[1 << accuracyMax];
        bases = new short[1 << accuracyMax];
        counts = new short[symbolMax + 1];
        nextStates = new short[symbolMax + 1];
    }

    /** Sets the table that always returns one symbol, from no bits. */
    void setOneSymbol(final int symbol) {
        accuracy = 0;
        symbols[0] = (byte) symbol;
        bits[0] = 0;
        bases[0] = 0;
    }

    /**
     * Builds the table of a distribution.
     *
     * @param newAccuracy the logarithm of the number of states.
     * @param distribution the share of each symbol in the states; -1 stands for less than one.
     */
    void set(final int newAccuracy, final short[] distribution) {
        System.arraycopy(distribution, 0, counts, 0, distribution.length);
        build(newAccuracy, distribution.length);
    }

    /**
     * Reads a distribution and builds its table.
     *
     * @param input the array with the description.
     * @param start the index where it begins.
     * @param end the last index where it may end.
     * @return the index where it ends.
     */
    int read(final byte[] input, final int start, final int end) {
        final ForwardBits in = new ForwardBits(input, start, end);
        final int newAccuracy = in.read(4) + ACCURACY_MIN;
        if (1 << newAccuracy > symbols.length) {
            throw damaged();
        }
        int remaining = (1 << newAccuracy) + 1;
        int threshold = 1 << newAccuracy;
        int width = newAccuracy + 1;
        int symbol = 0;
        while (remaining > 1) {
            if (symbol >= counts.length) {
                throw damaged();
            }
            // Small values take one bit less than others.
            final int small = 2 * threshold - 1 - remaining;
            int value = in.peek(width - 1);
            if (value < small) {
                in.skip(width - 1);
            } else {
                value = in.read(width);
                if (value >= threshold) {
                    value -= small;
                }
            }
            final int count = value - 1;
            remaining -= Math.abs(count);
            if (remaining < 1) {
                throw damaged();
            }
            counts[symbol++] = (short) count;
            if (count == 0) {
                symbol = readZeros(in, symbol);
            }
            while (remaining < threshold) {
                threshold >>= 1;
                width--;
            }
        }
        build(newAccuracy, symbol);
        return in.end();
    }

    private int readZeros(final ForwardBits in, final int start) {
        int symbol = start;
        int more;
        do {
            more = in.read(2);
            if (symbol + more > counts.length) {
                throw damaged();
            }
            for (int i = 0; i < more; i++) {
                counts[symbol++] = 0;
            }
        } while (more == 3);
        return symbol;
    }

    private void build(final int newAccuracy, final int symbolCount) {
        accuracy = newAccuracy;
        final int size = 1 << newAccuracy;
        int highest = size - 1;
        for (int symbol = 0; symbol < symbolCount; symbol++) {
            if (counts[symbol] == -1) {
                symbols[highest--] = (byte) symbol;
                nextStates[symbol] = 1;
            } else {
                nextStates[symbol] = counts[symbol];
            }
        }
        if (!spread(counts, symbolCount, size, highest, symbols)) {
            throw damaged();
        }
        for (int state = 0; state < size; state++) {
            final int next = nextStates[symbols[state]]++;
            bits[state] = (byte) (newAccuracy - highestBit(next));
            bases[state] = (short) ((next << bits[state]) - size);
        }
    }

    /**
     * Spreads the states of each symbol over the whole table.
     *
     * @param counts the number of states of each symbol.
     * @param symbolCount the number of symbols.
     * @param size the number of states.
     * @param highest the last state that is free.
     * @param symbols the symbol of each state.
     * @return false if the states do not come out even.
     */
    static boolean spread(
            final short[] counts, final int symbolCount, final int size, final int highest, final byte[] symbols) {
        final int step = (size >> 1) + (size >> 3) + 3;
        int position = 0;
        for (int symbol = 0; symbol < symbolCount; symbol++) {
            for (int i = 0; i < counts[symbol]; i++) {
                symbols[position] = (byte) symbol;
                do {
                    position = position + step & size - 1;
                } while (position > highest);
            }
        }
        return position == 0;
    }

    static int highestBit(final int value) {
        return 31 - Integer.numberOfLeadingZeros(value);
    }

    private static MalformedMessageException damaged() {
        return new MalformedMessageException("a damaged table in a zstd block");
    }
}
