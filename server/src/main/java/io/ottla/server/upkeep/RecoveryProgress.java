package io.ottla.server.upkeep;

import io.ottla.api.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Reports the progress of opening the logs that exist at the start. A recovery that takes less than a second is not
 * reported.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class RecoveryProgress {
    /** The interval between two reports. */
    static final long INTERVAL_MS = 1000;

    private static final long BYTES_PER_MB = 1_000_000;

    private final AtomicInteger done = new AtomicInteger();
    private final int total;
    private final Clock clock;
    private final LongSupplier readBytes;
    private final long beganNanos;

    /**
     * Begins to measure a recovery.
     *
     * @param total the number of partitions to open.
     * @param clock the clock.
     * @param readBytes returns the number of bytes that were read so far.
     */
    RecoveryProgress(final int total, final Clock clock, final LongSupplier readBytes) {
        this.total = total;
        this.clock = clock;
        this.readBytes = readBytes;
        beganNanos = clock.nanoTime();
    }

    /**
     * Called when a partition was opened, or could not be opened.
     *
     * @return the report to log now; null if there is none.
     */
    String opened() {
        final long durationMs = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - beganNanos);
        return done.incrementAndGet() < total || durationMs < INTERVAL_MS
                ? null
                : "Recovered: " + total + " partitions, " + readMb() + " MB read, in " + durationMs + " ms";
    }

    boolean isDone() {
        return done.get() >= total;
    }

    /**
     * Returns the progress.
     *
     * @return a line.
     */
    String line() {
        return "Recovering: " + done.get() + " of " + total + " partitions done, " + readMb() + " MB read";
    }

    private long readMb() {
        return readBytes.getAsLong() / BYTES_PER_MB;
    }
}
