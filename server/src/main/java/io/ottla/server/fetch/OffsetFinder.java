package io.ottla.server.fetch;

import io.ottla.api.Payload;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import io.ottla.codec.record.RecordSkimmer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds records by timestamp. The storage finds the batch, and this class searches it. Because a batch may take long to
 * decompress, a search pauses when its budget is used up.
 *
 * <p><b>Note:</b> not thread-safe; this object has the result of the last search.
 */
final class OffsetFinder {
    private final RecordSkimmer records = new RecordSkimmer();

    // The search.
    private PartitionLog log;
    private long endOffset;
    private boolean isForLatest;
    private long wantedMs;
    private boolean paused;

    // The batch that is being searched.
    private Payload payload;
    private long nextOffset;
    private long batchMaxTimestampMs;
    private int batchLeaderEpoch;

    // The search for the maximum timestamp.
    private int looks;
    private long startOffset;
    private long latestBatchOffset;

    private boolean isFound;
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
     * Returns the leader epoch of the batch with the record.
     *
     * @return the epoch.
     */
    int leaderEpoch() {
        return leaderEpoch;
    }

    /**
     * Sets the budget. Without one, searches do not pause.
     *
     * @param bytes the number of bytes to decompress before a search pauses.
     */
    void budget(final long bytes) {
        records.budget(bytes);
    }

    /**
     * Returns how much of the budget is used.
     *
     * @return bytes that were decompressed since {@link #budget}.
     */
    long spentBytes() {
        return records.spentBytes();
    }

    /**
     * Limits the size of records of compressed batches.
     *
     * @param bytes the maximum size after decompression; a larger record is malformed.
     */
    void recordBytesMax(final int bytes) {
        records.recordBytesMax(bytes);
    }

    /**
     * Finds the first record at or after a timestamp.
     *
     * @param searched the log.
     * @param timeMs milliseconds since the epoch.
     * @param end the offset at which the search ends.
     * @return true if there is a record; false if there is none or the search {@link #isPaused()}.
     */
    boolean find(final PartitionLog searched, final long timeMs, final long end) {
        begin(searched, end);
        isForLatest = false;
        wantedMs = timeMs;
        nextOffset = searched.logStartOffset();
        return resume();
    }

    /**
     * Finds the first record with the maximum timestamp.
     *
     * @param searched the log.
     * @param end the offset at which the search ends.
     * @return true if there is a record; false if there is none or the search {@link #isPaused()}.
     */
    boolean findMaxTimestamp(final PartitionLog searched, final long end) {
        begin(searched, end);
        isForLatest = true;
        looks = 0;
        return resume();
    }

    private void begin(final PartitionLog searched, final long end) {
        abandon();
        log = searched;
        endOffset = end;
        isFound = false;
    }

    /**
     * Resumes a search that has paused.
     *
     * @return true if there is a record; false if there is none or the search pauses again.
     */
    boolean resume() {
        paused = false;
        try {
            if (isForLatest) {
                findLatest();
            } else {
                findFirst();
            }
        } finally {
            if (!paused) {
                abandon();
            }
        }
        return !paused && isFound && offset < endOffset;
    }

    /**
     * Returns whether the last search paused because its budget is used up.
     *
     * @return true if it has to be resumed or abandoned.
     */
    boolean isPaused() {
        return paused;
    }

    /** Abandons a search that has paused. Idempotent. */
    void abandon() {
        paused = false;
        log = null;
        close();
    }

    private void findFirst() {
        while (payload != null || openFirst()) {
            while (records.next()) {
                if (records.timestamp() >= wantedMs && records.offset() >= log.logStartOffset()) {
                    take();
                    return;
                }
            }
            paused = records.isPaused();
            if (paused) {
                return;
            }
            // The records that made the batch match are before the log start offset.
            close();
        }
    }

    private boolean openFirst() {
        while (nextOffset < endOffset) {
            final long batchOffset = log.findByTimestamp(wantedMs, nextOffset);
            if (batchOffset < 0 || batchOffset >= endOffset) {
                return false;
            }
            if (open(Math.max(batchOffset, nextOffset))) {
                return true;
            }
        }
        return false;
    }

    private void findLatest() {
        while (payload != null || openLatest()) {
            while (records.next()) {
                if (records.offset() >= startOffset && (!isFound || records.timestamp() > timestampMs)) {
                    take();
                }
            }
            paused = records.isPaused();
            if (paused) {
                return;
            }
            close();
        }
    }

    private boolean openLatest() {
        while (true) {
            switch (looks++) {
                case 0 -> {
                    isFound = false;
                    startOffset = log.logStartOffset();
                    latestBatchOffset = log.findMaxTimestamp(startOffset);
                    if (latestBatchOffset >= 0 && open(Math.max(latestBatchOffset, startOffset))) {
                        return true;
                    }
                }
                case 1 -> {
                    if (openLater()) {
                        return true;
                    }
                }
                default -> {
                    // The result may be deleted in the meantime. Then there is another one.
                    if (startOffset == log.logStartOffset()) {
                        return false;
                    }
                    looks = 0;
                }
            }
        }
    }

    /**
     * Opens a later batch. The record that made this batch match may be before the log start offset, and a later batch
     * may have a larger timestamp.
     */
    private boolean openLater() {
        if (latestBatchOffset < 0 || latestBatchOffset >= startOffset) {
            return false;
        }
        final long batchOffset = log.findMaxTimestamp(nextOffset);
        if (batchOffset >= 0 && open(batchOffset)) {
            if (!isFound || batchMaxTimestampMs > timestampMs) {
                return true;
            }
            close();
        }
        return false;
    }

    private void take() {
        isFound = true;
        offset = records.offset();
        timestampMs = records.timestamp();
        leaderEpoch = batchLeaderEpoch;
    }

    /**
     * Opens the batch that contains an offset, and sets {@link #nextOffset} past it; returns false if there is none.
     */
    private boolean open(final long batchOffset) {
        try {
            payload = log.read(batchOffset, log.logEndOffset(), RecordBatchHeader.SIZE, true);
        } catch (final OffsetOutOfRangeException e) {
            // Deleted in the meantime.
            nextOffset = log.logStartOffset();
            return false;
        }
        try {
            final ByteBuffer batch = payload.toByteBuffer();
            if (batch.remaining() < RecordBatchHeader.SIZE) {
                nextOffset = log.logEndOffset();
                close();
                return false;
            }
            nextOffset = RecordBatchHeader.nextOffset(batch, 0);
            batchMaxTimestampMs = RecordBatchHeader.maxTimestamp(batch, 0);
            batchLeaderEpoch = RecordBatchHeader.leaderEpoch(batch, 0);
            records.wrap(batch, 0);
            return true;
        } catch (final IOException e) {
            throw new StorageException(log.id() + ": " + e.getMessage(), e);
        }
    }

    private void close() {
        records.release();
        if (payload != null) {
            payload.release();
            payload = null;
        }
    }
}
