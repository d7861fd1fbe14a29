package io.ottla.storage.mmap;

import io.ottla.api.TopicName;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;

/** The folder of a log: {@code <topic>-<partition>}, with the topic's id in a file of Kafka's format. */
final class LogFolder {
    /** The file with the topic's id. */
    static final String METADATA_NAME = "partition.metadata";

    private static final String VERSION_KEY = "version";
    private static final String TOPIC_ID_KEY = "topic_id";
    private static final int UUID_LENGTH = 36;

    private LogFolder() {}

    static String name(final LogId id) {
        return id.topic() + '-' + id.partition();
    }

    /**
     * Returns the name of a folder to be deleted; it is short, because a topic's name may leave no room for a suffix.
     */
    static String deletedName(final LogId id) {
        return id.topicId() + "-" + id.partition() + Deletions.SUFFIX;
    }

    /** Returns whether a name is one of {@link #deletedName}. */
    static boolean isDeletedName(final String name) {
        if (name.length() <= UUID_LENGTH || !name.endsWith(Deletions.SUFFIX) || name.charAt(UUID_LENGTH) != '-') {
            return false;
        }
        final String id = name.substring(0, UUID_LENGTH);
        try {
            return UUID.fromString(id).toString().equals(id)
                    && partitionIn(name.substring(0, name.length() - Deletions.SUFFIX.length())) >= 0;
        } catch (final IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Creates a log's folder, or checks that an existing one is the log's.
     *
     * @throws StorageException if the name is not a valid topic name, or if the folder is another topic's.
     */
    static void makeOrCheck(final Path folder, final LogId id) throws IOException {
        checkName(id);
        if (Files.exists(folder)) {
            final LogId present = read(folder);
            if (present != null && !present.equals(id)) {
                throw new StorageException(folder + " has the topic id " + present.topicId() + ", not " + id.topicId()
                        + ": it is of a topic of the same name; delete that log first");
            }
            if (present != null) {
                return;
            }
        } else {
            Files.createDirectory(folder);
        }
        write(folder, id);
    }

    private static void write(final Path folder, final LogId id) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.topicId().getMostSignificantBits())
                .putLong(id.topicId().getLeastSignificantBits());
        final String text = VERSION_KEY + ": 0\n" + TOPIC_ID_KEY + ": "
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array()) + '\n';
        LogFiles.replace(
                folder.resolve(METADATA_NAME), ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), false);
    }

    /**
     * Returns the id of a folder's log.
     *
     * @return the id, or null if the folder is not a log's.
     */
    static LogId read(final Path folder) throws IOException {
        final String name = folder.getFileName().toString();
        final int partition = partitionIn(name);
        if (partition < 0) {
            return null;
        }
        final Path file = folder.resolve(METADATA_NAME);
        final byte[] bytes = LogFiles.readIfExists(file);
        if (bytes == null) {
            return null;
        }
        final PropertyLines lines = new PropertyLines(file, new String(bytes, StandardCharsets.ISO_8859_1));
        if (!lines.has(TOPIC_ID_KEY)) {
            // A power failure left the file empty. The first flush makes it durable, so nothing here was ever flushed.
            return null;
        }
        try {
            final ByteBuffer topicId = ByteBuffer.wrap(Base64.getUrlDecoder().decode(lines.text(TOPIC_ID_KEY)));
            return new LogId(
                    new UUID(topicId.getLong(), topicId.getLong()),
                    name.substring(0, name.lastIndexOf('-')),
                    partition);
        } catch (final IOException | IllegalArgumentException | BufferUnderflowException e) {
            // Its messages may contain the text of the file.
            throw new IOException(
                    file + " is damaged: it has no topic id. Delete the file, and it is written again for the"
                            + " topic that the metadata has");
        }
    }

    /** Returns the partition in the name of a folder; -1 if it is not the name of a log's folder. */
    static int partitionIn(final String name) {
        final int start = name.lastIndexOf('-') + 1;
        if (start < 2 || start == name.length() || name.charAt(start) == '0' && start < name.length() - 1) {
            return -1;
        }
        for (int i = start; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        try {
            return Integer.parseInt(name, start, name.length(), 10);
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    /**
     * Returns whether a folder with a log's name is one, even if the file with the topic id is lost: a foreign folder
     * may have such a name, too.
     */
    static boolean isLog(final Path folder) throws IOException {
        if (Files.exists(folder.resolve(METADATA_NAME))) {
            return true;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (final Path file : files) {
                if (LogFiles.offsetOf(file.getFileName().toString(), LogFiles.LOG_SUFFIX) >= 0) {
                    return true;
                }
            }
            return false;
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void checkName(final LogId id) {
        if (id.partition() < 0 || TopicName.problem(id.topic()) != null) {
            throw new StorageException("can't make a folder for '" + id + "': not the name of a topic");
        }
    }
}
