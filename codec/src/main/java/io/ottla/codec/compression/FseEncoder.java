package io.ottla.codec.compression;

/**
 * Encodes symbols with finite state entropy (RFC 8878, section 4.1). Symbols are encoded from the last to the first.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class FseEncoder {
    private final short[] counts;
    private final short[] states;
    private final byte[] spread;
    private final int[] bitDeltas;
    private final int[] stateDeltas;
    private int symbolCount;
    private int accuracy;
    private int state;

    FseEncoder(final int accuracyMax, final int symbolMax) {
        counts = new short[symbolMax + 1];
        states = new short[1 << accuracyMax];
        spread = new byte[1 << accuracyMax];
        bitDeltas = new int[symbolMax + 1];
        stateDeltas = new int[symbolMax + 1];
    }

    /** Sets a distribution with a single symbol, which takes no bits. */
    void setOneSymbol() {
        accuracy = 0;
    }

    /**
     * Sets the distribution.
     *
     * @param newAccuracy the logarithm of the number of states.
     * @param distribution the share of each symbol in the states; -1 stands for less than one.
     */
    void set(final int newAccuracy, final short[] distribution) {
        System.arraycopy(distribution, 0, counts, 0, distribution.length);
        symbolCount = distribution.length;
        accuracy = newAccuracy;
        build();
    }

    /**
     * Sets the distribution that fits the given frequencies.
     *
     * @param frequencies how often each symbol occurs; at least two of them do.
     * @param symbolMax the largest symbol that occurs.
     * @param total the sum of the frequencies.
     * @param accuracyMax the largest accuracy to use.
     */
    void fit(final int[] frequencies, final int symbolMax, final int total, final int accuracyMax) {
        symbolCount = symbolMax + 1;
        final int enough = Math.max(FseTable.highestBit(total) - 2, FseTable.highestBit(symbolMax) + 2);
        accuracy = Math.max(FseTable.ACCURACY_MIN, Math.min(accuracyMax, enough));
        final int size = 1 << accuracy;
        int left = size;
        for (int symbol = 0; symbol < symbolCount; symbol++) {
            final int frequency = frequencies[symbol];
            counts[symbol] = (short) (frequency == 0 ? 0 : Math.max(1, (int) ((long) frequency * size / total)));
            left -= counts[symbol];
        }
        while (left != 0) {
            int largest = 0;
            for (int symbol = 1; symbol < symbolCount; symbol++) {
                if (counts[symbol] > counts[largest]) {
                    largest = symbol;
                }
            }
            // States that are missing go to the most frequent symbol, and those in excess are taken from it one by one.
            final int change = left > 0 ? left : -1;
            counts[largest] += (short) change;
            left -= change;
        }
        build();
    }

    private void build() {
        final int size = 1 << accuracy;
        int highest = size - 1;
        for (int symbol = 0; symbol < symbolCount; symbol++) {
            if (counts[symbol] == -1) {
                spread[highest--] = (byte) symbol;
            }
        }
        FseTable.spread(counts, symbolCount, size, highest, spread);
        int total = 0;
        for (int symbol = 0; symbol < symbolCount; symbol++) {
            final int count = Math.abs(counts[symbol]);
            if (count == 0) {
                continue;
            }
            final int bitsMax = count == 1 ? accuracy : accuracy - FseTable.highestBit(count - 1);
            bitDeltas[symbol] = (bitsMax << 16) - (count << bitsMax);
            // During the loop, the index of the symbol's next state; at the end, that of its first state less its
            // count.
            stateDeltas[symbol] = total;
            total += count;
        }
        for (int i = 0; i < size; i++) {
            states[stateDeltas[spread[i]]++] = (short) (size + i);
        }
        for (int symbol = 0; symbol < symbolCount; symbol++) {
            stateDeltas[symbol] -= 2 * Math.abs(counts[symbol]);
        }
    }

    /** Writes the distribution in the form that {@link FseTable#read} reads. */
    void writeTable(final BitSink out, final ByteSink target) {
        out.reset(target);
        out.add(accuracy - FseTable.ACCURACY_MIN, 4);
        int remaining = (1 << accuracy) + 1;
        int threshold = 1 << accuracy;
        int width = accuracy + 1;
        int symbol = 0;
        while (remaining > 1) {
            final int count = counts[symbol++];
            final int small = 2 * threshold - 1 - remaining;
            remaining -= Math.abs(count);
            int value = count + 1;
            if (value >= threshold) {
                value += small;
            }
            out.add(value, value < small ? width - 1 : width);
            if (count == 0) {
                int zeros = 0;
                while (counts[symbol + zeros] == 0) {
                    zeros++;
                }
                symbol += zeros;
                for (; zeros >= 3; zeros -= 3) {
                    out.add(3, 2);
                }
                out.add(zeros, 2);
            }
            while (remaining < threshold) {
                threshold >>= 1;
                width--;
            }
        }
        out.end();
    }

    /** Encodes the last symbol. */
    void begin(final int symbol) {
        if (accuracy > 0) {
            final int bits = bitDeltas[symbol] + (1 << 15) >> 16;
            final int value = (bits << 16) - bitDeltas[symbol];
            state = states[(value >> bits) + stateDeltas[symbol]];
        }
    }

    /** Encodes the symbol before the last encoded one. */
    void add(final int symbol, final BitSink out) {
        if (accuracy > 0) {
            final int bits = state + bitDeltas[symbol] >> 16;
            out.add(state, bits);
            state = states[(state >> bits) + stateDeltas[symbol]];
        }
    }

    /** Writes the state, with which a reader begins. */
    void end(final BitSink out) {
        out.add(state, accuracy);
    }
}
