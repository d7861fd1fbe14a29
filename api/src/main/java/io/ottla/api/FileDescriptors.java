package io.ottla.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Returns the operating system's limit on the files and sockets that this process may have open. */
public final class FileDescriptors {
    /** The value that {@link #limit()} returns if the limit is not known. */
    public static final long UNKNOWN = -1;

    /**
     * The limits of this process, as Linux shows them. The virtual machine has already raised its own as far as
     * permitted.
     */
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private static final String NAME = "Max open files";

    /** Read once: reading takes a descriptor, and later none may be left. */
    private static final long LIMIT = read(LIMITS);

    private FileDescriptors() {}

    /**
     * Returns how many descriptors the process may have.
     *
     * @return the number; {@link Long#MAX_VALUE} if there is no limit, {@link #UNKNOWN} if it is not known.
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
