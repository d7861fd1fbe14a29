package io.ottla.codec.compression;

/**
 * Adds bits to bytes, in each byte the lowest first.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class BitSink {
    private ByteSink target;
    private long pending;
    private int count;

    void reset(final ByteSink newTarget) {
        target = newTarget;
        pending = 0;
        count = 0;
    }

    /**
     * Adds bits.
     *
     * @param value the bits; higher ones are ignored.
     * @param bits the number of bits, at most 31.
     */
    void add(final int value, final int bits) {
        pending |= (value & (1L << bits) - 1) << count;
        count += bits;
        if (count >= Integer.SIZE) {
            target.addIntLittleEndian((int) pending);
            pending >>>= Integer.SIZE;
            count -= Integer.SIZE;
        }
    }

    /** Fills the last byte with zeros. */
    void end() {
        for (; count > 0; count -= Byte.SIZE) {
            target.add((int) pending);
            pending >>>= Byte.SIZE;
        }
        count = 0;
    }

    /** Marks the end for a reader that begins there, and fills the last byte. */
    void endMarked() {
        add(1, 1);
        end();
    }
}
