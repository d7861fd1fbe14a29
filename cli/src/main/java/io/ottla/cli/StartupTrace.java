package io.ottla.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * When each phase of a start ended. Notes are taken in any case, since one costs less than a microsecond.
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
     * Begins.
     *
     * @param beganNs when {@code main} began, as of {@link System#nanoTime()}.
     */
    StartupTrace(final long beganNs) {
        this.beganNs = beganNs;
    }

    /**
     * Ends a phase.
     *
     * @param phase what was done in it.
     */
    @Override
    public void accept(final String phase) {
        if (count < PHASES_MAX) {
            phases[count] = phase;
            endsNs[count++] = System.nanoTime();
        }
    }

    /**
     * Prints a line for each phase: milliseconds since {@code main} began, and how many of them the phase took.
     *
     * @param out where.
     * @param processAgeMs milliseconds since the process began, now, to within 10 ms.
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
