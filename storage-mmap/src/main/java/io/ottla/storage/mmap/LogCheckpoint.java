package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * What is known of a log beside its batches, in the file {@value #NAME} of its folder.
 *
 * @param logStartOffset the first offset that can be read.
 * @param flushedOffset all before it survive a loss of power.
 * @param bootId which run of the machine the log was last written in, or an empty string if that is not known.
 * @param cleanBaseOffset the base offset of the last segment when the log was closed; -1 if it was used since.
 * @param cleanSizeBytes the size of that segment then.
 * @param cleanEndOffset the offset after its last record then.
 * @param point inside of a segment, from which on it is enough to read; null if there is none.
 */
record LogCheckpoint(
        long logStartOffset,
        long flushedOffset,
        String bootId,
        long cleanBaseOffset,
        long cleanSizeBytes,
        long cleanEndOffset,
        RecoveryPoint point) {
    static final String NAME = "log.checkpoint";
    static final LogCheckpoint NONE = new LogCheckpoint(0, 0, "", -1, -1, -1, null);

    /** In the place of a boot id: a flush failed, and what is behind the flushed offset may be in memory only. */
    static final String UNTRUSTED = "untrusted";

    private static final int VERSION = 1;
    private static final String VERSION_KEY = "version";
    private static final String START_KEY = "log.start.offset";
    private static final String FLUSHED_KEY = "flushed.offset";
    private static final String BOOT_KEY = "boot.id";
    private static final String CLEAN_BASE_KEY = "clean.base.offset";
    private static final String CLEAN_SIZE_KEY = "clean.size.bytes";
    private static final String CLEAN_END_KEY = "clean.end.offset";
    private static final String CRC_KEY = "crc32c";
    /** The last line, which tells a whole file from a torn one. */
    private static final String END = "end";

    /**
     * Reads a log's checkpoint.
     *
     * @return {@link #NONE} if there is none, or if a loss of power left none that is whole.
     */
    static LogCheckpoint read(final Path folder) throws IOException {
        final Path file = folder.resolve(NAME);
        final String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final NoSuchFileException e) {
            return NONE;
        }
        final PropertyLines lines = new PropertyLines(text);
        if (!lines.endsWith(END)) {
            return NONE;
        }
        if (lines.number(VERSION_KEY) > VERSION) {
            throw new StorageException(file + " is of version " + lines.number(VERSION_KEY)
                    + ", this broker knows version " + VERSION + ": start the newer broker that wrote it");
        }
        if (!isSound(text)) {
            return NONE;
        }
        return new LogCheckpoint(
                lines.number(START_KEY),
                lines.number(FLUSHED_KEY),
                lines.text(BOOT_KEY),
                lines.number(CLEAN_BASE_KEY),
                lines.number(CLEAN_SIZE_KEY),
                lines.number(CLEAN_END_KEY),
                RecoveryPoint.read(lines));
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

    LogCheckpoint withoutPoint() {
        return new LogCheckpoint(
                logStartOffset, flushedOffset, bootId, cleanBaseOffset, cleanSizeBytes, cleanEndOffset, null);
    }

    LogCheckpoint withBootId(final String newBootId) {
        return new LogCheckpoint(
                logStartOffset, flushedOffset, newBootId, cleanBaseOffset, cleanSizeBytes, cleanEndOffset, point);
    }

    void write(final Path folder, final boolean isDurable) throws IOException {
        final StringBuilder text = new StringBuilder(256);
        PropertyLines.append(text, VERSION_KEY, VERSION);
        PropertyLines.append(text, START_KEY, logStartOffset);
        PropertyLines.append(text, FLUSHED_KEY, flushedOffset);
        PropertyLines.append(text, BOOT_KEY, bootId);
        PropertyLines.append(text, CLEAN_BASE_KEY, cleanBaseOffset);
        PropertyLines.append(text, CLEAN_SIZE_KEY, cleanSizeBytes);
        PropertyLines.append(text, CLEAN_END_KEY, cleanEndOffset);
        if (point != null) {
            point.write(text);
        }
        PropertyLines.append(text, CRC_KEY, crcOf(text.toString()));
        text.append(END).append('\n');
        final ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        LogFiles.replace(folder.resolve(NAME), bytes, isDurable);
    }
}
