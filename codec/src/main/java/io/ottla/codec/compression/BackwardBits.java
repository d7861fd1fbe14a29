package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Reads bits from the end of bytes to their beginning, the highest first. The highest set bit of the last byte marks
 * where they begin.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class BackwardBits {
    private byte[] input;
    private int start;
    private int left;

    /**
     * Starts to read other bytes.
     *
     * @param bytes the array.
     * @param newStart the index of the first byte, which is read last.
     * @param end the index after the last byte.
     */
    void reset(final byte[] bytes, final int newStart, final int end) {
        if (end <= newStart || bytes[end - 1] == 0) {
            throw new MalformedMessageException("a bit stream in a zstd block has no beginning");
        }
        input = bytes;
        start = newStart;
        left = 8 * (end - newStart - 1) + FseTable.highestBit(bytes[end - 1] & 0xff);
    }

    /** Returns the number of bits left; negative if more were read than there were. */
    int left() {
        return left;
    }

    /**
     * Reads bits.
     *
     * @param count the number of bits, at most 32.
     * @return the bits; those past the end are 0.
     */
    long read(final int count) {
        left -= count;
        return peekBehind(count);
    }

    /** Returns the next bits without moving past them. */
    long peek(final int count) {
        left -= count;
        final long value = peekBehind(count);
        left += count;
        return value;
    }

    void skip(final int count) {
        left -= count;
    }

    /** Returns the bits from the current one up. */
    private long peekBehind(final int count) {
        final long mask = (1L << count) - 1;
        if (left < 0) {
            return left <= -count ? 0 : word(0) << -left & mask;
        }
        return word(left >> 3) >>> (left & 7) & mask;
    }

    private long word(final int offset) {
        final int index = start + offset;
        if (index <= input.length - Long.BYTES) {
            return LittleEndian.getLong(input, index);
        }
        long word = 0;
        for (int i = index; i < input.length; i++) {
            word |= (input[i] & 0xffL) << (8 * (i - index));
        }
        return word;
    }
}
