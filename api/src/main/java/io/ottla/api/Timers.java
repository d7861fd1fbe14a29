package io.ottla.api;

/**
 * Deadlines of one agent.
 *
 * <p><b>Note:</b> not thread-safe; for the agent that owns it only.
 */
public interface Timers {
    /** An id that no timer ever has. */
    long NONE = Long.MAX_VALUE;

    /**
     * Schedules a task for the first duty cycle after a delay.
     *
     * @param delayMs milliseconds from now; 0 or less means the next duty cycle.
     * @param task what to run on the agent.
     * @return the timer's id, for {@link #cancel(long)}; never {@link #NONE}.
     */
    long schedule(long delayMs, Runnable task);

    /**
     * Forgets a timer.
     *
     * @param timerId as {@link #schedule(long, Runnable)} returned it.
     * @return true if it was still to come, false if it ran, was cancelled before, or never was.
     */
    boolean cancel(long timerId);
}
