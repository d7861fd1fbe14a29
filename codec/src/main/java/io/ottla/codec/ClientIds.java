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

    private final byte[][] bytes = new byte[SLOTS][];
    private final String[] strings = new String[SLOTS];

    String get(final ByteBuffer frame, final int position, final int length) {
        if (length == 0) {
            return "";
        }
        int hash = length;
        for (int i = position; i < position + length; i++) {
            hash = 31 * hash + frame.get(i);
        }
        final int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
        final byte[] known = bytes[slot];
        if (known != null && isSame(known, frame, position, length)) {
            return strings[slot];
        }
        final byte[] copy = new byte[length];
        frame.get(position, copy);
        bytes[slot] = copy;
        strings[slot] = new String(copy, StandardCharsets.UTF_8);
        return strings[slot];
    }

    private static boolean isSame(final byte[] known, final ByteBuffer frame, final int position, final int length) {
        if (known.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known[i] != frame.get(position + i)) {
                return false;
            }
        }
        return true;
    }
}
