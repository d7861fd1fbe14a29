package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes small files of {@link PropertyLines}: the first line has a version, and the last two show whether
 * the file is complete and undamaged.
 */
final class CheckedLines {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedLines.class);
    private static final int VERSION = 1;
    private static final String VERSION_KEY = "version";
    private static final String CRC_KEY = "crc32c";
    private static final String END = "end";

    private CheckedLines() {}

    /** Returns the text of a file without lines yet. */
    static StringBuilder begin() {
        final StringBuilder text = new StringBuilder(256);
        PropertyLines.append(text, VERSION_KEY, VERSION);
        return text;
    }

    static void write(final Path file, final StringBuilder text, final boolean isDurable) throws IOException {
        PropertyLines.append(text, CRC_KEY, crcOf(text.toString()));
        text.append(END).append('\n');
        LogFiles.replace(file, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1)), isDurable);
    }

    /** Reads the contents of the lines. */
    interface Reader<T> {
        T read(PropertyLines lines) throws IOException;
    }

    /**
     * Reads a file.
     *
     * @param file the file.
     * @param reader reads its lines, and nothing else.
     * @param absent the result if there is no file.
     * @param damaged the result if the file is incomplete or a line is missing, after a power failure or a fault of the
     *     device.
     * @throws StorageException if it is of a later version.
     */
    static <T> T read(final Path file, final Reader<T> reader, final T absent, final T damaged) throws IOException {
        final byte[] bytes = LogFiles.readIfExists(file);
        if (bytes == null) {
            return absent;
        }
        final String text = new String(bytes, StandardCharsets.ISO_8859_1);
        try {
            final PropertyLines lines = new PropertyLines(file, text);
            // In this order: a flipped bit must not look like a later version.
            if (lines.endsWith(END) && isSound(text)) {
                checkVersion(file, lines.number(VERSION_KEY));
                return reader.read(lines);
            }
        } catch (final IOException e) {
            LOG.debug("{} is incomplete", file, e);
        }
        if (!text.isEmpty()) {
            LOG.warn("{} is damaged; its contents are restored from the log itself", file);
        }
        return damaged;
    }

    private static void checkVersion(final Path file, final long version) {
        if (version > VERSION) {
            throw new StorageException(file + " is of version " + version + ", this broker knows version " + VERSION
                    + ": start the newer broker that wrote it");
        }
    }

    /** Returns whether the checksum, if any, is right: the first files of this version had none. */
    private static boolean isSound(final String text) {
        final int start = text.indexOf(CRC_KEY + '=');
        return start < 0
                || text.substring(start).equals(CRC_KEY + '=' + crcOf(text.substring(0, start)) + '\n' + END + '\n');
    }

    private static long crcOf(final String text) {
        final CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return crc.getValue();
    }
}
