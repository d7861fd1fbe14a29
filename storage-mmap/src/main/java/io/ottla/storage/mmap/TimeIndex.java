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
 * <p>The timestamp is the largest of the segment up to the batch for which the entry was added; the offset is that of
 * the last record of the first batch with that timestamp, less the segment's base offset. So no batch up to that one is
 * later, and when the segment is sealed or closed the last entry has its largest timestamp.
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
     * Finds the entry from which to search for a time.
     *
     * @param timestampMs milliseconds since the epoch.
     * @param found receives the last entry before that time.
     * @return false if there is none.
     */
    boolean findBefore(final long timestampMs, final Entry found) throws IOException {
        while (true) {
            final int count = file.entryCount();
            final ByteBuffer entries = file.mapped();
            if (entries == null) {
                return false;
            }
            try {
                int low = 0;
                final int end = Math.min(count, entries.limit() / ENTRY_BYTES);
                int high = end;
                while (low < high) {
                    final int middle = (low + high) >>> 1;
                    if (entries.getLong(middle * ENTRY_BYTES) < timestampMs) {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                return low > 0 && found.take(entries, low - 1, end);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }

    /** Returns the last entry's timestamp; -1 if there is none. */
    long lastTimestampMs() throws IOException {
        while (true) {
            final int count = file.entryCount();
            final ByteBuffer entries = file.mapped();
            if (entries == null) {
                return -1;
            }
            try {
                return entries.getLong((Math.min(count, entries.limit() / ENTRY_BYTES) - 1) * ENTRY_BYTES);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
            }
        }
    }

    /** An entry that was found. */
    static final class Entry {
        private long timestampMs;
        private int relativeOffset;
        private boolean isInOrder;
        private boolean isLast;

        /**
         * Returns the largest timestamp of all batches up to the one with the offset, in milliseconds since the epoch.
         */
        long timestampMs() {
            return timestampMs;
        }

        /**
         * Returns the offset of the last record of the first batch that has the timestamp, less the segment's base
         * offset.
         */
        int relativeOffset() {
            return relativeOffset;
        }

        /** Returns whether the entries before and after it are before and after it in time and offset. */
        boolean isInOrder() {
            return isInOrder;
        }

        boolean isLast() {
            return isLast;
        }

        private boolean take(final ByteBuffer entries, final int index, final int count) {
            timestampMs = entries.getLong(index * ENTRY_BYTES);
            relativeOffset = entries.getInt(index * ENTRY_BYTES + OFFSET_FIELD_OFFSET);
            isLast = index == count - 1;
            isInOrder = relativeOffset >= 0
                    && (index == 0 || isAscending(entries, index - 1))
                    && (isLast || isAscending(entries, index));
            return true;
        }

        private static boolean isAscending(final ByteBuffer entries, final int index) {
            final int at = index * ENTRY_BYTES;
            return entries.getLong(at) < entries.getLong(at + ENTRY_BYTES)
                    && entries.getInt(at + OFFSET_FIELD_OFFSET)
                            < entries.getInt(at + ENTRY_BYTES + OFFSET_FIELD_OFFSET);
        }
    }
}
