package io.ottla.transport.nio;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Counts the memory that the buffers of all agents take, and says who may have more of it:
 *
 * <ul>
 *   <li>Long requests share what the bound leaves beside one longest request. A connection that gets no more is not read.
 *   <li>One of them after the other may go beyond that, up to the longest request, so that one always comes to its end.
 *   <li>Short requests and responses do not wait, and may take the bound and half of a longest request and an eighth of the bound. What
 *       they don't get closes their connection.
 *   <li>Small buffers may take another eighth, so that short requests are answered beside long responses.
 * </ul>
 *
 * <p><b>Note:</b> thread-safe.
 */
final class BufferMemory {
    /** A buffer of so many bytes is a small one. */
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
     * All of the memory, which nobody has taken.
     *
     * @param requestBytesMax the bound on the memory of requests.
     * @param frameBytesMax the longest request.
     * @param onGiven called by any thread when some was given back that somebody waits for.
     * @param onScarce called by any thread when memory gets scarce.
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

    /** How much one agent may keep when nothing uses it. */
    long keptBytesMax() {
        return requestBytesMax / KEPT_SHARE;
    }

    /** How much is taken. */
    long takenBytes() {
        return taken.get();
    }

    /**
     * Takes memory for what can't wait.
     *
     * @param bytes how much.
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
     * @param bytes how much.
     * @return false if there is too little.
     */
    boolean takeShared(final int bytes) {
        return !isRefused && tryTake(bytes, sharedBytesMax + firstBytes);
    }

    /**
     * Takes memory for the whole of the one long request that goes before all others.
     *
     * @param request whose the memory is. It is the first until {@link #endFirst}, also if it got nothing yet.
     * @param bytes how much.
     * @return false if another one is the first, or there is too little yet.
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

    /** Lets another request be the first, if this one is. */
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

    /** Gives memory back. */
    void give(final int bytes) {
        taken.addAndGet(-bytes);
        if (waiting.get() > 0) {
            onGiven.run();
        }
    }

    /** Whether one request more may wait for memory: all others must leave room for the first. */
    boolean mayWait() {
        return taken.get() - firstBytes <= waitingBytesMax;
    }

    /** Requests of one agent more wait for memory. */
    void waits() {
        waiting.incrementAndGet();
        tellScarce();
    }

    /** Requests of one agent less wait for memory. */
    void waitsNoMore() {
        waiting.decrementAndGet();
    }

    /** Whether somebody waits for memory, or soon will. */
    boolean isScarce() {
        return waiting.get() > 0 || isRefused || taken.get() > requestBytesMax;
    }

    /** The virtual machine has no memory for buffers though the bound allows some. To ask it again at once costs half a second each time. */
    void refused() {
        isRefused = true;
        tellScarce();
    }

    boolean isRefused() {
        return isRefused;
    }

    /** The virtual machine may have memory again. */
    void mayTryAgain() {
        if (isRefused) {
            isRefused = false;
            onGiven.run();
        }
    }

    /** Whether memory may soon be scarce, so that only little should be read of what then has to be kept. */
    boolean isTight() {
        return taken.get() > tightBytes || isScarce();
    }

    private void tellScarce() {
        if (!scarceTold.get() && scarceTold.compareAndSet(false, true)) {
            onScarce.run();
        }
    }

    /** There was enough memory when an agent looked; {@code onScarce} is called when there is too little once more. */
    void wasEnough() {
        scarceTold.set(false);
        if (isScarce()) {
            // It became so meanwhile.
            tellScarce();
        }
    }
}
