package io.ottla.server.partition;

import io.ottla.api.Timers;
import io.ottla.server.agent.OnDemandAgent;

/**
 * When a log is flushed: soon where appends wait for it, and else when its topic's {@code flush.ms} have passed since an append.
 *
 * <p><b>Note:</b> guarded by the monitor of the {@link FlushedLog}, which what runs on an agent takes itself.
 */
final class FlushSchedule {
    /** So long after a flush that failed without harm, such as for want of a descriptor, it is tried again. */
    private static final long RETRY_MS = 100;

    private final FlushedLog log;
    private final FlushAgents agents;
    private long flushMs = FlushAgents.NEVER_MS;

    /** A flush is asked for that has not begun. */
    private boolean isRequested;

    /** The last flush failed, and there will be another soon. */
    private boolean isRetried;

    private boolean isDirty;
    private long dirtySinceMs;

    /** The background agent looks after what is dirty. */
    private boolean isTimed;

    private boolean isStopped;

    /** Of the background agent. */
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

    /** The log is failed or closed, and is not flushed any more. */
    void stop() {
        isStopped = true;
    }

    boolean isStopped() {
        return isStopped;
    }

    /** Asks for a flush that appends wait for. */
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

    /** There are records that are not flushed. */
    void dirtied() {
        if (!isDirty) {
            isDirty = true;
            dirtySinceMs = agents.nowMs();
        }
        lookLater();
    }

    /**
     * A flush has ended well.
     *
     * @param beganMs when it began.
     * @param remainsDirty whether there are records that came after that.
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

    /** Flushes when the time has come, or waits until then. */
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

    /** Flushes without anybody waiting for it. Needs no monitor. */
    void flushInBackground() {
        agents.background().execute(log::flushIfNeeded);
    }

    /**
     * Tries a flush again that failed.
     *
     * @return false if there will be none, or was one to come already.
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
