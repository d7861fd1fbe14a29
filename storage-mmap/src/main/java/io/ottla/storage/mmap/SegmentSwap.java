package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Replaces segments by a rewritten one, so that a crash at any time leaves either those or this one.
 *
 * <ol>
 *   <li>The new segment's files are complete and on the device, named {@code <base>.log.cleaned} and so on. Files of
 *       such names are deleted when the log is opened.
 *   <li>Its batches are renamed to {@code <base>-<end>.log.swap}. This commits the new segment: when the log is opened,
 *       the following steps are completed.
 *   <li>The old segments' files are deleted; those of the batches may only be renamed for now.
 *   <li>The new files are renamed to their usual names, that of the batches last.
 * </ol>
 *
 * <p>A power failure may undo steps, but not an earlier step without the later ones: the folder is forced in between.
 */
final class SegmentSwap {
    private final LogContext context;
    private final Path folder;
    private final Segment replacement;
    private final long toOffset;
    private final long deleteDelayMs;
    private final Deque<Path> obsolete = new ArrayDeque<>();
    private int step;

    /**
     * Creates a swap, which is done step by step.
     *
     * @param replacement the new segment.
     * @param toOffset the base offset of the segment after those to replace.
     * @param deleteDelayMs the time in milliseconds for which the old batches are kept under another name.
     */
    SegmentSwap(final Segment replacement, final long toOffset, final long deleteDelayMs) {
        this.context = replacement.context();
        this.folder = context.folder();
        this.replacement = replacement;
        this.toOffset = toOffset;
        this.deleteDelayMs = deleteDelayMs;
    }

    /** Commits the new segment. If this throws, nothing has changed. */
    void commit() throws IOException {
        replacement.file().moveTo(folder.resolve(LogFiles.swapName(replacement.baseOffset(), toOffset)));
    }

    /**
     * Runs the next step after {@link #commit}; repeats it if it failed.
     *
     * @return false if no step was left.
     */
    boolean next() throws IOException {
        switch (step) {
            case 0 -> {
                LogFiles.forceFolder(folder);
                obsolete.addAll(obsolete(folder, replacement.baseOffset(), toOffset));
            }
            case 1 -> {
                if (!obsolete.isEmpty()) {
                    final Path file = obsolete.peek();
                    final boolean isOfBatches = file.toString().endsWith(LogFiles.LOG_SUFFIX);
                    context.deletions().file(file, isOfBatches ? deleteDelayMs : 0);
                    obsolete.remove();
                    return true;
                }
                LogFiles.forceFolder(folder);
            }
            case 2 -> replacement.indexes().move();
            case 3 -> replacement.moveFile();
            default -> {
                return false;
            }
        }
        step++;
        return true;
    }

    /** Runs all remaining steps. */
    void finish() throws IOException {
        boolean isMore;
        do {
            isMore = next();
        } while (isMore);
    }

    /**
     * Returns whether a file belongs to a rewrite, which must be {@linkplain #recover recovered} when the log is
     * opened.
     */
    static boolean isOfRewrite(final String name) {
        return LogFiles.isCleaned(name) || LogFiles.isSwap(name);
    }

    /**
     * Completes or undoes a swap after a crash, in a folder that is not in use yet.
     *
     * @param folder the log's folder.
     * @param files the files in it.
     */
    static void recover(final Path folder, final Iterable<Path> files) throws IOException {
        for (final Path file : files) {
            final String name = file.getFileName().toString();
            if (LogFiles.isCleaned(name)) {
                Leftovers.deleteFile(file);
            } else if (LogFiles.isSwap(name) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                recover(folder, file, name);
            }
        }
    }

    private static void recover(final Path folder, final Path file, final String name) throws IOException {
        final long from = LogFiles.swapStart(name);
        LogFiles.forceFolder(folder);
        for (final Path old : obsolete(folder, from, LogFiles.swapEnd(name))) {
            Files.deleteIfExists(old);
        }
        LogFiles.forceFolder(folder);
        // The indexes are rebuilt when they are needed.
        Files.move(file, folder.resolve(LogFiles.name(from, LogFiles.LOG_SUFFIX)), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the files of segments from one offset up to another, except for the observer's snapshot at the first. */
    private static Deque<Path> obsolete(final Path folder, final long fromOffset, final long toOffset)
            throws IOException {
        final Deque<Path> found = new ArrayDeque<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (final Path file : files) {
                final String name = file.getFileName().toString();
                final long segment = Math.max(
                        LogFiles.offsetOf(name, LogFiles.LOG_SUFFIX),
                        Math.max(
                                LogFiles.offsetOf(name, LogFiles.INDEX_SUFFIX),
                                LogFiles.offsetOf(name, LogFiles.TIME_INDEX_SUFFIX)));
                final long snapshot = LogFiles.offsetOf(name, LogFiles.SNAPSHOT_SUFFIX);
                if (segment >= fromOffset && segment < toOffset || snapshot > fromOffset && snapshot < toOffset) {
                    found.add(file);
                }
            }
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }
}
