package io.ottla.server.partition;

import io.ottla.api.Timers;
import io.ottla.server.agent.OnDemandAgent;

/**
 * Schedules the flushes of a log: as soon as possible if appends wait, else when {@code flush.ms} have passed since an
 * append.
 *
 * <p><b>Note:</b> guarded by the monitor of the {@link FlushedLog}; tasks on an agent acquire it themselves.
 */
final class FlushSchedule {
    /**
     * The delay until a flush is retried that failed without a failure of the log, for example for lack of file
     * descriptors.
     */
    private static final long RETRY_MS = 100;

    private final FlushedLog log;
    private final FlushAgents agents;
    private long flushMs = FlushAgents.NEVER_MS;

    /** True if a flush is requested that has not begun. */
    private boolean isRequested;

    /** True if the last flush failed and will be retried soon. */
    private boolean isRetried;

    private boolean isDirty;
    private long dirtySinceMs;

    /** True if the background agent will flush the dirty records. */
    private boolean isTimed;

    private boolean isStopped;

    /** An id of the background agent's timers. */
    private long timerId = Timers.NONE;

    FlushSchedule(final FlushedLog log, final FlushAgents agents) {
        this.log = log;
        this.agents = agents;
    }

    long flushMs() {
        return flushMs;
    }

    void configure(final long newFlushMs) {
        flushMs = newFlushMs;
    }

    /** Ends all flushes, because the log has failed or is closed. */
    void stop() {
        isStopped = true;
    }

    boolean isStopped() {
        return isStopped;
    }

    /** Requests a flush that appends wait for. */
    void request() {
        if (!isRequested) {
            isRequested = true;
            try {
                agents.awaited().execute(this::flushRequested);
            } catch (final Throwable e) {
                isRequested = false;
                throw e;
            }
        }
    }

    private void flushRequested() {
        synchronized (log) {
            isRequested = false;
        }
        log.flushIfNeeded();
    }

    /** Called when there are records that are not flushed. */
    void dirtied() {
        if (!isDirty) {
            isDirty = true;
            dirtySinceMs = agents.nowMs();
        }
        lookLater();
    }

    /**
     * Called when a flush has succeeded.
     *
     * @param beganMs the time when it began.
     * @param remainsDirty whether there are records that were appended after that.
     */
    void flushed(final long beganMs, final boolean remainsDirty) {
        isDirty = remainsDirty;
        dirtySinceMs = beganMs;
        lookLater();
    }

    private void lookLater() {
        if (isDirty && !isTimed && flushMs < FlushAgents.NEVER_MS) {
            isTimed = true;
            agents.background().execute(this::look);
        }
    }

    /** Flushes when the log is due, or waits until then. */
    private void look() {
        final Timers timers = agents.background().timers();
        timers.cancel(timerId);
        timerId = Timers.NONE;
        final long delayMs;
        synchronized (log) {
            if (isStopped || !isDirty || flushMs >= FlushAgents.NEVER_MS) {
                isTimed = false;
                return;
            }
            delayMs = agents.delayMs(dirtySinceMs + flushMs);
            isTimed = delayMs > 0;
        }
        if (delayMs > 0) {
            timerId = timers.schedule(delayMs, this::look);
        } else {
            log.flushIfNeeded();
        }
    }

    /** Flushes in the background. Needs no monitor. */
    void flushInBackground() {
        agents.background().execute(log::flushIfNeeded);
    }

    /**
     * Schedules a retry of a flush that failed.
     *
     * @return false if there will be none, or one is scheduled already.
     */
    boolean retry() {
        if (isRetried || isStopped) {
            return false;
        }
        isRetried = true;
        final OnDemandAgent agent = agents.awaited();
        agent.execute(() -> agent.timers().schedule(RETRY_MS, this::flushAgain));
        return true;
    }

    private void flushAgain() {
        synchronized (log) {
            isRetried = false;
        }
        log.flushIfNeeded();
    }
}
