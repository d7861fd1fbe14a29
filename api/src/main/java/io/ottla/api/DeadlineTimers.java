package io.ottla.api;

import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2LongHashMap;
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

    /*
     * The wheel's own ids are positions in it, which are reused: an old id could cancel a later timer. So an id here is
     * a serial number above the position:
     *
     *   63      62       30 29        21 20             0
     *   +---+--------------+------------+----------------+
     *   | 0 |    serial    |    tick    | index in tick  |
     *   +---+--------------+------------+----------------+
     */
    private static final int INDEX_BITS = 21;
    private static final int PLACE_BITS = 30;
    private static final long SERIAL_MASK = (1L << (Long.SIZE - 1 - PLACE_BITS)) - 1;

    private final Clock clock;
    private final DeadlineTimerWheel wheel;
    private final Long2ObjectHashMap<Runnable> tasksByPlace = new Long2ObjectHashMap<>();
    private final Long2LongHashMap serialsByPlace = new Long2LongHashMap(-1);
    private final DeadlineTimerWheel.TimerHandler expire = (unit, nowNs, wheelTimerId) -> run(place(wheelTimerId));
    private final DeadlineTimerWheel.TimerConsumer minimum = (deadlineNs, wheelTimerId) -> dueBy(deadlineNs);

    /** The earliest deadline: exact after all timers have been checked, a lower bound after a cancellation. */
    private long earliestNs = Long.MAX_VALUE;

    private long nextSerial;
    private long serialBeforePoll;

    /**
     * Creates an empty wheel.
     *
     * @param clock the clock whose {@link Clock#nanoTime()} is the wheel's time.
     */
    public DeadlineTimers(final Clock clock) {
        this.clock = clock;
        this.wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, clock.nanoTime(), TICK_NS, TICKS);
    }

    @Override
    public long schedule(final long delayMs, final Runnable task) {
        final long nowNs = clock.nanoTime();
        if (wheel.timerCount() == 0) {
            // An empty wheel is not polled and stops. Moving it to now saves the next poll from walking through the
            // missed ticks.
            wheel.currentTickTime(nowNs);
            earliestNs = Long.MAX_VALUE;
        }
        // Bounded, so that a delay that means "never" doesn't overflow.
        final long delayNs = Math.min(TimeUnit.MILLISECONDS.toNanos(Math.max(0, delayMs)), Long.MAX_VALUE >> 2);
        final long deadlineNs = nowNs + delayNs;
        final long place = place(wheel.scheduleTimer(deadlineNs));
        final long serial = nextSerial++;
        tasksByPlace.put(place, task);
        serialsByPlace.put(place, serial);
        dueBy(deadlineNs);
        return ((serial & SERIAL_MASK) << PLACE_BITS) | place;
    }

    @Override
    public boolean cancel(final long timerId) {
        final long place = timerId & ((1L << PLACE_BITS) - 1);
        final long serial = serialsByPlace.get(place);
        if (timerId == NONE || serial < 0 || (serial & SERIAL_MASK) != timerId >> PLACE_BITS) {
            return false;
        }
        serialsByPlace.remove(place);
        tasksByPlace.remove(place);
        return wheel.cancelTimer(((place >> INDEX_BITS) << Integer.SIZE) | (place & ((1L << INDEX_BITS) - 1)));
    }

    /**
     * Runs the tasks that are due, a few hundred at most, so that one duty cycle stays short. Tasks that these tasks
     * schedule run in a later call, even if they are due at once. An exception from a task is rethrown; that task
     * counts as run, and the others that are due run in the next call.
     *
     * @return the number of tasks that ran.
     */
    public int poll() {
        final long nowNs = clock.nanoTime();
        if (wheel.timerCount() == 0 || nowNs < earliestNs) {
            return 0;
        }
        // Ticks before the earliest deadline are empty. After a long sleep there are many of them.
        wheel.currentTickTime(earliestNs);
        serialBeforePoll = nextSerial;
        int expired = 0;
        try {
            while (wheel.timerCount() > 0 && expired < EXPIRIES_PER_POLL_MAX) {
                final long tickBefore = wheel.currentTickTime();
                final int last = wheel.poll(nowNs, expire, EXPIRIES_PER_POLL_MAX - expired);
                expired += last;
                if (last == 0 && wheel.currentTickTime() == tickBefore) {
                    break;
                }
            }
        } finally {
            earliestNs = Long.MAX_VALUE;
            wheel.forEach(minimum);
        }
        return expired;
    }

    /**
     * Returns how long an agent may sleep if it has no other work.
     *
     * @return milliseconds until the next task may be due, rounded up; 0 if one may be due now; {@link Long#MAX_VALUE}
     *     if there is none.
     */
    public long sleepMs() {
        if (wheel.timerCount() == 0) {
            return Long.MAX_VALUE;
        }
        final long remainingNs = earliestNs - clock.nanoTime();
        return remainingNs <= 0 ? 0 : 1 + TimeUnit.NANOSECONDS.toMillis(remainingNs - 1);
    }

    private void dueBy(final long deadlineNs) {
        earliestNs = Math.min(earliestNs, deadlineNs);
    }

    private static long place(final long wheelTimerId) {
        return ((wheelTimerId >> Integer.SIZE) << INDEX_BITS) | (int) wheelTimerId;
    }

    /**
     * Runs a timer's task. For a timer that this poll's tasks scheduled it returns false, which keeps the timer and
     * ends the poll.
     */
    private boolean run(final long place) {
        if (serialsByPlace.get(place) >= serialBeforePoll) {
            return false;
        }
        serialsByPlace.remove(place);
        tasksByPlace.remove(place).run();
        return true;
    }
}
