package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Small files of {@link PropertyLines}: the first line has a version, and the last two tell a whole file from a torn or damaged one. */
final class CheckedLines {
    private static final int VERSION = 1;
    private static final String VERSION_KEY = "version";
    private static final String CRC_KEY = "crc32c";
    private static final String END = "end";

    private CheckedLines() {}

    /** The text of a file without lines yet. */
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

    /**
     * Reads a file.
     *
     * @return null if it is not whole.
     * @throws NoSuchFileException if there is none.
     * @throws StorageException if it is of a later version.
     */
    static PropertyLines read(final Path file) throws IOException {
        final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        final PropertyLines lines = new PropertyLines(text);
        if (!lines.endsWith(END)) {
            return null;
        }
        if (lines.number(VERSION_KEY) > VERSION) {
            throw new StorageException(file + " is of version " + lines.number(VERSION_KEY)
                    + ", this broker knows version " + VERSION + ": start the newer broker that wrote it");
        }
        return isSound(text) ? lines : null;
    }

    /** Whether the checksum is right, if there is one: the first files of this version had none. */
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
