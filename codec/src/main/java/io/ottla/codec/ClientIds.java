package io.ottla.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The client ids that were read recently, so that a client's thousandth request makes no thousandth string.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ClientIds {
    /** A power of two. More clients than that on one network agent are served as well, with some strings made anew. */
    private static final int SLOTS = 256;

    /** An odd number whose multiples differ in their upper bits, which choose the slot. */
    private static final long MIXER = 0x9E3779B97F4A7C15L;

    private static final int SLOT_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SLOTS);

    private final ByteBuffer[] known = new ByteBuffer[SLOTS];
    private final String[] strings = new String[SLOTS];

    String get(final ByteBuffer frame, final int position, final int length) {
        if (length == 0) {
            return "";
        }
        final int slot = (int) (hash(frame, position, length) >>> SLOT_SHIFT);
        if (known[slot] != null && isSame(known[slot], frame, position, length)) {
            return strings[slot];
        }
        final byte[] copy = new byte[length];
        frame.get(position, copy);
        known[slot] = ByteBuffer.wrap(copy).order(frame.order());
        strings[slot] = new String(copy, StandardCharsets.UTF_8);
        return strings[slot];
    }

    // Eight bytes at a time, the last of them perhaps for the second time: byte by byte, this was half of what it takes
    // to read
    // a header.

    private static long hash(final ByteBuffer frame, final int position, final int length) {
        long hash = length;
        if (length < Long.BYTES) {
            for (int i = position; i < position + length; i++) {
                hash = (hash ^ frame.get(i)) * MIXER;
            }
            return hash;
        }
        final int last = position + length - Long.BYTES;
        for (int i = position; i < last; i += Long.BYTES) {
            hash = mix(hash, frame.getLong(i));
        }
        return mix(hash, frame.getLong(last)) * MIXER;
    }

    private static long mix(final long hash, final long bytes) {
        final long mixed = (hash ^ bytes) * MIXER;
        return mixed ^ (mixed >>> 32);
    }

    private static boolean isSame(
            final ByteBuffer known, final ByteBuffer frame, final int position, final int length) {
        if (known.capacity() != length) {
            return false;
        }
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                if (known.get(i) != frame.get(position + i)) {
                    return false;
                }
            }
            return true;
        }
        final int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            if (known.getLong(i) != frame.getLong(position + i)) {
                return false;
            }
        }
        return known.getLong(last) == frame.getLong(position + last);
    }
}
