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
 * Bounds how many files are open at a time, or mapped: a limit of the process that sockets have their part in too. Which one
 * to close is found by second chance: the one opened longest ago that was not used since the last look. A file that was closed here stays
 * open as long as somebody holds it; {@link #isOvercommitted} says when that is the case of too many.
 *
 * <p><b>Note:</b> thread-safe. It never calls a file while it holds its monitor.
 */
final class FilePool {
    /** How Linux begins the sentence for a process, and for the whole machine, in English. */
    private static final String TOO_MANY_FILES = "Too many open files";

    /** A file that can be opened wherever there is a descriptor. */
    private static final File PROBE = new File("/dev/null");

    /** Where the process has no descriptors left, one of so many files is closed. */
    private static final int RELIEF_PARTS = 4;

    private final int max;
    private final Set<PooledFile> files = new LinkedHashSet<>();
    private final AtomicInteger descriptors = new AtomicInteger();

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

    /**
     * Closes some files if something failed because the process can't open any more.
     *
     * @param cause of the failure.
     * @return whether it is worth trying again.
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

    /** The system says what failed in the language of its user, so that words alone don't tell. */
    private static boolean hasDescriptor() {
        try {
            new FileInputStream(PROBE).close();
            return true;
        } catch (final IOException e) {
            return !PROBE.exists();
        }
    }

    /** Counts descriptors that are taken, or given back if negative. */
    void count(final int delta) {
        descriptors.addAndGet(delta);
    }

    /** Whether more descriptors are taken than there should be, because files that were closed here are still held. */
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
