package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets aside the folders of stray logs, which have no topic. They are renamed as in Apache Kafka: {@code
 * <topic>-<partition>.<32 hexadecimal digits>-stray}. So a topic of the same name can be created, and nothing is lost
 * if the metadata is wrong.
 *
 * <p><b>Note:</b> for the thread that opens the storage.
 */
final class StrayLogs {
    /** The suffix of the folders' names. */
    static final String SUFFIX = "-stray";

    private static final Logger LOG = LoggerFactory.getLogger(StrayLogs.class);
    private static final int ID_DIGITS = 32;
    private static final int NAME_LENGTH_MAX = 255;
    private static final int NAMED_MAX = 10;

    private final Clock clock;
    private final long retentionMs;
    private final List<Path> folders = new ArrayList<>();

    /**
     * Creates an empty list.
     *
     * @param clock the clock.
     * @param retentionMs the retention in milliseconds; -1 for ever.
     */
    StrayLogs(final Clock clock, final long retentionMs) {
        this.clock = clock;
        this.retentionMs = retentionMs;
    }

    /** Returns whether a name is one of {@link #setAside}. */
    static boolean isName(final String name) {
        final int end = name.length() - SUFFIX.length();
        final int dot = end - ID_DIGITS - 1;
        if (dot < 1 || !name.endsWith(SUFFIX) || name.charAt(dot) != '.') {
            return false;
        }
        for (int i = dot + 1; i < end; i++) {
            final char digit = name.charAt(i);
            if (!HexFormat.isHexDigit(digit) || Character.isUpperCase(digit)) {
                return false;
            }
        }
        return true;
    }

    /** Adds a folder that was set aside before. */
    void found(final Path folder) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            folders.add(folder);
        }
    }

    /**
     * Renames a log's folder.
     *
     * @param folder the folder.
     * @param topicId the id in it.
     * @return true if that succeeded.
     */
    boolean setAside(final Path folder, final UUID topicId) {
        try {
            final Path aside = free(folder, topicId);
            Files.move(folder, aside);
            folders.add(aside);
            // The time from which it is kept. A folder that is renamed keeps its own.
            Files.setLastModifiedTime(aside, FileTime.fromMillis(clock.epochMs()));
        } catch (final IOException e) {
            LOG.warn("can't set the stray log {} aside: {}", folder, e.toString());
        }
        return !Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns an unused name: the same log may have been set aside before and then restored by hand. */
    private static Path free(final Path folder, final UUID topicId) {
        final String name = folder.getFileName().toString();
        final String start =
                name.substring(0, Math.min(name.length(), NAME_LENGTH_MAX - 1 - ID_DIGITS - SUFFIX.length()));
        for (long low = topicId.getLeastSignificantBits(); ; low++) {
            final Path free = folder.resolveSibling(start
                    + '.'
                    + HexFormat.of().toHexDigits(topicId.getMostSignificantBits())
                    + HexFormat.of().toHexDigits(low)
                    + SUFFIX);
            if (!Files.exists(free, LinkOption.NOFOLLOW_LINKS)) {
                return free;
            }
        }
    }

    /**
     * Logs the stray logs, and schedules those with a retention for deletion.
     *
     * @return true if any will be deleted.
     */
    boolean settle(final Deletions deletions) {
        if (folders.isEmpty()) {
            return false;
        }
        long sizeBytes = 0;
        final StringBuilder names = new StringBuilder(256);
        for (int i = 0; i < folders.size(); i++) {
            final Path folder = folders.get(i);
            sizeBytes += sizeBytes(folder);
            if (i < NAMED_MAX) {
                names.append(i == 0 ? "" : ", ").append(folder.getFileName());
            }
            if (retentionMs >= 0) {
                deletions.later(folder, Math.max(0, retentionMs - ageMs(folder)));
            }
        }
        if (folders.size() > NAMED_MAX) {
            names.append(" and ").append(folders.size() - NAMED_MAX).append(" more");
        }
        LOG.warn(
                "{} logs are of no topic that the metadata knows, as a kill during a deletion leaves them, and are set"
                        + " aside in {}: {}. They take {} bytes, {}",
                folders.size(),
                folders.getFirst().getParent(),
                names,
                sizeBytes,
                retentionMs < 0
                        ? "until you delete these folders or set " + MmapStorageProvider.STRAY_RETENTION_MS_KEY
                        : "for as long as " + MmapStorageProvider.STRAY_RETENTION_MS_KEY + "=" + retentionMs + " says");
        folders.clear();
        return retentionMs >= 0;
    }

    private long ageMs(final Path folder) {
        try {
            return Math.max(
                    0, clock.epochMs() - Files.getLastModifiedTime(folder).toMillis());
        } catch (final IOException e) {
            return 0;
        }
    }

    private static long sizeBytes(final Path folder) {
        long sizeBytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (final Path file : files) {
                sizeBytes += Files.size(file);
            }
        } catch (final IOException | DirectoryIteratorException e) {
            LOG.debug("can't see how much {} takes", folder, e);
        }
        return sizeBytes;
    }
}
