package io.ottla.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Ends the process of a failed broker that does not close: no broker is better than one whose port is open but which
 * does not serve. Only the command does this; an embedded broker never ends its program.
 *
 * @param halt ends the process at once, with an exit code.
 */
record LastResort(IntConsumer halt) {
    /**
     * Ends the process after a delay, unless it has ended by itself.
     *
     * @param delayMs the delay in milliseconds.
     * @param exitCode the exit code.
     */
    void haltAfter(final long delayMs, final int exitCode) {
        try {
            final Thread thread = new Thread(() -> waitAndHalt(delayMs, exitCode), "ottla-halt");
            thread.setDaemon(true);
            thread.start();
        } catch (final Throwable e) {
            // Without memory or threads the close cannot be awaited, and would hardly succeed.
            halt.accept(exitCode);
        }
    }

    private void waitAndHalt(final long delayMs, final int exitCode) {
        final long beganNs = System.nanoTime();
        long leftNs = TimeUnit.MILLISECONDS.toNanos(delayMs);
        while (leftNs > 0) {
            LockSupport.parkNanos(leftNs);
            leftNs = TimeUnit.MILLISECONDS.toNanos(delayMs) - (System.nanoTime() - beganNs);
        }
        halt.accept(exitCode);
    }
}
