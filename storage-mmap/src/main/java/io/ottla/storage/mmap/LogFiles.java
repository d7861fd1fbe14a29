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

/** Names a log's files in Kafka's format, and has the operations on whole files. */
final class LogFiles {
    /** The suffix of a segment's batches. */
    static final String LOG_SUFFIX = ".log";

    /** The suffix of a segment's index by offset. */
    static final String INDEX_SUFFIX = ".index";

    /** The suffix of a segment's index by time. */
    static final String TIME_INDEX_SUFFIX = ".timeindex";

    /** The suffix of an observer's snapshot at an offset. */
    static final String SNAPSHOT_SUFFIX = ".observer";

    /** The suffix of an incomplete file. */
    static final String TEMPORARY_SUFFIX = ".tmp";

    /** The suffix of the files of an incomplete rewritten segment. */
    static final String CLEANED_SUFFIX = ".cleaned";

    /** The suffix of a rewritten segment's batches that replace others. */
    static final String SWAP_SUFFIX = ".swap";

    private static final int OFFSET_DIGITS = 20;
    private static final int SWAP_NAME_LENGTH = 2 * OFFSET_DIGITS + 1 + LOG_SUFFIX.length() + SWAP_SUFFIX.length();

    private LogFiles() {}

    static String name(final long offset, final String suffix) {
        final String digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits + suffix;
    }

    /** Returns the offset in a file's name; -1 if it is not an offset with that suffix. */
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

    /** Returns whether a name is a permanent or temporary name of this storage in a log's folder. */
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

    /** Returns whether a name is that of an incomplete file. */
    static boolean isUnfinished(final String name) {
        return name.endsWith(TEMPORARY_SUFFIX)
                && isLasting(name.substring(0, name.length() - TEMPORARY_SUFFIX.length()));
    }

    /** Returns whether a name is that of a file of an uncommitted rewritten segment. */
    static boolean isCleaned(final String name) {
        return name.endsWith(CLEANED_SUFFIX) && isOfSegment(name.substring(0, name.length() - CLEANED_SUFFIX.length()));
    }

    /** Returns whether a name is that of deleted batches that are kept for a while. */
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

    /** Returns the name of batches that replace all from one offset up to another. */
    static String swapName(final long fromOffset, final long toOffset) {
        return name(fromOffset, "-") + name(toOffset, LOG_SUFFIX + SWAP_SUFFIX);
    }

    /**
     * Reads a whole file. A missing file is common, so it does not cost an exception.
     *
     * @return the contents, or null if there is no file.
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

    /** Replaces a file's contents atomically: readers see all of the old or all of the new contents. */
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

    /**
     * Creates a file that is to replace another. A file of the same name left by a kill is deleted; a link is not
     * followed.
     */
    static FileChannel createTemporary(final Path temporary) throws IOException {
        try {
            return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (final FileAlreadyExistsException e) {
            Files.delete(temporary);
            return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    /** Forces an open file to the device; fails with a {@link DeviceException} unless the channel is closed. */
    static void force(final FileChannel channel) throws IOException {
        try {
            channel.force(true);
        } catch (final ClosedChannelException e) {
            throw e;
        } catch (final IOException e) {
            throw new DeviceException(e);
        }
    }

    /** Forces a file to the device. */
    static void forceFile(final Path path) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            force(channel);
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Forces the names in a folder to the device. */
    static void forceFolder(final Path folder) throws IOException {
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            force(channel);
        } catch (final java.nio.file.AccessDeniedException e) {
            // Windows cannot open folders, and does not need this.
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }
}
