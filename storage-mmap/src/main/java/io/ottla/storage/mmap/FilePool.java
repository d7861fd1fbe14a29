package io.ottla.storage.mmap;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the number of files that are open, or mapped, at a time: the limit of the process is shared with its sockets.
 * The file to close is found by the second-chance algorithm: the one opened longest ago that was not used since the
 * last scan. A file closed here stays open while there are references to it; {@link #isOvercommitted} returns whether
 * that applies to too many.
 *
 * <p><b>Note:</b> thread-safe. No file is called while the monitor is held.
 */
final class FilePool {
    /** The start of Linux's English message, both for a process and for the whole machine. */
    private static final String TOO_MANY_FILES = "Too many open files";

    /** A file that can always be opened if there is a descriptor. */
    private static final File PROBE = new File("/dev/null");

    /** The part of the files, one of this many, that is closed when the process has no descriptors left. */
    private static final int RELIEF_PARTS = 4;

    private final int max;
    private final Set<PooledFile> files = new LinkedHashSet<>();
    private final AtomicInteger descriptors = new AtomicInteger();

    FilePool(final int max) {
        this.max = max;
    }

    /**
     * Adds a file that was opened, and closes another one if there are too many.
     *
     * @param file the file; the caller must not hold its monitor.
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

    /**
     * Closes some files if an operation failed because the process cannot open more.
     *
     * @param cause the failure.
     * @return true if a retry may succeed.
     */
    boolean relieve(final Throwable cause) {
        if (!String.valueOf(cause.getMessage()).contains(TOO_MANY_FILES) && hasDescriptor()) {
            return false;
        }
        final List<PooledFile> victims = new ArrayList<>();
        synchronized (this) {
            final int count = files.size() / RELIEF_PARTS + 1;
            final Iterator<PooledFile> iterator = files.iterator();
            while (victims.size() < count && iterator.hasNext()) {
                victims.add(iterator.next());
                iterator.remove();
            }
        }
        victims.forEach(PooledFile::evict);
        return !victims.isEmpty();
    }

    /** Returns whether a descriptor is left. The system's message may be in any language, so its text is not enough. */
    private static boolean hasDescriptor() {
        try {
            new FileInputStream(PROBE).close();
            return true;
        } catch (final IOException e) {
            return !PROBE.exists();
        }
    }

    /** Counts descriptors that are acquired, or released if negative. */
    void count(final int delta) {
        descriptors.addAndGet(delta);
    }

    /**
     * Returns whether too many descriptors are in use, because there are references to files that were closed here.
     */
    boolean isOvercommitted() {
        return descriptors.get() > max;
    }

    synchronized void closed(final PooledFile file) {
        files.remove(file);
    }

    synchronized int size() {
        return files.size();
    }
}
