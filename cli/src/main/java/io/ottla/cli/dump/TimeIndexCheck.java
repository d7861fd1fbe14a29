package io.ottla.cli.dump;

import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Checks entries of {@code timestamp:8 relativeOffset:4}: each must have a batch's largest timestamp and last offset,
 * and all batches before it must be earlier.
 */
final class TimeIndexCheck extends IndexCheck {
    private static final int ENTRY_BYTES = 12;
    private static final int OFFSET_FIELD_OFFSET = 8;

    private final long baseOffset;
    private long latestMs = -1;
    private long lastEntryMs = -1;

    TimeIndexCheck(final Path file, final long baseOffset) throws IOException {
        super(file, ENTRY_BYTES);
        this.baseOffset = baseOffset;
        if (entryCount() > 0) {
            lastEntryMs = entries.getLong((entryCount() - 1) * ENTRY_BYTES);
        }
    }

    void batch(final ByteBuffer batch) {
        final long timestampMs = RecordBatchHeader.maxTimestamp(batch, 0);
        final long lastOffset = RecordBatchHeader.nextOffset(batch, 0) - 1;
        while (hasNext() && baseOffset + entries.getInt(nextPosition() + OFFSET_FIELD_OFFSET) <= lastOffset) {
            final long indexedMs = entries.getLong(nextPosition());
            final long offset = baseOffset + entries.getInt(nextPosition() + OFFSET_FIELD_OFFSET);
            if (offset != lastOffset) {
                complain("entry " + nextNumber() + " says offset " + offset + ", with which no batch ends");
            } else if (indexedMs != timestampMs) {
                complain("entry " + nextNumber() + " says timestamp " + indexedMs + " for offset " + offset
                        + ", where the batch has " + timestampMs);
            } else if (indexedMs <= latestMs) {
                complain("entry " + nextNumber() + " says timestamp " + indexedMs + ", but a batch before it has "
                        + latestMs);
            }
            skip();
        }
        latestMs = Math.max(latestMs, timestampMs);
    }

    /** Returns the mismatch of a sealed segment, or null: its last entry must have the largest timestamp. */
    String whatIsMissing() {
        return isPresent() && lastEntryMs < latestMs && unusedBytes() == 0
                ? name() + ": has no entry for the largest timestamp, " + latestMs
                : null;
    }
}
