package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files this process may have open, as the operating system says. */
final class OpenFilesLimit {
    /** What Linux tells a process of itself. The virtual machine has raised its limit as far as it may by then. */
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private static final String NAME = "Max open files";

    private OpenFilesLimit() {}

    /**
     * How many of them this storage takes if nobody says so: half, as sockets need the rest, but not fewer or more than is
     * sensible. With fewer than there are partitions in use, each request closes a file and opens another, which takes as
     * long as the rest of a small request.
     */
    static int share() {
        return share(read(LIMITS));
    }

    static int share(final long limit) {
        return limit < 0
                ? MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_LOW
                : Math.clamp(
                        limit / 2,
                        MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_LOW,
                        MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_HIGH);
    }

    /** The limit, or -1 if it is not to be found. */
    static long read(final Path file) {
        final String text;
        try {
            text = Files.readString(file);
        } catch (final IOException e) {
            return -1;
        }
        int at = text.indexOf(NAME);
        if (at < 0) {
            return -1;
        }
        at += NAME.length();
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (text.startsWith("unlimited", at)) {
            return Long.MAX_VALUE;
        }
        long limit = -1;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            limit = 10 * Math.max(0, limit) + text.charAt(at) - '0';
            at++;
        }
        return limit;
    }
}
