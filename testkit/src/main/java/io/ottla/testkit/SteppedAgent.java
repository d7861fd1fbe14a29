package io.ottla.testkit;

import io.ottla.api.AgentProxy;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.Timers;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An agent that a test steps by hand: commands and timers of a manual clock, and no thread.
 *
 * <p><b>Note:</b> {@link #execute} is for any thread; everything else is for the test's.
 */
public final class SteppedAgent implements AgentProxy {
    private static final int STEPS_MAX = 1_000_000;

    private final ManualClock clock;
    private final DeadlineTimers timers;
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();

    /**
     * An agent with nothing to do.
     *
     * @param clock its timers' time.
     */
    public SteppedAgent(final ManualClock clock) {
        this.clock = clock;
        this.timers = new DeadlineTimers(clock);
    }

    @Override
    public void execute(final Runnable command) {
        commands.add(command);
    }

    /**
     * The agent's timers.
     *
     * @return always the same object.
     */
    public Timers timers() {
        return timers;
    }

    /**
     * One duty cycle: the commands that were queued before it, and the timers that are due.
     *
     * @return how many commands and timers ran.
     */
    public int doWork() {
        int ran = 0;
        for (int left = commands.size(); left > 0; left--) {
            commands.remove().run();
            ran++;
        }
        return ran + timers.poll();
    }

    /**
     * Duty cycles until there is nothing to do at this moment.
     *
     * @return how many commands and timers ran.
     * @throws AssertionError if the work does not end.
     */
    public int doAllWork() {
        int ran = 0;
        for (int step = 0; step < STEPS_MAX; step++) {
            final int last = doWork();
            if (last == 0) {
                return ran;
            }
            ran += last;
        }
        throw new AssertionError("still busy after " + STEPS_MAX + " duty cycles");
    }

    /**
     * Moves the clock in steps of a few milliseconds, with all the work that there is after each.
     *
     * @param durationMs how far, in milliseconds.
     */
    public void advanceMs(final long durationMs) {
        doAllWork();
        long left = durationMs;
        while (left > 0) {
            // A long way in few steps, but never so long that two timers at some distance fall into one.
            final long step = Math.min(left, Math.max(1, durationMs >> 8));
            clock.advanceMs(step);
            left -= step;
            doAllWork();
        }
    }
}
