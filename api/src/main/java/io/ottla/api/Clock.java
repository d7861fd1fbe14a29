package io.ottla.api;

/**
 * The only source of time in the broker, so that a test can hold it still and move it.
 *
 * <p><b>Note:</b> implementations are thread-safe.
 */
public interface Clock {
    /**
     * The wall clock, for timestamps that leave the process.
     *
     * @return milliseconds since 1970-01-01T00:00:00Z.
     */
    long epochMs();

    /**
     * A clock that never goes backwards, for deadlines and durations.
     *
     * @return nanoseconds since an arbitrary origin.
     */
    long nanoTime();

    /**
     * The clock of this machine.
     *
     * @return a clock that reads the operating system's.
     */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
