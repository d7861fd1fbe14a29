package io.ottla.server.upkeep;

import io.ottla.api.storage.LogId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Predicate;
import org.agrona.collections.Object2LongHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the offset up to which each log is compacted, also in the file {@value #NAME}, so that compaction continues
 * after a restart. The file is not essential: if it is missing or old, logs are compacted again, with the same result.
 *
 * <p>The file is text: a version, the number of logs, and for each log its topic, partition and offset, as in Kafka's
 * file of this name, and then the topic id.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class CompactionCheckpoint {
    static final String NAME = "cleaner-offset-checkpoint";

    private static final Logger LOGGER = LoggerFactory.getLogger(CompactionCheckpoint.class);
    private static final String VERSION = "1";
    private static final int FIELDS = 4;

    private final Path folder;
    private final Object2LongHashMap<LogId> offsets = new Object2LongHashMap<>(0);

    /**
     * Creates an empty checkpoint.
     *
     * @param folder the broker's data folder. If it does not exist, because the storage has no files, nothing is written.
     */
    CompactionCheckpoint(final Path folder) {
        this.folder = folder;
    }

    /** Reads the file. */
    void read() {
        final Path file = folder.resolve(NAME);
        try {
            final String[] lines =
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\n");
            if (!lines[0].equals(VERSION) || Integer.parseInt(lines[1]) != lines.length - 2) {
                throw new IOException("not a complete file of version " + VERSION);
            }
            for (int i = 2; i < lines.length; i++) {
                final String[] fields = lines[i].split(" ", FIELDS);
                offsets.put(
                        new LogId(UUID.fromString(fields[3]), fields[0], Integer.parseInt(fields[1])),
                        Long.parseLong(fields[2]));
            }
        } catch (final NoSuchFileException e) {
            LOGGER.debug("There is no {}", file);
        } catch (final IOException e) {
            offsets.clear();
            LOGGER.warn("Cannot read {}, so logs are compacted from their start: {}", file, e.toString());
        } catch (final IllegalArgumentException | IndexOutOfBoundsException e) {
            offsets.clear();
            // Not its message, which may contain contents of the file.
            LOGGER.warn("{} is damaged, so logs are compacted from their start", file);
        }
    }

    /**
     * Returns the offset up to which a log is compacted.
     *
     * @param id the log.
     * @return an offset; 0 if the log was never compacted.
     */
    long get(final LogId id) {
        return offsets.getValue(id);
    }

    /**
     * Stores that a log was compacted.
     *
     * @param id the log.
     * @param offset the offset up to which it is compacted.
     * @param exists matches the logs that exist; all others are removed.
     */
    void put(final LogId id, final long offset, final Predicate<LogId> exists) {
        offsets.put(id, offset);
        offsets.keySet().removeIf(log -> !exists.test(log));
        if (Files.isDirectory(folder)) {
            write();
        }
    }

    private void write() {
        final StringBuilder text = new StringBuilder(64 * (offsets.size() + 1));
        text.append(VERSION).append('\n').append(offsets.size()).append('\n');
        offsets.forEachLong((id, offset) -> text.append(id.topic())
                .append(' ')
                .append(id.partition())
                .append(' ')
                .append(offset)
                .append(' ')
                .append(id.topicId())
                .append('\n'));
        final Path file = folder.resolve(NAME);
        final Path temporary = folder.resolve(NAME + ".tmp");
        try {
            // Deletes a file that a kill left, and never writes through a link.
            Files.deleteIfExists(temporary);
            Files.writeString(
                    temporary,
                    text,
                    StandardCharsets.ISO_8859_1,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (final IOException e) {
            LOGGER.warn("Cannot write {}, so the next start compacts logs again: {}", file, e.toString());
        }
    }
}
