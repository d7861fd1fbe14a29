package io.ottla.cli.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Writes to the process's stderr without blocking: the command and its log share one {@link LossyOutput}.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class ErrorStream {
    private static final Charset CHARSET = System.err.charset();

    private static final LineLimit LIMIT = new LineLimit(
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), CHARSET, ErrorStreamProvider.isDetailed());

    private static final LossyOutput LINES = new LossyOutput(new FileOutputStream(FileDescriptor.err), LIMIT);

    private ErrorStream() {}

    /** Redirects {@link System#err} here, too, because printing there could block until a pipe is read. */
    public static void install() {
        System.setErr(new PrintStream(new Lines(), true, CHARSET));
    }

    /**
     * Waits until everything written here has left the process.
     *
     * @param timeoutMs the longest wait in milliseconds; a pipe may never be read.
     */
    public static void flush(final long timeoutMs) {
        System.err.flush();
        LINES.flush(timeoutMs);
    }

    static ErrorStreamLogger.Output output() {
        return new ErrorStreamLogger.Output(LINES, LIMIT, CHARSET);
    }

    /** Splits the output into lines. Called with the lock of its {@link PrintStream} held. */
    private static final class Lines extends OutputStream {
        private byte[] line = new byte[128];
        private int length;

        @Override
        public void write(final int next) {
            append((byte) next);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int count) {
            for (int i = offset; i < offset + count; i++) {
                append(bytes[i]);
            }
        }

        private void append(final byte next) {
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            line[length++] = next;
            if (next == '\n' || length == LogLine.CHARS_MAX) {
                end();
            }
        }

        private void end() {
            LINES.write(Arrays.copyOf(line, length));
            length = 0;
        }

        @Override
        public void flush() {
            if (length > 0) {
                end();
            }
        }
    }
}
