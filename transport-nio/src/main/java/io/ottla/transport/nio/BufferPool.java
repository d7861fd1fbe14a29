package io.ottla.transport.nio;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Lends one agent's direct buffers to unsent responses and incomplete requests. Sizes are powers of two; returned
 * buffers are kept up to a limit. Large ones that are not kept are freed at once: memory that waits for the garbage
 * collector counts as used, and the virtual machine stops the world to reclaim it.
 *
 * <p><b>Note:</b> used by its agent only.
 */
final class BufferPool {
    private static final int SMALLEST_SHIFT = 8;
    private static final int LARGEST_SHIFT = 22;

    /** The most memory that each agent keeps after a burst. */
    static final long KEPT_BYTES_MAX = 16L << 20;

    private final BufferMemory memory;
    private final long keptBytesMax;
    private final ByteBuffer[][] free = new ByteBuffer[LARGEST_SHIFT - SMALLEST_SHIFT + 1][4];
    private final int[] freeCount = new int[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
    private final Map<ByteBuffer, Arena> arenas = new IdentityHashMap<>();
    private long keptBytes;
    private int lent;

    /**
     * Creates a pool without buffers.
     *
     * @param memory the count of the memory of all agents' buffers.
     */
    BufferPool(final BufferMemory memory) {
        this.memory = memory;
        this.keptBytesMax = Math.min(KEPT_BYTES_MAX, memory.keptBytesMax());
    }

    /**
     * Lends a buffer.
     *
     * @param bytesMin the smallest number of bytes that it must hold.
     * @return a cleared big-endian buffer, which is direct unless the virtual machine has no memory outside of its
     *     heap. A buffer of more than 4 MB has exactly the requested size.
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
     * @param bytesMin the smallest number of bytes that it must hold.
     * @return as from {@link #acquire}, or null if there is too little memory now.
     */
    ByteBuffer tryAcquire(final int bytesMin) {
        final ByteBuffer kept = takeKept(bytesMin);
        return kept == null && memory.takeShared(capacity(bytesMin)) ? allocate(capacity(bytesMin)) : kept;
    }

    /**
     * Lends a buffer for the whole of a long request, if it is the first of those waiting.
     *
     * @param request the request.
     * @param bytes the number of bytes that it must hold.
     * @return as from {@link #acquire}, or null if there is too little memory now.
     */
    ByteBuffer tryAcquireFirst(final Object request, final int bytes) {
        return memory.takeFirst(request, capacity(bytes)) ? allocate(capacity(bytes)) : null;
    }

    /** Ends the priority of a request, if it is the first of those waiting. */
    void endFirst(final Object request) {
        memory.endFirst(request);
    }

    /** Returns whether a request waits for memory, or soon will. */
    boolean isScarce() {
        return memory.isScarce();
    }

    /** Returns whether memory may soon be scarce. */
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

    /** Allocates a buffer whose memory was taken. Returns null, and returns the memory, if there is none. */
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
     * Returns a buffer to the pool.
     *
     * @param buffer a buffer of this pool that is no longer used.
     */
    void release(final ByteBuffer buffer) {
        lent--;
        final int bytes = buffer.capacity();
        final int sizeClass = sizeClass(bytes);
        if (sizeClass >= free.length || keptBytes + bytes > keptBytesMax || !buffer.isDirect() || memory.isScarce()) {
            drop(buffer);
            return;
        }
        // A handler may have changed these.
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

    /** Frees all kept buffers. */
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

    /** Returns the number of lent buffers. */
    int lent() {
        return lent;
    }

    /** Returns the size of a buffer for a number of bytes. */
    private int capacity(final int bytes) {
        final int sizeClass = sizeClass(bytes);
        return sizeClass < free.length ? 1 << (sizeClass + SMALLEST_SHIFT) : bytes;
    }

    private static int sizeClass(final int bytes) {
        return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1) - SMALLEST_SHIFT);
    }
}
