package io.ottla.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Caches recently read client ids, so that not every request of a client allocates a string.
 *
 * <p>Bytes are read eight at a time, the last ones perhaps twice. An id is found by its first and last eight bytes,
 * which is all of it up to 16 bytes; the bytes between them are compared too.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ClientIds {
    /** A power of two. With more clients on one network agent, some strings are allocated again. */
    private static final int SLOTS = 256;

    /** An odd number whose multiples differ in their upper bits, which choose the slot. */
    private static final long MIXER = 0x9E3779B97F4A7C15L;

    private static final int SLOT_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SLOTS);

    private final ClientId[] known = new ClientId[SLOTS];

    String get(final ByteBuffer frame, final int position, final int length) {
        if (length == 0) {
            return "";
        }
        final long first;
        final long last;
        if (length >= Long.BYTES) {
            first = frame.getLong(position);
            last = frame.getLong(position + length - Long.BYTES);
        } else {
            first = bytes(frame, position, length);
            last = 0;
        }
        long hash = first * MIXER ^ last;
        for (int i = Long.BYTES; i < length - Long.BYTES; i += Long.BYTES) {
            hash = Long.rotateLeft(hash, 7) ^ frame.getLong(position + i);
        }
        final int slot = (int) (hash * MIXER >>> SLOT_SHIFT);
        final ClientId id = known[slot];
        if (id != null
                && id.first == first
                && id.last == last
                && id.bytes.capacity() == length
                && id.hasSameMiddle(frame, position)) {
            return id.string;
        }
        final byte[] copy = new byte[length];
        frame.get(position, copy);
        known[slot] = new ClientId(first, last, ByteBuffer.wrap(copy), new String(copy, StandardCharsets.UTF_8));
        return known[slot].string;
    }

    /** Returns fewer than eight bytes as one number. */
    private static long bytes(final ByteBuffer frame, final int position, final int length) {
        long bytes = 0;
        for (int i = position; i < position + length; i++) {
            bytes = bytes << Byte.SIZE | frame.get(i) & 0xff;
        }
        return bytes;
    }

    private record ClientId(long first, long last, ByteBuffer bytes, String string) {
        boolean hasSameMiddle(final ByteBuffer frame, final int position) {
            for (int i = Long.BYTES; i < bytes.capacity() - Long.BYTES; i += Long.BYTES) {
                if (bytes.getLong(i) != frame.getLong(position + i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
