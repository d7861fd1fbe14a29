package io.ottla.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Records the time at which each phase of a start ended. This is always done, since it costs less than a microsecond.
 *
 * <p><b>Note:</b> for the thread that starts the broker.
 */
final class StartupTrace implements Consumer<String> {
    private static final int PHASES_MAX = 16;
    private static final double NS_PER_MS = 1_000_000;

    private final String[] phases = new String[PHASES_MAX];
    private final long[] endsNs = new long[PHASES_MAX];
    private final long beganNs;
    private int count;

    /**
     * Creates a trace.
     *
     * @param beganNs the {@link System#nanoTime()} at which {@code main} began.
     */
    StartupTrace(final long beganNs) {
        this.beganNs = beganNs;
    }

    /**
     * Ends a phase.
     *
     * @param phase the name of the phase.
     */
    @Override
    public void accept(final String phase) {
        if (count < PHASES_MAX) {
            phases[count] = phase;
            endsNs[count++] = System.nanoTime();
        }
    }

    /**
     * Prints a line for each phase: its duration in milliseconds, and the milliseconds since {@code main} began.
     *
     * @param out the stream to print to.
     * @param processAgeMs the milliseconds since the process started, to within 10 ms.
     */
    void print(final PrintStream out, final long processAgeMs) {
        final double sinceMainMs = (System.nanoTime() - beganNs) / NS_PER_MS;
        out.printf(
                Locale.ROOT,
                "startup: %7.1f ms  before main: the launcher and the virtual machine%n",
                processAgeMs - sinceMainMs);
        long previousNs = beganNs;
        for (int i = 0; i < count; i++) {
            out.printf(
                    Locale.ROOT,
                    "startup: %7.1f ms  %s (%.1f ms since main began)%n",
                    (endsNs[i] - previousNs) / NS_PER_MS,
                    phases[i],
                    (endsNs[i] - beganNs) / NS_PER_MS);
            previousNs = endsNs[i];
        }
    }
}
