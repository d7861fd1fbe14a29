package io.ottla.storage.mmap;

/** A file that is opened, or mapped, when it is needed, and is closed again when too many are. */
abstract class PooledFile {
    private volatile boolean isUsed;

    /** Says that the file is in use, so that others are closed before it. */
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

    /** Closes the file for now. Whoever has it still keeps it. */
    abstract void evict();
}
