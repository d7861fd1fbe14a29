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
 * Puts a rewritten segment in the place of others, so that a crash at any moment leaves those or this one.
 *
 * <ol>
 *   <li>The new segment's files are whole and on the device, named {@code <base>.log.cleaned} and so on. Whoever opens the
 *       log deletes files of such names.
 *   <li>Its batches get the name {@code <base>-<end>.log.swap}. From now on the new segment is the one that counts: whoever
 *       opens the log does all that follows.
 *   <li>The old segments' files are deleted, those of the batches perhaps only renamed for now.
 *   <li>The new files get their usual names, that of the batches last.
 * </ol>
 *
 * <p>A loss of power may undo these steps, but not the former before the later ones: the folder is forced in between.
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
     * A swap that is to be done step by step.
     *
     * @param replacement the new segment.
     * @param toOffset the base offset of the segment behind those to replace.
     * @param deleteDelayMs how long the old batches stay under another name.
     */
    SegmentSwap(final Segment replacement, final long toOffset, final long deleteDelayMs) {
        this.context = replacement.context();
        this.folder = context.folder();
        this.replacement = replacement;
        this.toOffset = toOffset;
        this.deleteDelayMs = deleteDelayMs;
    }

    /** Makes the new segment the one that counts. If this throws, nothing changed. */
    void commit() throws IOException {
        replacement.file().moveTo(folder.resolve(LogFiles.swapName(replacement.baseOffset(), toOffset)));
    }

    /**
     * Does the next step after {@link #commit}; again, if it failed.
     *
     * @return false if there was nothing left to do.
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

    /** Does all that is left to do. */
    void finish() throws IOException {
        boolean isMore;
        do {
            isMore = next();
        } while (isMore);
    }

    /** Whether a file is of a rewrite, so that an opened log must {@link #recover} it. */
    static boolean isOfRewrite(final String name) {
        return LogFiles.isCleaned(name) || LogFiles.isSwap(name);
    }

    /**
     * Completes or undoes what a crash interrupted, in a folder that nobody uses yet.
     *
     * @param folder of the log.
     * @param files what is in it.
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
        // The indexes are made anew by whoever needs them.
        Files.move(file, folder.resolve(LogFiles.name(from, LogFiles.LOG_SUFFIX)), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The files of segments from one offset up to another, save what the observer knew before the first. */
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
