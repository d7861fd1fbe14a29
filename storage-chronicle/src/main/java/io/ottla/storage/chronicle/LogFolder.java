package io.ottla.storage.chronicle;

import io.ottla.api.storage.LogId;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/** A log's folder, {@code <topic>-<partition>}: a text file with the log's id and start offset, and its segments. */
final class LogFolder {
    private static final String PROPERTIES_NAME = "log.properties";
    private static final String SEGMENT_SUFFIX = ".segment";
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final String SWAP_SUFFIX = ".swap";
    private static final String TOPIC_ID = "topic.id=";
    private static final String START = "log.start.offset=";
    private static final int OFFSET_DIGITS = 20;

    private final LogId id;
    private final Path path;

    LogFolder(final Path dataFolder, final LogId id) {
        if (id.topic().isEmpty() || id.topic().indexOf('/') >= 0 || id.topic().indexOf('\\') >= 0) {
            throw new StorageException("can't make a folder for '" + id + "': not the name of a topic");
        }
        this.id = id;
        path = dataFolder.resolve(id.topic() + '-' + id.partition());
    }

    LogId id() {
        return id;
    }

    Path path() {
        return path;
    }

    /** Returns the id of a folder's log, or null if the folder is not a log's. */
    static LogId idOf(final Path folder) throws IOException {
        final Path file = folder.resolve(PROPERTIES_NAME);
        if (!Files.exists(file)) {
            return null;
        }
        final String name = folder.getFileName().toString();
        final int dash = name.lastIndexOf('-');
        final String topicId = value(Files.readAllLines(file), TOPIC_ID, file);
        return new LogId(
                UUID.fromString(topicId), name.substring(0, dash), Integer.parseInt(name, dash + 1, name.length(), 10));
    }

    private static String value(final List<String> lines, final String key, final Path file) throws IOException {
        for (final String line : lines) {
            if (line.startsWith(key)) {
                return line.substring(key.length());
            }
        }
        throw new IOException(file + " has no line " + key);
    }

    /** Creates the folder if it is not a log's yet, without leftovers of a deleted log. */
    void make() throws IOException {
        if (!Files.exists(path.resolve(PROPERTIES_NAME))) {
            Files.createDirectories(path);
            for (final Path leftover : DataFolder.list(path)) {
                Files.delete(leftover);
            }
            writeStart(0);
        }
    }

    long readStart() throws IOException {
        final Path file = path.resolve(PROPERTIES_NAME);
        return Long.parseLong(value(Files.readAllLines(file), START, file));
    }

    void writeStart(final long logStartOffset) throws IOException {
        DataFolder.replace(
                path.resolve(PROPERTIES_NAME), TOPIC_ID + id.topicId() + '\n' + START + logStartOffset + '\n');
    }

    /** Deletes the log; after a crash in between, the leftovers are not a log's. */
    void delete() throws IOException {
        Files.deleteIfExists(path.resolve(PROPERTIES_NAME));
        for (final Path file : DataFolder.list(path)) {
            Files.delete(file);
        }
        Files.delete(path);
    }

    Path segment(final long baseOffset) {
        return path.resolve(name(baseOffset) + SEGMENT_SUFFIX);
    }

    Path temporary(final long baseOffset) {
        return path.resolve(name(baseOffset) + TEMPORARY_SUFFIX);
    }

    /** Returns the name that commits a rewritten segment. */
    Path swap(final long fromOffset, final long toOffset) {
        return path.resolve(name(fromOffset) + '-' + name(toOffset) + SWAP_SUFFIX);
    }

    private static String name(final long offset) {
        final String digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits;
    }

    /** Returns the segments' files by their base offsets, after an interrupted swap is completed or undone. */
    NavigableMap<Long, Path> segments(final long logStartOffset) throws IOException {
        final NavigableMap<Long, Path> found = new TreeMap<>();
        Path swap = null;
        for (final Path file : DataFolder.list(path)) {
            final String name = file.getFileName().toString();
            if (name.endsWith(SEGMENT_SUFFIX)) {
                found.put(Long.parseLong(name, 0, OFFSET_DIGITS, 10), file);
            } else if (name.endsWith(SWAP_SUFFIX)) {
                swap = file;
            } else if (name.endsWith(TEMPORARY_SUFFIX)) {
                Files.delete(file);
            }
        }
        if (swap != null) {
            final String name = swap.getFileName().toString();
            final long from = Long.parseLong(name, 0, OFFSET_DIGITS, 10);
            final long to = Long.parseLong(name, OFFSET_DIGITS + 1, 2 * OFFSET_DIGITS + 1, 10);
            final Map<Long, Path> replaced = found.subMap(from, to);
            for (final Path file : replaced.values()) {
                Files.delete(file);
            }
            replaced.clear();
            DataFolder.rename(swap, segment(from));
            found.put(from, segment(from));
        }
        while (found.size() > 1 && found.higherKey(found.firstKey()) <= logStartOffset) {
            Files.delete(found.pollFirstEntry().getValue());
        }
        return found;
    }
}
