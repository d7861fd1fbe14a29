package io.ottla.server.upkeep;

import io.ottla.api.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How far the opening of the logs is that were there at the start, for those who wait for it: nothing is told of one that takes
 * less than a second.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class RecoveryProgress {
    /** How often it's worth telling. */
    static final long INTERVAL_MS = 1000;

    private static final long BYTES_PER_MB = 1_000_000;

    private final AtomicInteger done = new AtomicInteger();
    private final int total;
    private final Clock clock;
    private final LongSupplier readBytes;
    private final long beganNanos;

    /**
     * A recovery that begins now.
     *
     * @param total how many partitions there are to open.
     * @param clock the time.
     * @param readBytes how much was read so far.
     */
    RecoveryProgress(final int total, final Clock clock, final LongSupplier readBytes) {
        this.total = total;
        this.clock = clock;
        this.readBytes = readBytes;
        beganNanos = clock.nanoTime();
    }

    /**
     * One more partition is open, or can't be opened.
     *
     * @return what to tell now; null if there is nothing.
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
     * How far it is.
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
