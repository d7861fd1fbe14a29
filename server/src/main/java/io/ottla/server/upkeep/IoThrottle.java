package io.ottla.server.upkeep;

/**
 * Limits the rate of reads and writes by pauses.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class IoThrottle {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MS = 1e6;

    private final double bytesPerSecond;
    private long paidNanos;
    private boolean isUsed;

    /**
     * Creates a throttle.
     *
     * @param bytesPerSecond the rate.
     */
    IoThrottle(final double bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Returns the time to pause.
     *
     * @param bytes the number of bytes read and written since the last call.
     * @param nowNanos the current time, in nanoseconds.
     * @return milliseconds.
     */
    long pauseMs(final long bytes, final long nowNanos) {
        if (!isUsed || paidNanos - nowNanos < 0) {
            isUsed = true;
            paidNanos = nowNanos;
        }
        paidNanos += (long) (bytes / bytesPerSecond * NANOS_PER_SECOND);
        return (long) ((paidNanos - nowNanos) / NANOS_PER_MS);
    }
}
