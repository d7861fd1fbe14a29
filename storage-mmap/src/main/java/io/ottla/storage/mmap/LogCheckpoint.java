package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The state of a log apart from its batches, in the file {@value #NAME} of its folder.
 *
 * @param logStartOffset the first offset that can be read.
 * @param flushedOffset all records before it are flushed.
 * @param bootId the boot id of the machine when the log was last written, or an empty string if it is unknown.
 * @param cleanBaseOffset the base offset of the last segment when the log was closed; -1 if the log was used since.
 * @param cleanSizeBytes the size of that segment at that time.
 * @param cleanEndOffset the offset after its last record at that time.
 * @param sealed the sizes of the segments before the last at that time; unknown if the log was used since.
 * @param point the position inside of a segment from which a recovery reads; null if there is none.
 */
record LogCheckpoint(
        long logStartOffset,
        long flushedOffset,
        String bootId,
        long cleanBaseOffset,
        long cleanSizeBytes,
        long cleanEndOffset,
        SealedSizes sealed,
        RecoveryPoint point) {
    static final String NAME = "log.checkpoint";
    static final LogCheckpoint NONE = new LogCheckpoint(0, 0, "", -1, -1, -1, null);

    /** Replaces the boot id after a failed flush: records past the flushed offset may be in memory only. */
    static final String UNTRUSTED = "untrusted";

    private static final String START_KEY = "log.start.offset";
    private static final String FLUSHED_KEY = "flushed.offset";
    private static final String BOOT_KEY = "boot.id";
    private static final String CLEAN_BASE_KEY = "clean.base.offset";
    private static final String CLEAN_SIZE_KEY = "clean.size.bytes";
    private static final String CLEAN_END_KEY = "clean.end.offset";
    private static final String CLEAN_SEALED_KEY = "clean.sealed.segments";

    /** Creates a checkpoint without the sizes of the segments before the last. */
    LogCheckpoint(
            final long logStartOffset,
            final long flushedOffset,
            final String bootId,
            final long cleanBaseOffset,
            final long cleanSizeBytes,
            final long cleanEndOffset,
            final RecoveryPoint point) {
        this(
                logStartOffset,
                flushedOffset,
                bootId,
                cleanBaseOffset,
                cleanSizeBytes,
                cleanEndOffset,
                SealedSizes.NONE,
                point);
    }

    /**
     * Reads a log's checkpoint.
     *
     * @return {@link #NONE} if there is none, or if a power failure left it incomplete.
     */
    static LogCheckpoint read(final Path folder) throws IOException {
        return CheckedLines.read(folder.resolve(NAME), LogCheckpoint::of, NONE, NONE);
    }

    private static LogCheckpoint of(final PropertyLines lines) throws IOException {
        return new LogCheckpoint(
                lines.number(START_KEY),
                lines.number(FLUSHED_KEY),
                lines.text(BOOT_KEY),
                lines.number(CLEAN_BASE_KEY),
                lines.number(CLEAN_SIZE_KEY),
                lines.number(CLEAN_END_KEY),
                lines.has(CLEAN_SEALED_KEY) ? SealedSizes.parse(lines.text(CLEAN_SEALED_KEY)) : SealedSizes.NONE,
                RecoveryPoint.read(lines));
    }

    LogCheckpoint withoutPoint() {
        return new LogCheckpoint(
                logStartOffset, flushedOffset, bootId, cleanBaseOffset, cleanSizeBytes, cleanEndOffset, sealed, null);
    }

    LogCheckpoint withoutSealed() {
        return new LogCheckpoint(
                logStartOffset, flushedOffset, bootId, cleanBaseOffset, cleanSizeBytes, cleanEndOffset, point);
    }

    LogCheckpoint withBootId(final String newBootId) {
        return new LogCheckpoint(
                logStartOffset,
                flushedOffset,
                newBootId,
                cleanBaseOffset,
                cleanSizeBytes,
                cleanEndOffset,
                sealed,
                point);
    }

    void write(final Path folder, final boolean isDurable) throws IOException {
        final StringBuilder text = CheckedLines.begin();
        PropertyLines.append(text, START_KEY, logStartOffset);
        PropertyLines.append(text, FLUSHED_KEY, flushedOffset);
        PropertyLines.append(text, BOOT_KEY, bootId);
        PropertyLines.append(text, CLEAN_BASE_KEY, cleanBaseOffset);
        PropertyLines.append(text, CLEAN_SIZE_KEY, cleanSizeBytes);
        PropertyLines.append(text, CLEAN_END_KEY, cleanEndOffset);
        if (sealed.count() > 0) {
            PropertyLines.append(text, CLEAN_SEALED_KEY, sealed.toString());
        }
        if (point != null) {
            point.write(text);
        }
        CheckedLines.write(folder.resolve(NAME), text, isDurable);
    }
}
