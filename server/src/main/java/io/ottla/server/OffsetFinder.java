package io.ottla.server;

import io.ottla.api.Payload;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import io.ottla.codec.record.RecordBatchReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds records by their timestamps: the storage finds the batch, and this looks into it.
 *
 * <p><b>Note:</b> not thread-safe; what was found last is kept in this object.
 */
final class OffsetFinder {
    private final RecordBatchReader reader = new RecordBatchReader();
    private long offset;
    private long timestampMs;
    private int leaderEpoch;

    /** The first offset past the batch that was looked into last. */
    private long nextOffset;

    long offset() {
        return offset;
    }

    long timestampMs() {
        return timestampMs;
    }

    /**
     * The leader epoch of the batch that the record is in.
     *
     * @return the epoch.
     */
    int leaderEpoch() {
        return leaderEpoch;
    }

    /**
     * Finds the first record at or after a time.
     *
     * @param log where.
     * @param wantedMs milliseconds since the epoch.
     * @param end only records before this offset count.
     * @return true if there is one.
     */
    boolean find(final PartitionLog log, final long wantedMs, final long end) {
        long from = log.logStartOffset();
        while (from < end) {
            final long baseOffset = log.findByTimestamp(wantedMs, from);
            if (baseOffset < 0 || baseOffset >= end) {
                return false;
            }
            final boolean isFound = look(log, Math.max(baseOffset, from), batch -> {
                while (reader.nextAtOrAfter(wantedMs)) {
                    if (reader.offset() >= log.logStartOffset()) {
                        return true;
                    }
                }
                return false;
            });
            if (isFound) {
                return offset < end;
            }
            // The records that made the batch match are before the log's start.
            from = nextOffset;
        }
        return false;
    }

    /**
     * Finds the first record that has the largest timestamp.
     *
     * @param log where.
     * @param end only a record before this offset counts.
     * @return true if there is one.
     */
    boolean findMaxTimestamp(final PartitionLog log, final long end) {
        while (true) {
            // What is found may be trimmed meanwhile: then there is another one.
            final long start = log.logStartOffset();
            final boolean isFound = findMaxTimestampFrom(log, start);
            if (start == log.logStartOffset()) {
                return isFound && offset < end;
            }
        }
    }

    private boolean findMaxTimestampFrom(final PartitionLog log, final long start) {
        final long baseOffset = log.findMaxTimestamp(start);
        if (baseOffset < 0) {
            return false;
        }
        final boolean isFound = look(log, Math.max(baseOffset, start), batch -> reader.seekMaxTimestamp(start));
        if (baseOffset >= start) {
            return isFound;
        }
        // The record that made the batch match may be before the log's start, and then one of a later batch may be
        // later.
        final long after = nextOffset;
        final long laterOffset = log.findMaxTimestamp(after);
        final boolean isLaterFound = laterOffset >= 0
                && look(log, laterOffset, batch -> isLater(batch, isFound) && reader.seekMaxTimestamp(after));
        return isFound || isLaterFound;
    }

    private boolean isLater(final ByteBuffer batch, final boolean isFound) {
        return !isFound || RecordBatchHeader.maxTimestamp(batch, 0) > timestampMs;
    }

    /** Looks into a batch whose records the reader is before. */
    private interface Search {
        boolean in(ByteBuffer batch);
    }

    /** Looks into the batch that has an offset; tells whether the record is found, and what the batch's next offset is. */
    private boolean look(final PartitionLog log, final long batchOffset, final Search search) {
        final Payload payload;
        try {
            payload = log.read(batchOffset, log.logEndOffset(), RecordBatchHeader.SIZE, true);
        } catch (final OffsetOutOfRangeException e) {
            // Trimmed just now.
            nextOffset = log.logStartOffset();
            return false;
        }
        try {
            final ByteBuffer batch = payload.toByteBuffer();
            if (batch.remaining() < RecordBatchHeader.SIZE) {
                nextOffset = log.logEndOffset();
                return false;
            }
            reader.wrap(batch, 0);
            nextOffset = RecordBatchHeader.nextOffset(batch, 0);
            final boolean isFound = search.in(batch);
            if (isFound) {
                offset = reader.offset();
                timestampMs = reader.timestamp();
                leaderEpoch = RecordBatchHeader.leaderEpoch(batch, 0);
            }
            return isFound;
        } catch (final IOException e) {
            throw new StorageException(log.id() + ": " + e.getMessage(), e);
        } finally {
            payload.release();
        }
    }
}
