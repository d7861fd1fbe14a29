package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Reads bits from the beginning of bytes, in each byte the lowest first.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ForwardBits {
    private final byte[] input;
    private final int start;
    private final int end;
    private int bitPosition;

    ForwardBits(final byte[] input, final int start, final int end) {
        this.input = input;
        this.start = start;
        this.end = end;
    }

    /** Returns the next bits, with zeros past the end. */
    int peek(final int count) {
        int value = 0;
        for (int i = 0; i < 3; i++) {
            final int index = start + (bitPosition >> 3) + i;
            if (index < end) {
                value |= (input[index] & 0xff) << (8 * i);
            }
        }
        return value >> (bitPosition & 7) & (1 << count) - 1;
    }

    void skip(final int count) {
        bitPosition += count;
        if (end() > end) {
            throw new MalformedMessageException("a table in a zstd block ends early");
        }
    }

    int read(final int count) {
        final int value = peek(count);
        skip(count);
        return value;
    }

    /** Returns the index after the last byte of which a bit was read. */
    int end() {
        return start + (bitPosition + 7 >> 3);
    }
}
