package io.ottla.testkit;

import io.ottla.api.AgentProxy;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.Timers;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An agent that a test steps by hand: it runs commands and timers on a manual clock, without a thread.
 *
 * <p><b>Note:</b> {@link #execute} may be called by any thread; everything else only by the test's.
 */
public final class SteppedAgent implements AgentProxy {
    private static final int STEPS_MAX = 1_000_000;

    private final ManualClock clock;
    private final DeadlineTimers timers;
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();

    /**
     * Creates an agent without work.
     *
     * @param clock the clock of its timers.
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
     * Returns the agent's timers.
     *
     * @return always the same object.
     */
    public Timers timers() {
        return timers;
    }

    /**
     * Runs one duty cycle: the commands that were queued before it, and the timers that are due.
     *
     * @return the number of commands and timers that ran.
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
     * Runs duty cycles until no work is left at this moment.
     *
     * @return the number of commands and timers that ran.
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
     * Advances the clock in steps of a few milliseconds, and does all work after each.
     *
     * @param durationMs the duration in milliseconds.
     */
    public void advanceMs(final long durationMs) {
        doAllWork();
        long left = durationMs;
        while (left > 0) {
            // A long duration in few steps, but never so long that two distant timers are in one.
            final long step = Math.min(left, Math.max(1, durationMs >> 8));
            clock.advanceMs(step);
            left -= step;
            doAllWork();
        }
    }
}
