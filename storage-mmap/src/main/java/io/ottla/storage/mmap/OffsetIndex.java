package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The sparse index of a segment by offset, in Kafka's format ({@code .index}): entries of 8 bytes, big-endian, in ascending
 * order.
 *
 * <pre>
 *    0               4               8
 *    +---------------+---------------+
 *    |Relative offset|   Position    |
 *    +---------------+---------------+
 * </pre>
 *
 * <p>The offset is that of the last record of a batch, less the segment's base offset; the position is that of the
 * batch in the segment's file.
 */
final class OffsetIndex {
    static final int ENTRY_BYTES = 8;

    /** Returned if there is no entry. */
    static final long NONE = Long.MIN_VALUE;

    private static final int POSITION_FIELD_OFFSET = 4;

    private final IndexFile file;

    OffsetIndex(final Path path, final FilePool pool) {
        file = new IndexFile(path, ENTRY_BYTES, pool);
    }

    IndexFile file() {
        return file;
    }

    void append(final int relativeOffset, final int position) throws IOException {
        while (true) {
            final ByteBuffer entries = file.mappedForNext();
            try {
                final int at = file.entryCount() * ENTRY_BYTES;
                entries.putInt(at, relativeOffset);
                entries.putInt(at + POSITION_FIELD_OFFSET, position);
                file.added();
                return;
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }

    /**
     * Finds the entry from which to search for an offset.
     *
     * @param relativeOffset the offset less the segment's base offset.
     * @return the last entry at or before it, packed as in the file; {@link #NONE} if there is none.
     */
    long entryBefore(final long relativeOffset) throws IOException {
        while (true) {
            final int count = file.entryCount();
            final ByteBuffer entries = file.mapped();
            if (entries == null) {
                return NONE;
            }
            try {
                int low = 0;
                int high = Math.min(count, entries.limit() / ENTRY_BYTES);
                while (low < high) {
                    final int middle = (low + high) >>> 1;
                    if (entries.getInt(middle * ENTRY_BYTES) <= relativeOffset) {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                return low == 0 ? NONE : entries.getLong((low - 1) * ENTRY_BYTES);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }

    /** Returns the last entry, packed as in the file; {@link #NONE} if there is none. */
    long last() throws IOException {
        return entryBefore(Long.MAX_VALUE);
    }

    /** Returns the offset in a packed entry, less the segment's base offset. */
    static long offsetIn(final long entry) {
        return entry >> Integer.SIZE;
    }

    /** Returns the position in a packed entry. */
    static int positionIn(final long entry) {
        return (int) entry;
    }
}
