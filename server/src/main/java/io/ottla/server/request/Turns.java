package io.ottla.server.request;

import io.ottla.api.Clock;
import io.ottla.api.Timers;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Divides an agent's time between requests that decompress much and all others. What a connection's requests decompress within
 * a few milliseconds is done at once up to a bound, as nearly all of them stay below it; past it a request waits for its turn,
 * and in each duty cycle of the agent one of those that wait goes on for some milliseconds.
 *
 * <p>One of them at most is in the middle of a batch, because that takes memory; the others have to begin with theirs again.
 *
 * <p><b>Note:</b> for the agent only.
 */
public final class Turns {
    /** Some milliseconds, in bytes that are decompressed. */
    public static final long TURN_BYTES = 4 << 20;

    /** The same where others wait already. */
    private static final long SHORT_TURN_BYTES = 1 << 20;

    /** How many logs a request opens before others are served. */
    public static final int TURN_OPENS = 16;

    /** After this time a connection may decompress as much again. */
    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Clock clock;
    private final Timers timers;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
    private boolean isScheduled;

    /** The request that is in the middle of a batch. */
    private Object holder;

    Turns(final Clock clock, final Timers timers) {
        this.clock = clock;
        this.timers = timers;
    }

    /**
     * How much a connection's requests may decompress without waiting.
     *
     * @param session the connection's.
     * @return bytes; 0 or less if its next request has to wait.
     */
    public long bytesLeft(final Session session) {
        final long nowNs = clock.nanoTime();
        if (nowNs - session.periodBeganNs() >= PERIOD_NS) {
            session.beginPeriod(nowNs);
        }
        return (waiting.isEmpty() && holder == null ? TURN_BYTES : SHORT_TURN_BYTES) - session.decompressedBytes();
    }

    /**
     * Waits for a turn after all that wait already.
     *
     * @param work is run once.
     */
    public void await(final Runnable work) {
        waiting.addLast(work);
        schedule();
    }

    /**
     * Waits for the next turn, in the middle of a batch.
     *
     * @param work is run once.
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
     * Asks to stay in the middle of a batch over the end of a turn.
     *
     * @param request what asks.
     * @return false if another one is in the middle of one.
     */
    public boolean hold(final Object request) {
        if (holder == null) {
            holder = request;
        }
        return holder == request;
    }

    /**
     * Ends to be in the middle of a batch, if it is.
     *
     * @param request what was.
     */
    public void release(final Object request) {
        if (holder == request) {
            holder = null;
        }
    }
}
