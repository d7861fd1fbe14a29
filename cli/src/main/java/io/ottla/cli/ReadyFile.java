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
 * The file that tells whoever started the broker that it is ready, and how to connect to it. It is there from then on until
 * the broker stops; only a broker that is killed leaves it behind.
 */
final class ReadyFile {
    private static final String FIRST_KEY = "bootstrap.servers=";

    private final Path file;
    private final Path part;
    private final long pid;
    private volatile boolean isPrepared;
    private volatile boolean isPublished;

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
     * @throws IOException if not, or if what is there is no such file, which is then left alone.
     */
    void prepare() throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            if (!isOurs()) {
                throw new FileSystemException(
                        file.toString(), null, "is there and is no ready file: name another, or delete it");
            }
            Files.delete(file);
        }
        Files.deleteIfExists(part);
        Files.createFile(part);
        isPrepared = true;
    }

    /** Returns whether the file is one that a broker wrote, or empty: {@code mktemp} makes such a one to have a name. */
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
     * Writes the file. Whoever sees it sees all of it.
     *
     * @param bootstrapServers what clients connect to.
     * @throws IOException if it can't be written.
     */
    void publish(final String bootstrapServers) throws IOException {
        Files.writeString(part, FIRST_KEY + bootstrapServers + "\npid=" + pid + "\n");
        isPublished = true;
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes the file away, if it was published, and what was prepared. */
    void remove() {
        try {
            if (isPrepared) {
                Files.deleteIfExists(part);
            }
            if (isPublished) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            // The broker ends; a file that stays behind must not keep it from that.
        }
    }
}
