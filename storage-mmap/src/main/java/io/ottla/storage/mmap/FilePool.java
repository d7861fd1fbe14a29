package io.ottla.storage.mmap;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Bounds how many files are open at a time, or mapped: a limit of the process that sockets have their part in too. Which one
 * to close is found by second chance: the one opened longest ago that was not used since the last look.
 *
 * <p><b>Note:</b> thread-safe. It never calls a file while it holds its monitor.
 */
final class FilePool {
    private final int max;
    private final Set<PooledFile> files = new LinkedHashSet<>();

    FilePool(final int max) {
        this.max = max;
    }

    /**
     * A file was opened, so that another may have to be closed, which is done here.
     *
     * @param file the file, whose monitor the caller does not hold.
     */
    void opened(final PooledFile file) {
        final PooledFile victim = admit(file);
        if (victim != null) {
            victim.evict();
        }
    }

    private synchronized PooledFile admit(final PooledFile file) {
        files.remove(file);
        files.add(file);
        while (files.size() > max) {
            final Iterator<PooledFile> iterator = files.iterator();
            final PooledFile eldest = iterator.next();
            iterator.remove();
            if (eldest == file || eldest.wasUsedSinceLastAsked()) {
                files.add(eldest);
            } else {
                return eldest;
            }
        }
        return null;
    }

    synchronized void closed(final PooledFile file) {
        files.remove(file);
    }

    synchronized int size() {
        return files.size();
    }
}
