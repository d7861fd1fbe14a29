package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

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
    private static final int SWAP_NAME_LENGTH = 2 * OFFSET_DIGITS + 1 + LOG_SUFFIX.length() + SWAP_SUFFIX.length();

    private LogFiles() {}

    static String name(final long offset, final String suffix) {
        final String digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits + suffix;
    }

    /** The offset in a file's name; -1 if it is not an offset with that suffix. */
    static long offsetOf(final String name, final String suffix) {
        return name.length() == OFFSET_DIGITS + suffix.length() && name.endsWith(suffix) ? offsetIn(name, 0) : -1;
    }

    private static long offsetIn(final String name, final int start) {
        for (int i = start; i < start + OFFSET_DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        try {
            return Long.parseLong(name, start, start + OFFSET_DIGITS, 10);
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    /** Returns whether a name is one that this storage gives to a file in a log's folder, now or for a while. */
    static boolean isOurs(final String name) {
        return isLasting(name) || isUnfinished(name) || isCleaned(name) || isDeleted(name) || isSwap(name);
    }

    private static boolean isLasting(final String name) {
        return isOfSegment(name)
                || offsetOf(name, SNAPSHOT_SUFFIX) >= 0
                || name.equals(LogFolder.METADATA_NAME)
                || name.equals(LogCheckpoint.NAME)
                || name.equals(CompactedMark.NAME);
    }

    private static boolean isOfSegment(final String name) {
        return offsetOf(name, LOG_SUFFIX) >= 0
                || offsetOf(name, INDEX_SUFFIX) >= 0
                || offsetOf(name, TIME_INDEX_SUFFIX) >= 0;
    }

    /** Returns whether a name is that of a file before it is whole. */
    static boolean isUnfinished(final String name) {
        return name.endsWith(TEMPORARY_SUFFIX)
                && isLasting(name.substring(0, name.length() - TEMPORARY_SUFFIX.length()));
    }

    /** Returns whether a name is that of a file of a rewritten segment before it counts. */
    static boolean isCleaned(final String name) {
        return name.endsWith(CLEANED_SUFFIX) && isOfSegment(name.substring(0, name.length() - CLEANED_SUFFIX.length()));
    }

    /** Returns whether a name is that of batches that were deleted and stay for a while. */
    static boolean isDeleted(final String name) {
        return offsetOf(name, LOG_SUFFIX + Deletions.SUFFIX) >= 0;
    }

    /** Returns whether a name is one of {@link #swapName}. */
    static boolean isSwap(final String name) {
        return name.length() == SWAP_NAME_LENGTH
                && name.charAt(OFFSET_DIGITS) == '-'
                && name.endsWith(LOG_SUFFIX + SWAP_SUFFIX)
                && offsetIn(name, 0) >= 0
                && swapEnd(name) > offsetIn(name, 0);
    }

    /** Returns the first offset that the batches of a {@linkplain #isSwap swap} replace. */
    static long swapStart(final String name) {
        return offsetIn(name, 0);
    }

    /** Returns the first offset past those that the batches of a {@linkplain #isSwap swap} replace. */
    static long swapEnd(final String name) {
        return offsetIn(name, OFFSET_DIGITS + 1);
    }

    /** The name for the batches that are to replace all from one offset up to another. */
    static String swapName(final long fromOffset, final long toOffset) {
        return name(fromOffset, "-") + name(toOffset, LOG_SUFFIX + SWAP_SUFFIX);
    }

    /**
     * Reads a whole file. That there is none is usual, so it is found out without the cost of an exception.
     *
     * @return what is in the file, or null if there is none.
     */
    static byte[] readIfExists(final Path path) throws IOException {
        final boolean exists =
                path.getFileSystem().provider().readAttributesIfExists(path, BasicFileAttributes.class) != null;
        return exists ? read(path) : null;
    }

    /** Reads a whole file. */
    static byte[] read(final Path path) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try {
            return Files.readAllBytes(path);
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Replaces a file's contents: whoever looks sees all of the old ones or all of the new ones. */
    static void replace(final Path path, final ByteBuffer contents, final boolean isDurable) throws IOException {
        final Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY_SUFFIX);
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = createTemporary(temporary)) {
            while (contents.hasRemaining()) {
                channel.write(contents);
            }
            if (isDurable) {
                force(channel);
            }
        } finally {
            Interruption.restore(wasInterrupted);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (isDurable) {
            forceFolder(path.getParent());
        }
    }

    /** Creates a file that is to take the place of another. What a kill left under its name goes; a link there is not followed. */
    static FileChannel createTemporary(final Path temporary) throws IOException {
        try {
            return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (final FileAlreadyExistsException e) {
            Files.delete(temporary);
            return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    /** Makes an open file survive a loss of power; fails with a {@link DeviceException} unless the channel is closed. */
    static void force(final FileChannel channel) throws IOException {
        try {
            channel.force(true);
        } catch (final ClosedChannelException e) {
            throw e;
        } catch (final IOException e) {
            throw new DeviceException(e);
        }
    }

    /** Makes a file survive a loss of power. */
    static void forceFile(final Path path) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            force(channel);
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Makes the names in a folder survive a loss of power. */
    static void forceFolder(final Path folder) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            force(channel);
        } catch (final java.nio.file.AccessDeniedException e) {
            // Windows opens no folders, and needs no such thing.
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }
}
