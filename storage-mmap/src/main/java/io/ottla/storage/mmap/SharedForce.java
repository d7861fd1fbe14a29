package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes the names in a folder survive a loss of power that many have an interest in: one force serves all whose names were there when it
 * began. Thread-safe.
 */
final class SharedForce {
    private final Path folder;
    private long tickets;
    private long forced;
    private final Object forceMonitor = new Object();

    SharedForce(final Path folder) {
        this.folder = folder;
    }

    /** Takes a ticket for a name that is there now. */
    synchronized long ticket() {
        return ++tickets;
    }

    /** Forces the folder, unless that was done since a ticket was taken. */
    void force(final long ticket) throws IOException {
        synchronized (forceMonitor) {
            if (forced < ticket) {
                final long latest = latest();
                LogFiles.forceFolder(folder);
                forced = latest;
            }
        }
    }

    private synchronized long latest() {
        return tickets;
    }
}
