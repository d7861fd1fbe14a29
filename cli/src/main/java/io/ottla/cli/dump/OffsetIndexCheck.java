package io.ottla.cli.dump;

import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Checks entries of {@code relativeOffset:4 position:4}: each must have a batch's last offset and position. */
final class OffsetIndexCheck extends IndexCheck {
    private static final int ENTRY_BYTES = 8;
    private static final int POSITION_FIELD_OFFSET = 4;

    private final long baseOffset;

    OffsetIndexCheck(final Path file, final long baseOffset) throws IOException {
        super(file, ENTRY_BYTES);
        this.baseOffset = baseOffset;
    }

    void batch(final ByteBuffer batch, final long position) {
        while (hasNext() && entries.getInt(nextPosition() + POSITION_FIELD_OFFSET) <= position) {
            final long indexed = entries.getInt(nextPosition() + POSITION_FIELD_OFFSET);
            final long offset = baseOffset + entries.getInt(nextPosition());
            final long lastOffset = RecordBatchHeader.nextOffset(batch, 0) - 1;
            if (indexed != position) {
                complain("entry " + nextNumber() + " says position " + indexed + ", where no batch begins");
            } else if (offset != lastOffset) {
                complain("entry " + nextNumber() + " says offset " + offset + " at position " + indexed
                        + ", where the batch ends with " + lastOffset);
            }
            skip();
        }
    }
}
