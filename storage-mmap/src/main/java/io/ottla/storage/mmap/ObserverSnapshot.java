package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The file of an observer's snapshot at an offset, which is in the file's name.
 *
 * <pre>
 *    0               4               8               12              16
 *    +---------------+---------------+-------------------------------+
 *    |    Version    |    CRC-32C    |            Offset             |
 *    +---------------+---------------+-------------------------------+
 *    |  The observer's bytes, to the end of the file                ...
 * </pre>
 *
 * <p>All fields are big-endian. The CRC covers everything after it.
 */
final class ObserverSnapshot {
    private static final int VERSION = 1;
    private static final int CRC_FIELD_OFFSET = 4;
    private static final int OFFSET_FIELD_OFFSET = 8;
    private static final int HEADER_BYTES = 16;

    private ObserverSnapshot() {}

    static void write(final Path folder, final long offset, final ByteBuffer snapshot, final boolean isDurable)
            throws IOException {
        final ByteBuffer contents = ByteBuffer.allocate(HEADER_BYTES + snapshot.remaining());
        contents.putInt(VERSION)
                .putInt(0)
                .putLong(offset)
                .put(snapshot.duplicate())
                .flip();
        contents.putInt(CRC_FIELD_OFFSET, crcOf(contents));
        LogFiles.replace(folder.resolve(LogFiles.name(offset, LogFiles.SNAPSHOT_SUFFIX)), contents, isDurable);
    }

    /**
     * Reads a snapshot.
     *
     * @return the observer's bytes; null if the file is missing, incomplete or of another version, so that the log must
     *     be read.
     */
    static ByteBuffer read(final Path folder, final long offset) throws IOException {
        final byte[] bytes = LogFiles.readIfExists(folder.resolve(LogFiles.name(offset, LogFiles.SNAPSHOT_SUFFIX)));
        if (bytes == null) {
            return null;
        }
        final ByteBuffer contents = ByteBuffer.wrap(bytes);
        if (contents.limit() < HEADER_BYTES
                || contents.getInt(0) != VERSION
                || contents.getInt(CRC_FIELD_OFFSET) != crcOf(contents)
                || contents.getLong(OFFSET_FIELD_OFFSET) != offset) {
            return null;
        }
        return contents.slice(HEADER_BYTES, contents.limit() - HEADER_BYTES);
    }

    static void delete(final Path folder, final long offset) throws IOException {
        Files.deleteIfExists(folder.resolve(LogFiles.name(offset, LogFiles.SNAPSHOT_SUFFIX)));
    }

    private static int crcOf(final ByteBuffer contents) {
        final CRC32C crc = new CRC32C();
        crc.update(contents.slice(OFFSET_FIELD_OFFSET, contents.limit() - OFFSET_FIELD_OFFSET));
        return (int) crc.getValue();
    }
}
