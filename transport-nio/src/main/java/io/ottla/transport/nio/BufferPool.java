package io.ottla.transport.nio;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * One agent's direct buffers, lent for as long as a response waits to leave or a request waits to be whole. Sizes are powers
 * of two; what comes back is kept up to a bound. What is not kept is freed at once if it is large: memory that waits for the garbage
 * collector counts as used, and the virtual machine stops the world to get at it.
 *
 * <p><b>Note:</b> for its agent only.
 */
final class BufferPool {
    private static final int SMALLEST_SHIFT = 8;
    private static final int LARGEST_SHIFT = 22;

    /** A burst leaves no more than this behind for each agent. */
    static final long KEPT_BYTES_MAX = 16L << 20;

    private final BufferMemory memory;
    private final long keptBytesMax;
    private final ByteBuffer[][] free = new ByteBuffer[LARGEST_SHIFT - SMALLEST_SHIFT + 1][4];
    private final int[] freeCount = new int[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
    private final Map<ByteBuffer, Arena> arenas = new IdentityHashMap<>();
    private long keptBytes;
    private int lent;

    /**
     * No buffers yet.
     *
     * @param memory what the buffers of all agents may take.
     */
    BufferPool(final BufferMemory memory) {
        this.memory = memory;
        this.keptBytesMax = Math.min(KEPT_BYTES_MAX, memory.keptBytesMax());
    }

    /**
     * Lends a buffer.
     *
     * @param bytesMin how many bytes it must hold at least.
     * @return a cleared big-endian buffer, which is direct unless the virtual machine has no memory outside of its heap. One of more
     *     than 4 MB is exactly as large as asked for.
     * @throws OutOfBuffersException if there is too little memory.
     */
    ByteBuffer acquire(final int bytesMin) {
        final ByteBuffer kept = takeKept(bytesMin);
        if (kept != null) {
            return kept;
        }
        final int bytes = capacity(bytesMin);
        memory.take(bytes);
        final ByteBuffer buffer = allocate(bytes);
        if (buffer == null) {
            throw new OutOfBuffersException(bytes, memory.takenBytes());
        }
        return buffer;
    }

    /**
     * Lends a buffer for a part of a long request.
     *
     * @param bytesMin how many bytes it must hold at least.
     * @return as from {@link #acquire}, or null if there is too little memory now.
     */
    ByteBuffer tryAcquire(final int bytesMin) {
        final ByteBuffer kept = takeKept(bytesMin);
        return kept == null && memory.takeShared(capacity(bytesMin)) ? allocate(capacity(bytesMin)) : kept;
    }

    /**
     * Lends a buffer for the whole of a long request, if it is the first of those that wait.
     *
     * @param request whose buffer it is.
     * @param bytes how many bytes it must hold.
     * @return as from {@link #acquire}, or null if there is too little memory now.
     */
    ByteBuffer tryAcquireFirst(final Object request, final int bytes) {
        return memory.takeFirst(request, capacity(bytes)) ? allocate(capacity(bytes)) : null;
    }

    /** Lets another request be the first of those that wait, if this one is. */
    void endFirst(final Object request) {
        memory.endFirst(request);
    }

    /** Whether somebody waits for memory, or soon will. */
    boolean isScarce() {
        return memory.isScarce();
    }

    /** Whether memory may soon be scarce. */
    boolean isTight() {
        return memory.isTight();
    }

    private ByteBuffer takeKept(final int bytesMin) {
        final int sizeClass = sizeClass(bytesMin);
        if (sizeClass >= free.length || freeCount[sizeClass] == 0) {
            return null;
        }
        final int last = --freeCount[sizeClass];
        final ByteBuffer buffer = free[sizeClass][last];
        free[sizeClass][last] = null;
        keptBytes -= buffer.capacity();
        lent++;
        return buffer;
    }

    /** A buffer whose memory was taken; null, and the memory is given back, if it is not to be had. */
    private ByteBuffer allocate(final int bytes) {
        ByteBuffer buffer = null;
        try {
            if (!memory.isRefused()) {
                buffer =
                        bytes <= BufferMemory.SMALL_BYTES_MAX ? ByteBuffer.allocateDirect(bytes) : allocateLarge(bytes);
            }
        } catch (final OutOfMemoryError e) {
            memory.refused();
        }
        try {
            if (buffer == null && bytes <= BufferMemory.SMALL_BYTES_MAX) {
                buffer = ByteBuffer.allocate(bytes);
            }
        } finally {
            if (buffer == null) {
                memory.give(bytes);
            } else {
                lent++;
            }
        }
        return buffer;
    }

    private ByteBuffer allocateLarge(final int bytes) {
        final Arena arena = Arena.ofShared();
        try {
            final ByteBuffer buffer = arena.allocate(bytes).asByteBuffer();
            arenas.put(buffer, arena);
            return buffer;
        } catch (final OutOfMemoryError e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Takes a buffer back.
     *
     * @param buffer one that was lent and that nobody uses any more.
     */
    void release(final ByteBuffer buffer) {
        lent--;
        final int bytes = buffer.capacity();
        final int sizeClass = sizeClass(bytes);
        if (sizeClass >= free.length || keptBytes + bytes > keptBytesMax || !buffer.isDirect() || memory.isScarce()) {
            drop(buffer);
            return;
        }
        // A handler may have left anything in these.
        buffer.clear().order(ByteOrder.BIG_ENDIAN);
        if (freeCount[sizeClass] == free[sizeClass].length) {
            free[sizeClass] = Arrays.copyOf(free[sizeClass], freeCount[sizeClass] * 2);
        }
        free[sizeClass][freeCount[sizeClass]++] = buffer;
        keptBytes += bytes;
    }

    private void drop(final ByteBuffer buffer) {
        if (buffer.capacity() > BufferMemory.SMALL_BYTES_MAX) {
            arenas.remove(buffer).close();
        }
        memory.give(buffer.capacity());
    }

    /** Frees all buffers that are kept. */
    void freeKept() {
        for (int i = 0; i < free.length; i++) {
            while (freeCount[i] > 0) {
                final ByteBuffer buffer = free[i][--freeCount[i]];
                free[i][freeCount[i]] = null;
                keptBytes -= buffer.capacity();
                drop(buffer);
            }
        }
    }

    /** How many buffers are lent now. */
    int lent() {
        return lent;
    }

    /** How large a buffer is that holds some bytes. */
    private int capacity(final int bytes) {
        final int sizeClass = sizeClass(bytes);
        return sizeClass < free.length ? 1 << (sizeClass + SMALLEST_SHIFT) : bytes;
    }

    private static int sizeClass(final int bytes) {
        return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1) - SMALLEST_SHIFT);
    }
}
