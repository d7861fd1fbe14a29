package io.ottla.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file that tells whoever started the broker that it is ready, and how to connect to it. */
final class ReadyFile {
    private ReadyFile() {}

    /**
     * Takes away the file of an earlier run, so that nobody takes it for this one's.
     *
     * @param file where.
     * @throws IOException if it can't be deleted.
     */
    static void clear(final Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /**
     * Writes the file. Whoever sees it sees all of it.
     *
     * @param file where.
     * @param bootstrapServers what clients connect to.
     * @param pid the number of this process.
     * @throws IOException if it can't be written.
     */
    static void write(final Path file, final String bootstrapServers, final long pid) throws IOException {
        final Path target = file.toAbsolutePath();
        final Path part = target.resolveSibling(target.getFileName() + "." + pid + ".part");
        try {
            Files.writeString(part, "bootstrap.servers=" + bootstrapServers + "\npid=" + pid + "\n");
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
