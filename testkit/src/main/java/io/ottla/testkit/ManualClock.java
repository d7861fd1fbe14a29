package io.ottla.testkit;

import io.ottla.api.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until a test advances it.
 *
 * <p><b>Note:</b> thread-safe; all threads see an advance at once, in both times.
 */
public final class ManualClock implements Clock {
    /** The default start of the wall clock: 2026-01-01T00:00:00Z. */
    public static final long EPOCH_MS_DEFAULT = 1_767_225_600_000L;

    private final long startEpochMs;
    private final AtomicLong elapsedNs = new AtomicLong();

    /** Creates a clock that starts at {@link #EPOCH_MS_DEFAULT}. */
    public ManualClock() {
        this(EPOCH_MS_DEFAULT);
    }

    /**
     * Creates a clock that starts at a given time.
     *
     * @param startEpochMs the wall clock's first time, in milliseconds since 1970-01-01T00:00:00Z.
     */
    public ManualClock(final long startEpochMs) {
        this.startEpochMs = startEpochMs;
    }

    @Override
    public long epochMs() {
        return startEpochMs + TimeUnit.NANOSECONDS.toMillis(elapsedNs.get());
    }

    @Override
    public long nanoTime() {
        return elapsedNs.get();
    }

    /**
     * Advances the clock.
     *
     * @param durationMs the duration in milliseconds; not negative.
     * @throws IllegalArgumentException if the duration is negative: no clock of the broker may go backwards.
     */
    public void advanceMs(final long durationMs) {
        advanceNs(TimeUnit.MILLISECONDS.toNanos(durationMs));
    }

    /**
     * Advances the clock.
     *
     * @param durationNs the duration in nanoseconds; not negative.
     * @throws IllegalArgumentException if the duration is negative: no clock of the broker may go backwards.
     */
    public void advanceNs(final long durationNs) {
        if (durationNs < 0) {
            throw new IllegalArgumentException("a clock can't go back by " + -durationNs + " ns");
        }
        elapsedNs.addAndGet(durationNs);
    }
}
