package io.ottla.api;

import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Timers on a wheel with ticks of about a millisecond. Each agent owns one and polls it in its duty cycle.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class DeadlineTimers implements Timers {
    private static final int TICK_NS = 1 << 20;
    private static final int TICKS = 512;
    private static final int EXPIRIES_PER_POLL_MAX = 256;

    private final Clock clock;
    private final DeadlineTimerWheel wheel;
    private final Long2ObjectHashMap<Runnable> tasks = new Long2ObjectHashMap<>();
    private final DeadlineTimerWheel.TimerHandler expire = (unit, nowNs, timerId) -> run(timerId);

    /** No timer is due before this; exact after a look at all of them, a lower bound after a cancellation. */
    private long earliestNs = Long.MAX_VALUE;

    /**
     * An empty wheel.
     *
     * @param clock its {@link Clock#nanoTime()} is the wheel's time.
     */
    public DeadlineTimers(final Clock clock) {
        this.clock = clock;
        this.wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, clock.nanoTime(), TICK_NS, TICKS);
    }

    @Override
    public long schedule(final long delayMs, final Runnable task) {
        final long nowNs = clock.nanoTime();
        if (wheel.timerCount() == 0) {
            // An empty wheel is not polled and stands still; this saves the next poll the way through the missed ticks.
            wheel.currentTickTime(nowNs);
            earliestNs = Long.MAX_VALUE;
        }
        // Bounded, so that "never" as a delay doesn't wrap around.
        final long delayNs = Math.min(TimeUnit.MILLISECONDS.toNanos(Math.max(0, delayMs)), Long.MAX_VALUE >> 2);
        final long deadlineNs = nowNs + delayNs;
        final long timerId = wheel.scheduleTimer(deadlineNs);
        tasks.put(timerId, task);
        earliestNs = Math.min(earliestNs, deadlineNs);
        return timerId;
    }

    @Override
    public boolean cancel(final long timerId) {
        return timerId != NONE && wheel.cancelTimer(timerId) && tasks.remove(timerId) != null;
    }

    /**
     * Runs what is due, up to a few hundred tasks, so that one duty cycle stays short.
     *
     * @return how many tasks ran.
     */
    public int poll() {
        final long nowNs = clock.nanoTime();
        if (wheel.timerCount() == 0 || nowNs < earliestNs) {
            return 0;
        }
        int expired = 0;
        // A tick that is still to end is not polled by the wheel: its timers run up to one tick late, never early.
        while (wheel.timerCount() > 0 && expired < EXPIRIES_PER_POLL_MAX) {
            final long tickBefore = wheel.currentTickTime();
            final int last = wheel.poll(nowNs, expire, EXPIRIES_PER_POLL_MAX - expired);
            expired += last;
            if (last == 0 && wheel.currentTickTime() == tickBefore) {
                break;
            }
        }
        findEarliest();
        return expired;
    }

    /**
     * How long an agent with nothing else to do may sleep.
     *
     * @return milliseconds until the next task may be due, at least 1; {@link Long#MAX_VALUE} if there is none.
     */
    public long sleepMs() {
        if (wheel.timerCount() == 0) {
            return Long.MAX_VALUE;
        }
        return 1 + TimeUnit.NANOSECONDS.toMillis(Math.max(0, earliestNs - clock.nanoTime()));
    }

    private void findEarliest() {
        earliestNs = Long.MAX_VALUE;
        wheel.forEach((deadlineNs, timerId) -> earliestNs = Math.min(earliestNs, deadlineNs));
    }

    private boolean run(final long timerId) {
        final Runnable task = tasks.remove(timerId);
        if (task != null) {
            task.run();
        }
        return true;
    }
}
