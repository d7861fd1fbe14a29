package io.ottla.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files and sockets this process may have open, as the operating system says. */
public final class FileDescriptors {
    /** What {@link #limit()} returns if the system does not tell. */
    public static final long UNKNOWN = -1;

    /** What Linux tells a process of itself. The virtual machine has raised its limit as far as it may by then. */
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private static final String NAME = "Max open files";

    /** Read once: it takes a descriptor, which there may be none of later. */
    private static final long LIMIT = read(LIMITS);

    private FileDescriptors() {}

    /**
     * Returns how many descriptors the process may have.
     *
     * @return the number; {@link Long#MAX_VALUE} if there is no limit, {@link #UNKNOWN} if the system does not tell.
     */
    public static long limit() {
        return LIMIT;
    }

    static long read(final Path file) {
        final String text;
        try {
            text = Files.readString(file);
        } catch (final IOException e) {
            return UNKNOWN;
        }
        int at = text.indexOf(NAME);
        if (at < 0) {
            return UNKNOWN;
        }
        at += NAME.length();
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (text.startsWith("unlimited", at)) {
            return Long.MAX_VALUE;
        }
        long limit = UNKNOWN;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            limit = 10 * Math.max(0, limit) + text.charAt(at) - '0';
            at++;
        }
        return limit;
    }
}
