package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The names of a log's files, as Kafka has them, and the few things that are done with whole files. */
final class LogFiles {
    /** The batches of a segment. */
    static final String LOG_SUFFIX = ".log";

    /** A segment's index by offset. */
    static final String INDEX_SUFFIX = ".index";

    /** A segment's index by time. */
    static final String TIME_INDEX_SUFFIX = ".timeindex";

    /** What the observer knew before an offset. */
    static final String SNAPSHOT_SUFFIX = ".observer";

    /** A file that is not whole yet. */
    static final String TEMPORARY_SUFFIX = ".tmp";

    /** The end of the names of a rewritten segment's files that is not whole yet. */
    static final String CLEANED_SUFFIX = ".cleaned";

    /** The end of the name of a rewritten segment's batches that take the place of others. */
    static final String SWAP_SUFFIX = ".swap";

    private static final int OFFSET_DIGITS = 20;

    private LogFiles() {}

    static String name(final long offset, final String suffix) {
        final String digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits + suffix;
    }

    /** The offset in a file's name; -1 if it is not an offset with that suffix. */
    static long offsetOf(final String name, final String suffix) {
        if (name.length() != OFFSET_DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return -1;
        }
        try {
            return Math.max(-1, Long.parseLong(name, 0, OFFSET_DIGITS, 10));
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    /** The name for the batches that are to replace all from one offset up to another. */
    static String swapName(final long fromOffset, final long toOffset) {
        return name(fromOffset, "-") + name(toOffset, LOG_SUFFIX + SWAP_SUFFIX);
    }

    /** Replaces a file's contents: whoever looks sees all of the old ones or all of the new ones. */
    static void replace(final Path path, final ByteBuffer contents, final boolean isDurable) throws IOException {
        final Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY_SUFFIX);
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (contents.hasRemaining()) {
                channel.write(contents);
            }
            if (isDurable) {
                channel.force(true);
            }
        } finally {
            Interruption.restore(wasInterrupted);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (isDurable) {
            forceFolder(path.getParent());
        }
    }

    /** Makes a file survive a loss of power. */
    static void forceFile(final Path path) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Makes the names in a folder survive a loss of power. */
    static void forceFolder(final Path folder) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (final java.nio.file.AccessDeniedException e) {
            // Windows opens no folders, and needs no such thing.
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Deletes a folder and the files in it. */
    static void deleteFolder(final Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (final Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (final NoSuchFileException e) {
            return;
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
        Files.deleteIfExists(folder);
    }
}
