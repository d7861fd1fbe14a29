package io.ottla.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Measures the age of this process.
 *
 * <p>On Linux the JDK's value has a precision of one second, since it adds the kernel's ticks to a boot time in whole
 * seconds. So the ticks are read from the kernel's own files, where both times are in steps of 10 ms: the result is
 * right to within 10 ms, and costs a fraction of a millisecond. It includes the time before {@code main}: the shell of
 * the launcher, whose process this is, and the start of the virtual machine.
 */
final class ProcessAge {
    /** The kernel's tick in user space is 10 ms, on every architecture that Java runs on. */
    private static final long TICK_MS = 10;

    /** The index of the start time in /proc/PID/stat, counted from the field after the process's name. */
    private static final int START_FIELD = 19;

    /** The size of the buffer, which is larger than either file. */
    private static final int BYTES_MAX = 1024;

    private ProcessAge() {}

    /**
     * Returns the milliseconds since this process started.
     *
     * @param fallbackMs the result if the system does not provide it.
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
     * Parses the uptime of the system.
     *
     * @param uptime the contents of {@code /proc/uptime}: seconds with two decimals, and another field.
     * @return milliseconds.
     */
    static long uptimeMs(final String uptime) {
        final int dot = uptime.indexOf('.');
        final long seconds = Long.parseLong(uptime, 0, dot, 10);
        return seconds * 1000 + Long.parseLong(uptime, dot + 1, dot + 3, 10) * 10;
    }

    /**
     * Parses the start time of the process.
     *
     * @param stat the contents of {@code /proc/self/stat}. The second field, in parentheses, may have any characters.
     * @return milliseconds since the system was booted.
     */
    static long startMs(final String stat) {
        int at = stat.lastIndexOf(')') + 2;
        for (int field = 0; field < START_FIELD; field++) {
            at = stat.indexOf(' ', at) + 1;
        }
        return Long.parseLong(stat, at, stat.indexOf(' ', at), 10) * TICK_MS;
    }
}
