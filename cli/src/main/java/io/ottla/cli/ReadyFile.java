package io.ottla.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * The file that shows that the broker is ready, and has its bootstrap servers. It exists from then on until the broker
 * stops; only a broker that is killed leaves it.
 */
final class ReadyFile {
    private static final String FIRST_KEY = "bootstrap.servers=";

    private final Path file;
    private final Path part;
    private final long pid;
    private volatile boolean isPrepared;
    private volatile boolean isPublished;

    /**
     * Creates the object; the file does not exist yet.
     *
     * @param file the file's path.
     * @param pid the id of this process.
     */
    ReadyFile(final Path file, final long pid) {
        this.file = file.toAbsolutePath();
        this.part = this.file.resolveSibling(this.file.getFileName() + "." + pid + ".part");
        this.pid = pid;
    }

    /**
     * Deletes the file of an earlier run, which could be mistaken for this one's, and checks that this one's can be
     * written, before a start that may take long.
     *
     * @throws IOException if it cannot be written, or if the file is not a ready file, which is not deleted then.
     */
    void prepare() throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            if (!isOurs()) {
                throw new FileSystemException(
                        file.toString(), null, "exists and is not a ready file: choose another, or delete it");
            }
            Files.delete(file);
        }
        Files.deleteIfExists(part);
        Files.createFile(part);
        isPrepared = true;
    }

    /** Returns whether the file was written by a broker or is empty, like one of {@code mktemp}. */
    private boolean isOurs() throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        final byte[] expected = FIRST_KEY.getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] start = in.readNBytes(expected.length);
            return start.length == 0 || Arrays.equals(start, expected);
        }
    }

    /**
     * Writes the file atomically.
     *
     * @param bootstrapServers the addresses that clients connect to.
     * @throws IOException if it cannot be written.
     */
    void publish(final String bootstrapServers) throws IOException {
        Files.writeString(part, FIRST_KEY + bootstrapServers + "\npid=" + pid + "\n");
        isPublished = true;
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes the file if it was published, and the temporary file. */
    void remove() {
        try {
            if (isPrepared) {
                Files.deleteIfExists(part);
            }
            if (isPublished) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            // The broker ends; a remaining file must not prevent that.
        }
    }
}
