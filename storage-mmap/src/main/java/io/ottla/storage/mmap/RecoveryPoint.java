package io.ottla.storage.mmap;

import java.io.IOException;

/**
 * A position inside of the active segment from which a recovery may begin: everything before it is on the device, and
 * the data derived from that is stored with it. The observer's snapshot has the point's offset in its name.
 *
 * @param offset the offset after the last record before the point.
 * @param baseOffset the segment's base offset.
 * @param sizeBytes the point's position in the segment's file, between two batches.
 * @param maxTimestampMs the largest timestamp in the segment before the point; -1 if there is none.
 * @param maxTimestampOffset the offset of the last record of the first batch with that timestamp, less {@code
 *     baseOffset}.
 * @param offsetEntries the number of entries of the offset index.
 * @param timeEntries the number of entries of the time index.
 * @param indexCrc the CRC-32C of these entries, first those of the offset index.
 */
record RecoveryPoint(
        long offset,
        long baseOffset,
        int sizeBytes,
        long maxTimestampMs,
        int maxTimestampOffset,
        int offsetEntries,
        int timeEntries,
        long indexCrc) {
    private static final String OFFSET_KEY = "recovery.offset";
    private static final String BASE_KEY = "recovery.base.offset";
    private static final String SIZE_KEY = "recovery.size.bytes";
    private static final String MAX_TIMESTAMP_KEY = "recovery.max.timestamp";
    private static final String MAX_TIMESTAMP_OFFSET_KEY = "recovery.max.timestamp.relative.offset";
    private static final String OFFSET_ENTRIES_KEY = "recovery.index.entries";
    private static final String TIME_ENTRIES_KEY = "recovery.timeindex.entries";
    private static final String INDEX_CRC_KEY = "recovery.indexes.checksum";

    /**
     * Reads a point from the lines of a checkpoint.
     *
     * @return null if there is none, as in checkpoints of earlier releases.
     */
    static RecoveryPoint read(final PropertyLines lines) throws IOException {
        if (!lines.has(OFFSET_KEY)) {
            return null;
        }
        return new RecoveryPoint(
                lines.number(OFFSET_KEY),
                lines.number(BASE_KEY),
                (int) lines.number(SIZE_KEY),
                lines.number(MAX_TIMESTAMP_KEY),
                (int) lines.number(MAX_TIMESTAMP_OFFSET_KEY),
                (int) lines.number(OFFSET_ENTRIES_KEY),
                (int) lines.number(TIME_ENTRIES_KEY),
                lines.number(INDEX_CRC_KEY));
    }

    void write(final StringBuilder text) {
        PropertyLines.append(text, OFFSET_KEY, offset);
        PropertyLines.append(text, BASE_KEY, baseOffset);
        PropertyLines.append(text, SIZE_KEY, sizeBytes);
        PropertyLines.append(text, MAX_TIMESTAMP_KEY, maxTimestampMs);
        PropertyLines.append(text, MAX_TIMESTAMP_OFFSET_KEY, maxTimestampOffset);
        PropertyLines.append(text, OFFSET_ENTRIES_KEY, offsetEntries);
        PropertyLines.append(text, TIME_ENTRIES_KEY, timeEntries);
        PropertyLines.append(text, INDEX_CRC_KEY, indexCrc);
    }

    RecoveryPoint withIndexCrc(final long newIndexCrc) {
        return new RecoveryPoint(
                offset,
                baseOffset,
                sizeBytes,
                maxTimestampMs,
                maxTimestampOffset,
                offsetEntries,
                timeEntries,
                newIndexCrc);
    }
}
