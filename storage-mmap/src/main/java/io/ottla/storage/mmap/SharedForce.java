package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Forces the names in a shared folder to the device: one force serves all callers whose names were there when it began.
 * Thread-safe.
 */
final class SharedForce {
    private final Path folder;
    private long tickets;
    private long forced;
    private final Object forceMonitor = new Object();

    SharedForce(final Path folder) {
        this.folder = folder;
    }

    /** Returns a ticket for a name that exists now. */
    synchronized long ticket() {
        return ++tickets;
    }

    /** Forces the folder, unless that was done after the ticket was issued. */
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
