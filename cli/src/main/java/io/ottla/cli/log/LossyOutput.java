package io.ottla.cli.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Writes lines on a thread of its own, so that a slow reader, or a pipe that is not read, does not block agents. Lines
 * are queued up to a bound; more are dropped, and their number is written as soon as lines can be written again. The
 * thread exists only while there are lines to write, and for a moment afterwards.
 *
 * <p><b>Note:</b> thread-safe. Nothing here blocks, except for {@link #flush}, and nothing throws.
 */
final class LossyOutput {
    /** The largest number of queued lines. A stack trace is part of its line. */
    static final int LINES_MAX = 1024;

    /** The largest number of queued bytes. */
    static final int BYTES_MAX = 1 << 20;

    /** The time for which the thread waits for more lines before it ends. */
    private static final long LINGER_MS = 500;

    private final OutputStream out;
    private final LineLimit limit;

    // Guarded by this.

    /** The ring of queued lines; null until the first line. */
    private byte[][] waiting;

    private int first;
    private int count;
    private long bytes;
    private long dropped;
    private long taken;
    private long done;
    private Thread writer;

    /**
     * Creates an output; its thread is started by the first line.
     *
     * @param out the stream to write to.
     * @param limit has the counts of suppressed lines to write.
     */
    LossyOutput(final OutputStream out, final LineLimit limit) {
        this.out = out;
        this.limit = limit;
    }

    /**
     * Queues a line, or drops and counts it.
     *
     * @param line the line with its end; must not be changed afterwards.
     */
    synchronized void write(final byte[] line) {
        if (!add(line)) {
            dropped++;
        }
        wake();
    }

    /** Counts a line that could not be formatted. */
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

    /** Ensures that there is a thread that writes. */
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
            // For lack of memory or threads. Queued lines are written when a later line can start the thread.
        }
    }

    /**
     * Waits until all lines queued so far are written, with the counts of suppressed lines.
     *
     * @param timeoutMs the longest wait in milliseconds.
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
                    // Stderr is closed, or a file on a full disk: this cannot be reported.
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

    /** Notes that the thread has ended, for lack of memory, for instance. The next line starts another one. */
    private synchronized void ended() {
        dropped++;
        writer = null;
        notifyAll();
    }

    /** Returns the next line; null if there was none for a while, and none is due, so that the thread ends. */
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
                    // Ignored: the thread is not interrupted by other code, and ends by itself.
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
