package io.ottla.codec.compression;

/**
 * The common part of the two xxHash checksums, which mix whole stripes of bytes that arrive in pieces.
 *
 * <p><b>Note:</b> not thread-safe.
 */
abstract class XxHash {
    /** The bytes after the last whole stripe. */
    protected final byte[] rest;

    protected int restBytes;
    protected long total;

    XxHash(final int stripeBytes) {
        rest = new byte[stripeBytes];
    }

    void reset() {
        restBytes = 0;
        total = 0;
    }

    final void update(final byte[] bytes, final int offset, final int length) {
        total += length;
        int position = offset;
        final int end = offset + length;
        if (restBytes > 0) {
            final int count = Math.min(rest.length - restBytes, length);
            System.arraycopy(bytes, position, rest, restBytes, count);
            restBytes += count;
            position += count;
            if (restBytes < rest.length) {
                return;
            }
            mix(rest, 0);
            restBytes = 0;
        }
        for (; position <= end - rest.length; position += rest.length) {
            mix(bytes, position);
        }
        restBytes = end - position;
        System.arraycopy(bytes, position, rest, 0, restBytes);
    }

    /**
     * Mixes in a stripe.
     *
     * @param bytes the array with the stripe.
     * @param position the index where it begins.
     */
    protected abstract void mix(byte[] bytes, int position);
}
