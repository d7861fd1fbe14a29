package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.Timers;
import io.ottla.server.agent.OnDemandAgent;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.LogKeys;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs flushes on two agents. Flushes that producers wait for have their own agent, so that they are not delayed by the
 * flush of a large segment that was rolled or of a log whose time has come. Neither agent has a thread before there is
 * work.
 *
 * @param awaited runs flushes that producers wait for.
 * @param background runs all other flushes, and owns their timers.
 * @param clock the clock.
 * @param lookIntervalMs logs are checked only at multiples of this number of milliseconds; 0 to flush them at once.
 */
public record FlushAgents(OnDemandAgent awaited, OnDemandAgent background, Clock clock, long lookIntervalMs) {
    /** The maximum delay of a timer. */
    static final long NEVER_MS = TimeUnit.DAYS.toMillis(365_000);

    /**
     * Creates agents without threads.
     *
     * @param config the broker's configuration, which has the interval.
     * @param clock the clock.
     * @param hasThreads false if the agents are stepped by hand.
     * @param onFailure receives the exception that an agent threw.
     * @return the agents.
     */
    public static FlushAgents of(
            final BrokerConfig config,
            final Clock clock,
            final boolean hasThreads,
            final Consumer<Throwable> onFailure) {
        final long intervalMs = config.longValue(LogKeys.LOG_FLUSH_SCHEDULER_INTERVAL_MS);
        return new FlushAgents(
                new OnDemandAgent("flush", clock, hasThreads, onFailure),
                new OnDemandAgent("flush-background", clock, hasThreads, onFailure),
                clock,
                intervalMs >= NEVER_MS ? 0 : Math.max(0, intervalMs));
    }

    /**
     * Returns the time for {@link #delayMs}.
     *
     * @return milliseconds since an arbitrary origin.
     */
    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
    }

    /**
     * Returns the time until a log may be flushed.
     *
     * @param dueMs the time when the log is due, as of {@link #nowMs}.
     * @return milliseconds; 0 if it may be flushed now.
     */
    long delayMs(final long dueMs) {
        final long lookMs = lookIntervalMs == 0 ? dueMs : Math.ceilDiv(dueMs, lookIntervalMs) * lookIntervalMs;
        return Math.max(0, lookMs - nowMs());
    }

    /**
     * Runs one duty cycle of each agent, if they are stepped by hand.
     *
     * @return 0 if no work was done.
     */
    public int doWork() {
        return awaited.doWork() + background.doWork();
    }

    /**
     * Begins with the commands that were queued so far.
     *
     * @param keeper see {@link OnDemandAgent#begin}.
     * @param keepersTimers the timers of {@code keeper}.
     */
    public void begin(final AgentProxy keeper, final Timers keepersTimers) {
        awaited.begin(keeper, keepersTimers);
        background.begin(keeper, keepersTimers);
    }

    /**
     * Returns whether the calling thread is that of one of the agents.
     *
     * @return true if {@link #join} would not wait for it.
     */
    public boolean isCurrent() {
        return awaited.isCurrent() || background.isCurrent();
    }

    /** Asks the threads to stop. */
    public void stop() {
        awaited.stop();
        background.stop();
    }

    /** Waits until the threads have stopped. */
    public void join() {
        awaited.join();
        background.join();
    }
}
