package io.ottla.server.request;

import io.ottla.api.Clock;
import io.ottla.api.Timers;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Divides an agent's time between requests that decompress many bytes and all others. A connection may decompress some
 * bytes within a few milliseconds without waiting, which suffices for nearly all requests. Past that limit a request
 * waits for its turn. In each duty cycle of the agent, one request that waits continues for some milliseconds.
 *
 * <p>At most one of them may pause in the middle of a batch, because that takes memory. The others begin their batch
 * again.
 *
 * <p><b>Note:</b> for the agent only.
 */
public final class Turns {
    /** The number of bytes that are decompressed in a turn, which takes some milliseconds. */
    public static final long TURN_BYTES = 4 << 20;

    /** The number of bytes of a turn while other requests wait. */
    private static final long SHORT_TURN_BYTES = 1 << 20;

    /** The number of logs that a request opens before others are served. */
    public static final int TURN_OPENS = 16;

    /** The period after which a connection may decompress as many bytes again. */
    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Clock clock;
    private final Timers timers;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
    private boolean isScheduled;

    /** The request that has paused in the middle of a batch. */
    private Object holder;

    Turns(final Clock clock, final Timers timers) {
        this.clock = clock;
        this.timers = timers;
    }

    /**
     * Returns how many bytes a connection's requests may decompress without waiting.
     *
     * @param session the session of the connection.
     * @return bytes; 0 or less if the next request has to wait.
     */
    public long bytesLeft(final Session session) {
        final long nowNs = clock.nanoTime();
        if (nowNs - session.periodBeganNs() >= PERIOD_NS) {
            session.beginPeriod(nowNs);
        }
        return (waiting.isEmpty() && holder == null ? TURN_BYTES : SHORT_TURN_BYTES) - session.decompressedBytes();
    }

    /**
     * Waits for a turn, after all that wait already.
     *
     * @param work runs once.
     */
    public void await(final Runnable work) {
        waiting.addLast(work);
        schedule();
    }

    /**
     * Waits for the next turn, in the middle of a batch.
     *
     * @param work runs once.
     */
    public void awaitNext(final Runnable work) {
        waiting.addFirst(work);
        schedule();
    }

    private void schedule() {
        if (!isScheduled) {
            isScheduled = true;
            timers.schedule(0, this::next);
        }
    }

    private void next() {
        isScheduled = false;
        final Runnable work = waiting.poll();
        if (work != null) {
            if (!waiting.isEmpty()) {
                schedule();
            }
            work.run();
        }
    }

    /**
     * Reserves the right to pause in the middle of a batch at the end of a turn.
     *
     * @param request the request.
     * @return false if another request has it.
     */
    public boolean hold(final Object request) {
        if (holder == null) {
            holder = request;
        }
        return holder == request;
    }

    /**
     * Releases the right to pause in the middle of a batch, if the request has it.
     *
     * @param request the request.
     */
    public void release(final Object request) {
        if (holder == request) {
            holder = null;
        }
    }
}
