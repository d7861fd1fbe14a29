package io.ottla.codec.compression;

import java.util.Arrays;

/**
 * Encodes literals with Huffman codes (RFC 8878, section 4.2).
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class HuffmanEncoder {
    private static final int SYMBOLS = 256;
    private static final int DIRECT_WEIGHTS_MAX = 128;

    private final int[] frequencies = new int[SYMBOLS];
    private final int[] lengths = new int[SYMBOLS];
    private final int[] codes = new int[SYMBOLS];
    private final byte[] weights = new byte[SYMBOLS];
    private final long[] sorted = new long[SYMBOLS];
    private final int[] nodeFrequencies = new int[2 * SYMBOLS];
    private final int[] parents = new int[2 * SYMBOLS];
    private final int[] weightFrequencies = new int[HuffmanTable.CODE_BITS_MAX + 2];
    private final FseEncoder weightsEven =
            new FseEncoder(HuffmanTable.WEIGHTS_ACCURACY_MAX, HuffmanTable.CODE_BITS_MAX + 1);
    private final FseEncoder weightsOdd =
            new FseEncoder(HuffmanTable.WEIGHTS_ACCURACY_MAX, HuffmanTable.CODE_BITS_MAX + 1);
    private final BitSink bits = new BitSink();
    private int symbolCount;
    private int symbolMax;
    private int codeBits;

    /**
     * Builds the codes for the given bytes.
     *
     * @param bytes the array, from index 0.
     * @param count the number of bytes.
     * @return the number of different bytes; for fewer than two there are no codes.
     */
    int fit(final byte[] bytes, final int count) {
        Arrays.fill(frequencies, 0);
        for (int i = 0; i < count; i++) {
            frequencies[bytes[i] & 0xff]++;
        }
        symbolCount = 0;
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            if (frequencies[symbol] > 0) {
                sorted[symbolCount++] = (long) frequencies[symbol] << 8 | symbol;
                symbolMax = symbol;
            }
        }
        if (symbolCount >= 2) {
            Arrays.sort(sorted, 0, symbolCount);
            setLengths();
            limitLengths();
            setCodes();
        }
        return symbolCount;
    }

    /**
     * Computes the lengths of the codes with Huffman's algorithm. The leaves are sorted, and the inner nodes are
     * created in order.
     */
    private void setLengths() {
        for (int i = 0; i < symbolCount; i++) {
            nodeFrequencies[i] = (int) (sorted[i] >> 8);
        }
        final int nodes = 2 * symbolCount - 1;
        int leaf = 0;
        int inner = symbolCount;
        for (int node = symbolCount; node < nodes; node++) {
            int sum = 0;
            for (int child = 0; child < 2; child++) {
                final boolean isLeaf =
                        leaf < symbolCount && (inner == node || nodeFrequencies[leaf] <= nodeFrequencies[inner]);
                final int taken = isLeaf ? leaf++ : inner++;
                parents[taken] = node;
                sum += nodeFrequencies[taken];
            }
            nodeFrequencies[node] = sum;
        }
        // From the root down, depths replace the frequencies.
        nodeFrequencies[nodes - 1] = 0;
        for (int node = nodes - 2; node >= 0; node--) {
            nodeFrequencies[node] = nodeFrequencies[parents[node]] + 1;
        }
        Arrays.fill(lengths, 0);
        for (int i = 0; i < symbolCount; i++) {
            lengths[(int) sorted[i] & 0xff] = nodeFrequencies[i];
        }
    }

    /** Shortens codes that are too long, and lengthens others until all fit exactly. */
    private void limitLengths() {
        final int space = 1 << HuffmanTable.CODE_BITS_MAX;
        int used = 0;
        for (int i = 0; i < symbolCount; i++) {
            final int symbol = (int) sorted[i] & 0xff;
            lengths[symbol] = Math.min(lengths[symbol], HuffmanTable.CODE_BITS_MAX);
            used += space >> lengths[symbol];
        }
        while (used > space) {
            for (int i = 0; i < symbolCount && used > space; i++) {
                final int symbol = (int) sorted[i] & 0xff;
                if (lengths[symbol] < HuffmanTable.CODE_BITS_MAX) {
                    lengths[symbol]++;
                    used -= space >> lengths[symbol];
                }
            }
        }
        while (used < space) {
            for (int i = symbolCount - 1; i >= 0; i--) {
                final int symbol = (int) sorted[i] & 0xff;
                if (used + (space >> lengths[symbol]) <= space) {
                    used += space >> lengths[symbol];
                    lengths[symbol]--;
                }
            }
        }
    }

    private void setCodes() {
        codeBits = 0;
        for (int symbol = 0; symbol <= symbolMax; symbol++) {
            codeBits = Math.max(codeBits, lengths[symbol]);
        }
        int start = 0;
        for (int weight = 1; weight <= codeBits; weight++) {
            for (int symbol = 0; symbol <= symbolMax; symbol++) {
                if (lengths[symbol] == codeBits + 1 - weight) {
                    codes[symbol] = start >> (weight - 1);
                    start += 1 << (weight - 1);
                }
            }
        }
        for (int symbol = 0; symbol <= symbolMax; symbol++) {
            weights[symbol] = (byte) (lengths[symbol] == 0 ? 0 : codeBits + 1 - lengths[symbol]);
        }
    }

    /** Returns about how many bytes the literals take, without the description of the codes. */
    int estimateBytes() {
        long total = 0;
        for (int symbol = 0; symbol <= symbolMax; symbol++) {
            total += (long) frequencies[symbol] * lengths[symbol];
        }
        return (int) (total >> 3);
    }

    /**
     * Writes the description of the codes.
     *
     * @return false if it cannot be written.
     */
    boolean writeCodes(final ByteSink target) {
        final int start = target.size();
        target.add(0);
        if (writeCompressedWeights(target)) {
            final int size = target.size() - start - 1;
            if (size < DIRECT_WEIGHTS_MAX && (symbolMax > DIRECT_WEIGHTS_MAX || size < (symbolMax + 1) / 2)) {
                target.array()[start] = (byte) size;
                return true;
            }
        }
        target.setSize(start);
        if (symbolMax > DIRECT_WEIGHTS_MAX) {
            return false;
        }
        target.add(DIRECT_WEIGHTS_MAX - 1 + symbolMax);
        for (int symbol = 0; symbol < symbolMax; symbol += 2) {
            final int second = symbol + 1 < symbolMax ? weights[symbol + 1] : 0;
            target.add(weights[symbol] << 4 | second);
        }
        return true;
    }

    private boolean writeCompressedWeights(final ByteSink target) {
        Arrays.fill(weightFrequencies, 0);
        int weightMax = 0;
        for (int symbol = 0; symbol < symbolMax; symbol++) {
            weightFrequencies[weights[symbol]]++;
            weightMax = Math.max(weightMax, weights[symbol]);
        }
        if (symbolMax < 2 || weightFrequencies[weights[0]] == symbolMax) {
            return false;
        }
        weightsEven.fit(weightFrequencies, weightMax, symbolMax, HuffmanTable.WEIGHTS_ACCURACY_MAX);
        weightsOdd.fit(weightFrequencies, weightMax, symbolMax, HuffmanTable.WEIGHTS_ACCURACY_MAX);
        weightsEven.writeTable(bits, target);
        bits.reset(target);
        final int last = symbolMax - 1;
        encoder(last).begin(weights[last]);
        encoder(last - 1).begin(weights[last - 1]);
        for (int symbol = last - 2; symbol >= 0; symbol--) {
            encoder(symbol).add(weights[symbol], bits);
        }
        weightsOdd.end(bits);
        weightsEven.end(bits);
        bits.endMarked();
        return true;
    }

    /** Returns the encoder of a weight. The weights go to two encoders in turn, which share their bits. */
    private FseEncoder encoder(final int symbol) {
        return (symbol & 1) == 0 ? weightsEven : weightsOdd;
    }

    /** Writes one stream of literals. */
    void writeStream(final byte[] bytes, final int from, final int to, final ByteSink target) {
        bits.reset(target);
        for (int i = to - 1; i >= from; i--) {
            final int symbol = bytes[i] & 0xff;
            bits.add(codes[symbol], lengths[symbol]);
        }
        bits.endMarked();
    }
}
