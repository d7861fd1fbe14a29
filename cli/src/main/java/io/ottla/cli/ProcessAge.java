package io.ottla.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * How long this process has been running.
 *
 * <p>The JDK knows it on Linux only to the second, since it adds the kernel's ticks to a boot time in whole seconds. So the
 * ticks are taken from the kernel's own files, where both ends are in steps of 10 ms: the answer is right to within 10 ms,
 * and it costs a fraction of a millisecond. It counts what came before {@code main} too: the shell of the launcher, whose
 * process this is, and the start of the virtual machine.
 */
final class ProcessAge {
    /** Ticks are of 10 ms in what the kernel tells to programs, on every architecture that Java runs on. */
    private static final long TICK_MS = 10;

    /** The field of /proc/PID/stat that holds the start, counted from the one behind the process's name. */
    private static final int START_FIELD = 19;

    /** More than either file holds. */
    private static final int BYTES_MAX = 1024;

    private ProcessAge() {}

    /**
     * Milliseconds since this process began.
     *
     * @param fallbackMs the answer if the system does not tell.
     * @return 0 or more.
     */
    static long ms(final long fallbackMs) {
        try {
            final long age = uptimeMs(read("/proc/uptime")) - startMs(read("/proc/self/stat"));
            return Math.max(0, age);
        } catch (final IOException | RuntimeException e) {
            final Instant start = ProcessHandle.current().info().startInstant().orElse(null);
            return start == null ? fallbackMs : Math.max(0, System.currentTimeMillis() - start.toEpochMilli());
        }
    }

    private static String read(final String file) throws IOException {
        // Not java.nio.file, which takes ten times as long the first time.
        try (FileInputStream in = new FileInputStream(file)) {
            final byte[] bytes = new byte[BYTES_MAX];
            return new String(bytes, 0, in.read(bytes), StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * Reads how long the system has been up.
     *
     * @param uptime the contents of {@code /proc/uptime}: seconds with two decimals, and more.
     * @return milliseconds.
     */
    static long uptimeMs(final String uptime) {
        final int dot = uptime.indexOf('.');
        final long seconds = Long.parseLong(uptime, 0, dot, 10);
        return seconds * 1000 + Long.parseLong(uptime, dot + 1, dot + 3, 10) * 10;
    }

    /**
     * Reads when the process began.
     *
     * @param stat the contents of {@code /proc/self/stat}. The second field, in parentheses, may hold anything.
     * @return milliseconds since the system came up.
     */
    static long startMs(final String stat) {
        int at = stat.lastIndexOf(')') + 2;
        for (int field = 0; field < START_FIELD; field++) {
            at = stat.indexOf(' ', at) + 1;
        }
        return Long.parseLong(stat, at, stat.indexOf(' ', at), 10) * TICK_MS;
    }
}
