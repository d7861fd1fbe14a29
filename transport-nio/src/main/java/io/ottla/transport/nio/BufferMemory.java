package io.ottla.transport.nio;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Counts the memory of all agents' buffers, and decides which connection may take more:
 *
 * <ul>
 *   <li>Long requests share the limit less the size of one longest request. A connection that gets no more memory is
 *       not read.
 *   <li>One long request at a time may exceed that, up to the longest request, so that one always completes.
 *   <li>Short requests and responses do not wait. They may take the limit, plus half of a longest request, plus an
 *       eighth of the limit. If there is too little, their connection is closed.
 *   <li>Small buffers may take another eighth, so that short requests are answered even with long responses pending.
 * </ul>
 *
 * <p><b>Note:</b> thread-safe.
 */
final class BufferMemory {
    /** The largest size of a small buffer. */
    static final int SMALL_BYTES_MAX = 64 << 10;

    private static final int KEPT_SHARE = 16;

    private final long requestBytesMax;
    private final long sharedBytesMax;
    private final long tightBytes;
    private final long waitingBytesMax;
    private final long largeBytesMax;
    private final long bytesMax;
    private final Runnable onGiven;
    private final Runnable onScarce;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicReference<Object> first = new AtomicReference<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean scarceTold = new AtomicBoolean();
    private volatile int firstBytes;
    private volatile boolean isRefused;

    /**
     * Creates the count, with no memory taken.
     *
     * @param requestBytesMax the limit on the memory of requests.
     * @param frameBytesMax the longest request.
     * @param onGiven called by any thread when memory was returned while a request waits for some.
     * @param onScarce called by any thread when memory becomes scarce.
     */
    BufferMemory(
            final long requestBytesMax, final long frameBytesMax, final Runnable onGiven, final Runnable onScarce) {
        this.requestBytesMax = requestBytesMax;
        this.sharedBytesMax = requestBytesMax - frameBytesMax - Integer.BYTES;
        this.tightBytes = Math.max(sharedBytesMax / 4 * 3, requestBytesMax / 4);
        this.waitingBytesMax = requestBytesMax - frameBytesMax / 2;
        this.largeBytesMax = requestBytesMax + frameBytesMax / 2 + requestBytesMax / 8;
        this.bytesMax = largeBytesMax + requestBytesMax / 8;
        this.onGiven = onGiven;
        this.onScarce = onScarce;
    }

    /** Returns how much unused memory one agent may keep. */
    long keptBytesMax() {
        return requestBytesMax / KEPT_SHARE;
    }

    /** Returns how much memory is taken. */
    long takenBytes() {
        return taken.get();
    }

    /**
     * Takes memory for a request or response that can't wait.
     *
     * @param bytes the size in bytes.
     * @throws OutOfBuffersException if there is too little.
     */
    void take(final int bytes) {
        if (!tryTake(bytes, bytes <= SMALL_BYTES_MAX ? bytesMax : largeBytesMax)) {
            tellScarce();
            throw new OutOfBuffersException(bytes, takenBytes());
        }
        if (taken.get() > requestBytesMax) {
            tellScarce();
        }
    }

    /**
     * Takes memory for a part of a long request.
     *
     * @param bytes the size in bytes.
     * @return false if there is too little.
     */
    boolean takeShared(final int bytes) {
        return !isRefused && tryTake(bytes, sharedBytesMax + firstBytes);
    }

    /**
     * Takes memory for the whole of the one long request that has priority.
     *
     * @param request the request. It has priority until {@link #endFirst}, even if it got nothing yet.
     * @param bytes the size in bytes.
     * @return false if another request has priority, or there is still too little.
     */
    boolean takeFirst(final Object request, final int bytes) {
        if (first.get() != request && !first.compareAndSet(null, request)
                || isRefused
                || !tryTake(bytes, largeBytesMax)) {
            return false;
        }
        firstBytes = bytes;
        return true;
    }

    /** Ends the priority of a request, if it has it. */
    void endFirst(final Object request) {
        if (first.get() == request) {
            firstBytes = 0;
            first.set(null);
            onGiven.run();
        }
    }

    private boolean tryTake(final int bytes, final long bound) {
        long before;
        do {
            before = taken.get();
            if (before + bytes > bound) {
                return false;
            }
        } while (!taken.compareAndSet(before, before + bytes));
        return true;
    }

    /** Returns memory. */
    void give(final int bytes) {
        taken.addAndGet(-bytes);
        if (waiting.get() > 0) {
            onGiven.run();
        }
    }

    /** Returns whether one more request may wait for memory: all others must leave room for the one with priority. */
    boolean mayWait() {
        return taken.get() - firstBytes <= waitingBytesMax;
    }

    /** Counts one more agent whose requests wait for memory. */
    void beginWait() {
        waiting.incrementAndGet();
        tellScarce();
    }

    /** Counts one agent less whose requests wait for memory. */
    void endWait() {
        waiting.decrementAndGet();
    }

    /** Returns whether a request waits for memory, or soon will. */
    boolean isScarce() {
        return waiting.get() > 0 || isRefused || taken.get() > requestBytesMax;
    }

    /**
     * Notes that the virtual machine has no memory for buffers although the limit allows more. Each further attempt at
     * once would take half a second.
     */
    void refused() {
        isRefused = true;
        tellScarce();
    }

    boolean isRefused() {
        return isRefused;
    }

    /** Permits another attempt: the virtual machine may have memory again. */
    void mayTryAgain() {
        if (isRefused) {
            isRefused = false;
            onGiven.run();
        }
    }

    /** Returns whether memory may soon be scarce, so that only little should be read of data that must then be kept. */
    boolean isTight() {
        return taken.get() > tightBytes || isScarce();
    }

    private void tellScarce() {
        if (!scarceTold.get() && scarceTold.compareAndSet(false, true)) {
            onScarce.run();
        }
    }

    /** Notes that an agent found enough memory; {@code onScarce} is called when there is too little again. */
    void wasEnough() {
        scarceTold.set(false);
        if (isScarce()) {
            // Memory became scarce meanwhile.
            tellScarce();
        }
    }
}
