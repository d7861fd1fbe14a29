package io.ottla.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file that tells whoever started the broker that it is ready, and how to connect to it. It is there from then on until
 * the broker stops; only a broker that is killed leaves it behind.
 */
final class ReadyFile {
    private final Path file;
    private final Path part;
    private final long pid;

    /**
     * A file that is not there yet.
     *
     * @param file where.
     * @param pid the number of this process.
     */
    ReadyFile(final Path file, final long pid) {
        this.file = file.toAbsolutePath();
        this.part = this.file.resolveSibling(this.file.getFileName() + "." + pid + ".part");
        this.pid = pid;
    }

    /**
     * Takes away the file of an earlier run, so that nobody takes it for this one's, and makes sure that this one's can be
     * written, before a start that may take long.
     *
     * @throws IOException if not.
     */
    void prepare() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(part);
        Files.createFile(part);
    }

    /**
     * Writes the file. Whoever sees it sees all of it.
     *
     * @param bootstrapServers what clients connect to.
     * @throws IOException if it can't be written.
     */
    void publish(final String bootstrapServers) throws IOException {
        Files.writeString(part, "bootstrap.servers=" + bootstrapServers + "\npid=" + pid + "\n");
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes the file away, whether it was published or not. */
    void remove() {
        try {
            Files.deleteIfExists(part);
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            // The broker ends; a file that stays behind must not keep it from that.
        }
    }
}
