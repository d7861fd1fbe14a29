package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files of this storage that are no longer needed. Nothing else is deleted: callers check that the name is one
 * of the storage's, links are not followed, and a file that cannot be deleted stays, with a warning. The next start
 * finds it again.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /** Deletes a file with a name of this storage, if it is a regular file. */
    static void deleteFile(final Path file) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            delete(file);
        } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("{} has a name that Ottla gives to its files, but it is none of them: it is left alone", file);
        }
    }

    /** Deletes a log's folder with all files of the log. Any other file in it stays, and so does the folder. */
    static void deleteFolder(final Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("{} has a name that Ottla gives to its folders, but it is none of them: it is left alone", folder);
            return;
        }
        Path foreign = null;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (final Path file : files) {
                if (LogFiles.isOurs(file.getFileName().toString())) {
                    deleteFile(file);
                } else {
                    foreign = file;
                }
            }
        } catch (final IOException e) {
            warn(folder, e);
            return;
        } catch (final DirectoryIteratorException e) {
            warn(folder, e.getCause());
            return;
        }
        if (foreign == null) {
            delete(folder);
        } else {
            LOG.warn("{} is not deleted, because {} in it was not made by Ottla", folder, foreign.getFileName());
        }
    }

    private static void delete(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            warn(path, e);
        }
    }

    private static void warn(final Path path, final IOException e) {
        LOG.warn("can't delete {}; the next start will try again: {}", path, e.toString());
    }
}
