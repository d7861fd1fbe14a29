package io.ottla.api;

/**
 * The timers of one agent.
 *
 * <p><b>Note:</b> not thread-safe; used by the owning agent only.
 */
public interface Timers {
    /** An id that no timer has. */
    long NONE = Long.MAX_VALUE;

    /**
     * Schedules a task for the first duty cycle after a delay.
     *
     * @param delayMs milliseconds from now; 0 or less means the next duty cycle.
     * @param task the task to run on the agent.
     * @return the timer's id, for {@link #cancel(long)}; never {@link #NONE}.
     */
    long schedule(long delayMs, Runnable task);

    /**
     * Cancels a timer.
     *
     * @param timerId as {@link #schedule(long, Runnable)} returned it.
     * @return true if it was pending; false if it ran, was cancelled before, or never existed.
     */
    boolean cancel(long timerId);
}
