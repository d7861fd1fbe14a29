package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The sparse index of a segment by time, in Kafka's format ({@code .timeindex}): entries of 12 bytes, big-endian, in
 * ascending order of both fields.
 *
 * <pre>
 *    0               4               8               12
 *    +-------------------------------+---------------+
 *    |           Timestamp           |Relative offset|
 *    +-------------------------------+---------------+
 * </pre>
 *
 * <p>The timestamp is the largest of the segment up to where the entry was made; the offset is that of the last record of
 * the first batch that has it, less the segment's base offset. So no batch up to that one is later, and when the segment is
 * sealed or closed the last entry has its largest timestamp.
 */
final class TimeIndex {
    static final int ENTRY_BYTES = 12;
    private static final int OFFSET_FIELD_OFFSET = 8;

    private final IndexFile file;

    TimeIndex(final Path path, final FilePool pool) {
        file = new IndexFile(path, ENTRY_BYTES, pool);
    }

    IndexFile file() {
        return file;
    }

    /** Adds an entry unless the last one is as late. */
    void appendIfLater(final long timestampMs, final int relativeOffset) throws IOException {
        if (timestampMs <= lastTimestampMs()) {
            return;
        }
        while (true) {
            final ByteBuffer entries = file.mappedForNext();
            try {
                final int at = file.entryCount() * ENTRY_BYTES;
                entries.putLong(at, timestampMs);
                entries.putInt(at + OFFSET_FIELD_OFFSET, relativeOffset);
                file.added();
                return;
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }

    /**
     * Finds where to begin the search for a time.
     *
     * @param timestampMs milliseconds since the epoch.
     * @return an offset, less the segment's base offset, such that no batch before the one that has it is at or after that
     *     time.
     */
    int offsetBefore(final long timestampMs) throws IOException {
        while (true) {
            final int count = file.entryCount();
            final ByteBuffer entries = file.mapped();
            if (entries == null) {
                return 0;
            }
            try {
                int low = 0;
                int high = count;
                while (low < high) {
                    final int middle = (low + high) >>> 1;
                    if (entries.getLong(middle * ENTRY_BYTES) < timestampMs) {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                return low == 0 ? 0 : entries.getInt((low - 1) * ENTRY_BYTES + OFFSET_FIELD_OFFSET);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }

    /** The last entry's timestamp; -1 if there is none. */
    long lastTimestampMs() throws IOException {
        while (true) {
            final int count = file.entryCount();
            final ByteBuffer entries = file.mapped();
            if (entries == null) {
                return -1;
            }
            try {
                return entries.getLong((count - 1) * ENTRY_BYTES);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }
}
