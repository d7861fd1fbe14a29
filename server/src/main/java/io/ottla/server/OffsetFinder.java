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
            final long next = look(log, Math.max(baseOffset, from), batch -> {
                while (reader.nextAtOrAfter(wantedMs)) {
                    if (reader.offset() >= log.logStartOffset()) {
                        return true;
                    }
                }
                return false;
            });
            if (next < 0) {
                return offset < end;
            }
            // The records that made the batch match are before the log's start.
            from = next;
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
        final long baseOffset = log.findMaxTimestamp();
        return baseOffset >= 0
                && look(log, Math.max(baseOffset, log.logStartOffset()), batch -> reader.seekMaxTimestamp()) < 0
                && offset < end;
    }

    /** Looks into a batch whose records the reader is before. */
    private interface Search {
        boolean in(ByteBuffer batch);
    }

    /** Looks into the batch that has an offset; returns -1 if the record is found, else the offset behind the batch. */
    private long look(final PartitionLog log, final long batchOffset, final Search search) {
        final Payload payload;
        try {
            payload = log.read(batchOffset, log.logEndOffset(), RecordBatchHeader.SIZE, true);
        } catch (final OffsetOutOfRangeException e) {
            // Trimmed just now.
            return log.logStartOffset();
        }
        try {
            final ByteBuffer batch = payload.toByteBuffer();
            if (batch.remaining() < RecordBatchHeader.SIZE) {
                return log.logEndOffset();
            }
            reader.wrap(batch, 0);
            if (search.in(batch)) {
                offset = reader.offset();
                timestampMs = reader.timestamp();
                leaderEpoch = RecordBatchHeader.leaderEpoch(batch, 0);
                return -1;
            }
            return RecordBatchHeader.nextOffset(batch, 0);
        } catch (final IOException e) {
            throw new StorageException(log.id() + ": " + e.getMessage(), e);
        } finally {
            payload.release();
        }
    }
}
