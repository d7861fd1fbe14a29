package io.ottla.cli.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Writes lines on a thread of its own, so that a reader that is slow, or a pipe that is not read, stops no agent. Up to a bound
 * lines wait; more are dropped, and how many is said as soon as lines can be written again. There is a thread only while there is
 * something to write, and for a moment afterwards.
 *
 * <p><b>Note:</b> thread-safe. Nothing here blocks, apart from {@link #flush}, and nothing throws.
 */
final class LossyOutput {
    /** How many lines may wait. A stack trace is a part of its line. */
    static final int LINES_MAX = 1024;

    /** How many bytes may wait. */
    static final int BYTES_MAX = 1 << 20;

    /** So that lines that come one after the other need one thread. */
    private static final long LINGER_MS = 500;

    private final OutputStream out;
    private final LineLimit limit;

    // Guarded by this.

    /** A ring; null until the first line. */
    private byte[][] waiting;

    private int first;
    private int count;
    private long bytes;
    private long dropped;
    private long taken;
    private long done;
    private Thread writer;

    /**
     * An output without a thread.
     *
     * @param out where to.
     * @param limit has the counts that are still to be said.
     */
    LossyOutput(final OutputStream out, final LineLimit limit) {
        this.out = out;
        this.limit = limit;
    }

    /**
     * Has a line written, or drops and counts it.
     *
     * @param line with its end; not changed any more.
     */
    synchronized void write(final byte[] line) {
        if (!add(line)) {
            dropped++;
        }
        wake();
    }

    /** Counts a line that could not even be made. */
    synchronized void lost() {
        dropped++;
        wake();
    }

    private boolean add(final byte[] line) {
        if (waiting == null) {
            try {
                waiting = new byte[LINES_MAX][];
            } catch (final OutOfMemoryError e) {
                return false;
            }
        }
        if (count == LINES_MAX || bytes + line.length > BYTES_MAX) {
            return false;
        }
        waiting[(first + count) % LINES_MAX] = line;
        count++;
        bytes += line.length;
        taken++;
        return true;
    }

    /** Sees to it that somebody writes. */
    private void wake() {
        if (writer != null) {
            notifyAll();
            return;
        }
        try {
            final Thread thread = new Thread(this::work, "ottla-log");
            thread.setDaemon(true);
            thread.start();
            writer = thread;
        } catch (final Throwable e) {
            // Without memory or threads. What waits is written when a later line finds them.
        }
    }

    /**
     * Waits until all is written that was there when this was called, with the counts of what was held back.
     *
     * @param timeoutMs how long at the most, in milliseconds.
     */
    void flush(final long timeoutMs) {
        for (final byte[] line : limit.takeAll()) {
            write(line);
        }
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        boolean interrupted = false;
        synchronized (this) {
            final long wanted = dropped > 0 ? taken + 1 : taken;
            long leftMs = timeoutMs;
            while (done < wanted && writer != null && leftMs > 0) {
                try {
                    wait(leftMs);
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
                leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            byte[] line;
            while ((line = next()) != null) {
                try {
                    out.write(line);
                    out.flush();
                } catch (final IOException e) {
                    // Stderr is closed, or a file on a full disk: there is no place to say so.
                }
                written();
            }
        } catch (final Throwable e) {
            ended();
        }
    }

    private synchronized void written() {
        done++;
        notifyAll();
    }

    /** Without memory, say. The next line starts another thread. */
    private synchronized void ended() {
        dropped++;
        writer = null;
        notifyAll();
    }

    /** The next line; null if there was none for a while, and none is due. The thread ends then. */
    private synchronized byte[] next() {
        long idleMs = LINGER_MS;
        while (true) {
            final byte[] line = poll();
            if (line != null) {
                return line;
            }
            final long dueMs = limit.untilDueMs();
            if (dueMs <= 0) {
                for (final byte[] due : limit.takeDue()) {
                    write(due);
                }
            } else if (idleMs <= 0 && dueMs == Long.MAX_VALUE) {
                writer = null;
                notifyAll();
                return null;
            } else {
                final long beganNs = System.nanoTime();
                try {
                    wait(dueMs == Long.MAX_VALUE ? idleMs : dueMs);
                } catch (final InterruptedException e) {
                    // It is nobody's business to interrupt this thread, and it ends by itself.
                }
                idleMs -= 1 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
            }
        }
    }

    private byte[] poll() {
        if (dropped > 0) {
            final byte[] line = ("ottla: " + dropped + " lines of the log were dropped: they came faster than they"
                            + " could be written\n")
                    .getBytes(StandardCharsets.US_ASCII);
            dropped = 0;
            taken++;
            return line;
        }
        if (count == 0) {
            return null;
        }
        final byte[] line = waiting[first];
        waiting[first] = null;
        first = (first + 1) % LINES_MAX;
        count--;
        bytes -= line.length;
        return line;
    }
}
