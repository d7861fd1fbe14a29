package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * Deletes batches of segments and folders of logs after a delay, during which they are kept under another name. Files
 * that a process leaves are deleted by the next one.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class Deletions {
    /** The suffix of files and folders to be deleted. */
    static final String SUFFIX = ".deleted";

    private final Clock clock;
    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparingLong(Due::atMs));

    private record Due(Path path, long atMs) {}

    Deletions(final Clock clock) {
        this.clock = clock;
    }

    /**
     * Deletes a file, if it exists, or renames it until the delay is over.
     *
     * @param file the file of batches.
     * @param delayMs the delay in milliseconds.
     */
    void file(final Path file, final long delayMs) throws IOException {
        if (delayMs == 0) {
            Files.deleteIfExists(file);
            return;
        }
        final Path renamed = file.resolveSibling(file.getFileName() + SUFFIX);
        try {
            Files.move(file, renamed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (final NoSuchFileException e) {
            // Nothing was written to it.
            return;
        }
        later(renamed, delayMs);
    }

    /**
     * Deletes a folder with its contents.
     *
     * @param folder the folder, already renamed.
     * @param delayMs the delay in milliseconds.
     */
    void folder(final Path folder, final long delayMs) {
        if (delayMs == 0) {
            Leftovers.deleteFolder(folder);
        } else {
            later(folder, delayMs);
        }
    }

    /**
     * Schedules a file or a folder of a log for deletion by {@link #run}.
     *
     * @param path the file or folder, already renamed.
     * @param delayMs the delay in milliseconds.
     */
    void later(final Path path, final long delayMs) {
        final long nowMs = nowMs();
        // Avoids an overflow.
        final long atMs = delayMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + delayMs;
        synchronized (queue) {
            queue.add(new Due(path, atMs));
        }
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
    }

    /**
     * Deletes everything that is due.
     *
     * @return the milliseconds until the next deletion, at least 1; {@link Long#MAX_VALUE} if there is none.
     */
    long run() {
        for (final Path path : due()) {
            if (Files.isDirectory(path)) {
                Leftovers.deleteFolder(path);
            } else {
                Leftovers.deleteFile(path);
            }
        }
        synchronized (queue) {
            final Due next = queue.peek();
            return next == null || next.atMs == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(1, next.atMs - nowMs());
        }
    }

    private List<Path> due() {
        synchronized (queue) {
            if (queue.isEmpty()) {
                return List.of();
            }
            final long nowMs = nowMs();
            final List<Path> paths = new ArrayList<>();
            while (!queue.isEmpty() && queue.peek().atMs() <= nowMs) {
                paths.add(queue.poll().path());
            }
            return paths;
        }
    }
}
