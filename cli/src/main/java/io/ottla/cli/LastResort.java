package io.ottla.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Ends the process of a broker that failed and does not close: better none than one whose port answers and which does not serve. Only
 * the command does so; a broker that is part of another program never ends that.
 *
 * @param halt ends the process at once, with an exit code.
 */
record LastResort(IntConsumer halt) {
    /**
     * Ends the process unless it has ended by itself before.
     *
     * @param delayMs how long it may take, in milliseconds.
     * @param exitCode what it ends with.
     */
    void haltAfter(final long delayMs, final int exitCode) {
        try {
            final Thread thread = new Thread(() -> waitAndHalt(delayMs, exitCode), "ottla-halt");
            thread.setDaemon(true);
            thread.start();
        } catch (final Throwable e) {
            // Without memory or threads the close can't be waited for, and would hardly get far.
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
