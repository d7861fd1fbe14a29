package io.ottla.storage.chronicle;

import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Operations on folders and small files: the lock, the format's version, replacing a file atomically. */
final class DataFolder {
    private static final String LOCK_NAME = ".lock";
    private static final String FORMAT_NAME = "format.properties";
    private static final String FORMAT = "storage=" + ChronicleStorageProvider.NAME + "\nformat.version=1\n";
    private static final String TEMPORARY_SUFFIX = ".tmp";

    private DataFolder() {}

    // region: lock
    /**
     * Locks a data folder against a second broker, and refuses folders of other storages and other versions.
     *
     * @return the channel that holds the lock until it is closed or the process ends.
     */
    static FileChannel take(final Path folder) throws IOException {
        Files.createDirectories(folder);
        final FileChannel channel =
                FileChannel.open(folder.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isTaken = false;
        try {
            isTaken = channel.tryLock() != null;
            if (isTaken) {
                checkFormat(folder);
            }
        } catch (final OverlappingFileLockException e) {
            // Locked in this process.
        } catch (final IOException | StorageException e) {
            channel.close();
            throw e;
        }
        if (!isTaken) {
            channel.close();
            throw new StorageException("the data folder " + folder + " is in use by another broker");
        }
        return channel;
    }

    private static void checkFormat(final Path folder) throws IOException {
        final Path file = folder.resolve(FORMAT_NAME);
        if (!Files.exists(file)) {
            replace(file, FORMAT);
        } else if (!Files.readString(file).equals(FORMAT)) {
            throw new StorageException("the data folder " + folder + " is of another storage or version, as " + file
                    + " says: " + Files.readString(file).strip().replace('\n', ' '));
        }
    }
    // endregion

    /** Replaces a file atomically: readers, also after a crash, see all of the old or all of the new contents. */
    static void replace(final Path file, final String contents) throws IOException {
        final Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        Files.writeString(temporary, contents);
        force(temporary);
        rename(temporary, file);
    }

    /** Renames a file durably. */
    static void rename(final Path from, final Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(to.getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Forces a file to the device, including the writes through mappings. */
    static void force(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    static List<Path> list(final Path folder) throws IOException {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(files::add);
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }
}
