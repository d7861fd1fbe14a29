package io.ottla.storage.mmap;

/** A file that is opened, or mapped, when it is needed, and closed when too many files are open. */
abstract class PooledFile {
    private volatile boolean isUsed;

    /** Marks the file as used, so that others are closed before it. */
    final void touch() {
        // Reading first keeps the cache line shared among the threads that read the same log.
        if (!isUsed) {
            isUsed = true;
        }
    }

    final boolean wasUsedSinceLastAsked() {
        final boolean wasUsed = isUsed;
        isUsed = false;
        return wasUsed;
    }

    /** Closes the file for now. References that are still held stay valid. */
    abstract void evict();
}
