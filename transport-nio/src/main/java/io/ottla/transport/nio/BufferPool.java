package io.ottla.transport.nio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One agent's direct buffers, lent for as long as a response waits to leave or a request waits to be whole. Sizes are powers
 * of two; what comes back is kept up to a bound, and the garbage collector gets the rest.
 *
 * <p><b>Note:</b> for its agent only.
 */
final class BufferPool {
    private static final int SMALLEST_SHIFT = 8;
    private static final int LARGEST_SHIFT = 22;

    /** A burst leaves no more than this behind for each agent. */
    static final long RETAINED_BYTES_MAX = 16L << 20;

    private final ByteBuffer[][] free = new ByteBuffer[LARGEST_SHIFT - SMALLEST_SHIFT + 1][4];
    private final int[] freeCount = new int[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
    private long retainedBytes;
    private int lent;

    /**
     * Lends a buffer.
     *
     * @param bytesMin how many bytes it must hold at least.
     * @return a cleared big-endian direct buffer. One of more than 4 MB is exactly as large as asked for.
     */
    ByteBuffer acquire(final int bytesMin) {
        final int sizeClass = sizeClass(bytesMin);
        final ByteBuffer buffer;
        if (sizeClass < free.length && freeCount[sizeClass] > 0) {
            final int last = --freeCount[sizeClass];
            buffer = free[sizeClass][last];
            free[sizeClass][last] = null;
            retainedBytes -= buffer.capacity();
        } else {
            buffer = ByteBuffer.allocateDirect(sizeClass < free.length ? 1 << (sizeClass + SMALLEST_SHIFT) : bytesMin);
        }
        lent++;
        return buffer;
    }

    /**
     * Takes a buffer back.
     *
     * @param buffer one that {@link #acquire(int)} lent and that nobody uses any more.
     */
    void release(final ByteBuffer buffer) {
        lent--;
        final int bytes = buffer.capacity();
        final int sizeClass = sizeClass(bytes);
        if (sizeClass >= free.length || retainedBytes + bytes > RETAINED_BYTES_MAX) {
            return;
        }
        // A handler may have left anything in these.
        buffer.clear().order(ByteOrder.BIG_ENDIAN);
        if (freeCount[sizeClass] == free[sizeClass].length) {
            free[sizeClass] = Arrays.copyOf(free[sizeClass], freeCount[sizeClass] * 2);
        }
        free[sizeClass][freeCount[sizeClass]++] = buffer;
        retainedBytes += bytes;
    }

    /** How many buffers are lent now. */
    int lent() {
        return lent;
    }

    private static int sizeClass(final int bytes) {
        return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1) - SMALLEST_SHIFT);
    }
}
