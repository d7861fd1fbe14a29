package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Locks a folder against a second broker, in this process or another. The operating system releases the lock when the
 * process ends.
 */
final class FolderLock implements AutoCloseable {
    static final String NAME = ".lock";

    private final FileChannel channel;

    private FolderLock(final FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks the folder.
     *
     * @throws StorageException if it is locked already.
     */
    static FolderLock take(final Path folder) throws IOException {
        final Path file = folder.resolve(NAME);
        final FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = null;
        final boolean wasInterrupted = Interruption.hold();
        try {
            lock = channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            // Locked in this process.
        } finally {
            Interruption.restore(wasInterrupted);
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new StorageException(
                    "the data folder " + folder + " is in use by another broker, which holds the lock on " + file
                            + ": stop that one, or give this one a folder of its own");
        }
        return new FolderLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
