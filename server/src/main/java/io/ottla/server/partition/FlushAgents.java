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
 * Who flushes logs. Flushes that producers wait for have an agent of their own, so that none of them stands behind a large segment
 * that was ended or a log whose time has come. Neither has a thread before it has something to do.
 *
 * @param awaited flushes what somebody waits for.
 * @param background flushes what nobody waits for, and owns the timers of that.
 * @param clock the time.
 * @param lookIntervalMs logs whose time has come are looked for only at multiples of this many milliseconds; 0 if at once.
 */
public record FlushAgents(OnDemandAgent awaited, OnDemandAgent background, Clock clock, long lookIntervalMs) {
    /** No timer is set for longer than this. */
    static final long NEVER_MS = TimeUnit.DAYS.toMillis(365_000);

    /**
     * Agents without threads.
     *
     * @param config has the interval.
     * @param clock the time.
     * @param hasThreads false if they are stepped by hand.
     * @param onFailure is told what an agent threw.
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
     * The time, for {@link #delayMs}.
     *
     * @return milliseconds since an arbitrary origin.
     */
    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
    }

    /**
     * How long to wait until a log may be flushed.
     *
     * @param dueMs when its time comes, by {@link #nowMs}.
     * @return milliseconds; 0 if now.
     */
    long delayMs(final long dueMs) {
        final long lookMs = lookIntervalMs == 0 ? dueMs : Math.ceilDiv(dueMs, lookIntervalMs) * lookIntervalMs;
        return Math.max(0, lookMs - nowMs());
    }

    /**
     * One duty cycle of each, if they are stepped by hand.
     *
     * @return 0 if there was nothing to do.
     */
    public int doWork() {
        return awaited.doWork() + background.doWork();
    }

    /**
     * Begins with what was queued until now.
     *
     * @param keeper as of {@link OnDemandAgent#begin}.
     * @param keepersTimers its timers.
     */
    public void begin(final AgentProxy keeper, final Timers keepersTimers) {
        awaited.begin(keeper, keepersTimers);
        background.begin(keeper, keepersTimers);
    }

    /**
     * Returns whether the calling thread is that of one of them.
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
