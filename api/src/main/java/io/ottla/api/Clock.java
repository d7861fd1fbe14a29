package io.ottla.api;

/**
 * The broker's only source of time, so that a test can stop and advance it.
 *
 * <p><b>Note:</b> implementations are thread-safe.
 */
public interface Clock {
    /**
     * Returns the time of the wall clock, for timestamps that leave the process.
     *
     * @return milliseconds since 1970-01-01T00:00:00Z.
     */
    long epochMs();

    /**
     * Returns the time of a clock that never goes backwards, for deadlines and durations.
     *
     * @return nanoseconds since an arbitrary origin.
     */
    long nanoTime();

    /**
     * Returns the clock of this machine.
     *
     * @return a clock that reads that of the operating system.
     */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
