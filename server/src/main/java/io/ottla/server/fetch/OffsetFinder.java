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
 * Finds records by their timestamps: the storage finds the batch, and this looks into it. As a batch may take long to decompress,
 * a search pauses when its budget is used up.
 *
 * <p><b>Note:</b> not thread-safe; what was found last is kept in this object.
 */
final class OffsetFinder {
    private final RecordSkimmer records = new RecordSkimmer();

    // The search.
    private PartitionLog log;
    private long endOffset;
    private boolean isForLatest;
    private long wantedMs;
    private boolean paused;

    // The batch that is looked into.
    private Payload payload;
    private long nextOffset;
    private long batchMaxTimestampMs;
    private int batchLeaderEpoch;

    // The search for the latest record.
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
     * The leader epoch of the batch that the record is in.
     *
     * @return the epoch.
     */
    int leaderEpoch() {
        return leaderEpoch;
    }

    /**
     * Gives time for some more. Without, searches do not pause.
     *
     * @param bytes so many bytes are decompressed before a search pauses.
     */
    void budget(final long bytes) {
        records.budget(bytes);
    }

    /**
     * How much of the budget is spent.
     *
     * @return bytes since {@link #budget}.
     */
    long spentBytes() {
        return records.spentBytes();
    }

    /**
     * Bounds the records of compressed batches.
     *
     * @param bytes how large one may be when decompressed; a larger one is malformed.
     */
    void recordBytesMax(final int bytes) {
        records.recordBytesMax(bytes);
    }

    /**
     * Finds the first record at or after a time.
     *
     * @param searched where.
     * @param timeMs milliseconds since the epoch.
     * @param end only records before this offset count.
     * @return true if there is one, false also if the search {@link #isPaused()}.
     */
    boolean find(final PartitionLog searched, final long timeMs, final long end) {
        begin(searched, end);
        isForLatest = false;
        wantedMs = timeMs;
        nextOffset = searched.logStartOffset();
        return resume();
    }

    /**
     * Finds the first record that has the largest timestamp.
     *
     * @param searched where.
     * @param end only a record before this offset counts.
     * @return true if there is one, false also if the search {@link #isPaused()}.
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
     * Goes on with a search that has paused.
     *
     * @return true if there is a record, false also if the search pauses again.
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
     * Whether the last search is not done because its budget is used up.
     *
     * @return true if it is to be resumed or abandoned.
     */
    boolean isPaused() {
        return paused;
    }

    /** Gives up a search that has paused. Idempotent. */
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
            // The records that made the batch match are before the log's start.
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
                    // What is found may be trimmed meanwhile: then there is another one.
                    if (startOffset == log.logStartOffset()) {
                        return false;
                    }
                    looks = 0;
                }
            }
        }
    }

    /** The record that made the batch match may be before the log's start, and then one of a later batch may be later. */
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

    /** Opens the batch that has an offset, and sets {@link #nextOffset} past it; returns false if there is none. */
    private boolean open(final long batchOffset) {
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
