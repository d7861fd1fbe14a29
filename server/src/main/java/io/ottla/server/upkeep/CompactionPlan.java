package io.ottla.server.upkeep;

import io.ottla.api.Payload;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.StorageException;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.config.TopicKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The part of a log that can be compacted now, by Kafka's rules. Records that were appended since the last compaction
 * are dirty. The active segment cannot be compacted, nor can records that are not committed or younger than
 * {@code min.compaction.lag.ms}.
 *
 * @param dirtyOffset the start of the dirty part.
 * @param endOffset the end of the part that can be compacted: the base offset of a segment.
 * @param cleanBytes the size of the part before the dirty one.
 * @param dirtyBytes the size of the dirty part that can be compacted.
 * @param isOverdue whether there are records older than {@code max.compaction.lag.ms}.
 */
record CompactionPlan(long dirtyOffset, long endOffset, long cleanBytes, long dirtyBytes, boolean isOverdue) {
    /**
     * Plans the compaction of a log.
     *
     * @param log the log.
     * @param config the topic's configuration.
     * @param compactedOffset the offset up to which the log is compacted; 0 if it was never compacted.
     * @param nowMs milliseconds since the epoch.
     * @return the plan, which may be empty.
     * @throws StorageException if the log cannot be read.
     */
    static CompactionPlan of(
            final PartitionLog log, final TopicConfig config, final long compactedOffset, final long nowMs) {
        final List<SegmentInfo> segments = log.segments();
        final long highWatermark = log.highWatermark();
        final long startOffset = log.logStartOffset();
        // A log that ends before that offset was created again.
        final long dirtyOffset = compactedOffset > highWatermark ? startOffset : Math.max(startOffset, compactedOffset);
        final long minLagMs = config.longValue(TopicKeys.MIN_COMPACTION_LAG_MS);
        final long maxLagMs = config.longValue(TopicKeys.MAX_COMPACTION_LAG_MS);
        long endOffset = dirtyOffset;
        long cleanBytes = 0;
        long dirtyBytes = 0;
        boolean isOverdue = false;
        for (int i = 0; i < segments.size() - 1; i++) {
            final SegmentInfo segment = segments.get(i);
            if (segment.endOffset() <= dirtyOffset) {
                cleanBytes += segment.sizeBytes();
                continue;
            }
            if (segment.endOffset() > highWatermark || minLagMs > 0 && segment.maxTimestampMs() > nowMs - minLagMs) {
                break;
            }
            endOffset = segment.endOffset();
            dirtyBytes += segment.sizeBytes();
            isOverdue = isOverdue
                    || maxLagMs < Long.MAX_VALUE
                            && isBefore(log, Math.max(segment.baseOffset(), dirtyOffset), nowMs - maxLagMs);
        }
        return new CompactionPlan(dirtyOffset, endOffset, cleanBytes, dirtyBytes, isOverdue);
    }

    /** Returns whether the batch at an offset has a timestamp that is before another one. */
    private static boolean isBefore(final PartitionLog log, final long offset, final long timestampMs) {
        final Payload payload;
        try {
            payload = log.read(offset, log.highWatermark(), RecordBatchHeader.SIZE, true);
        } catch (final OffsetOutOfRangeException e) {
            // Deleted in the meantime.
            return false;
        }
        try {
            final ByteBuffer header = ByteBuffer.allocate(RecordBatchHeader.SIZE);
            while (header.hasRemaining() && header.position() < payload.sizeBytes()) {
                payload.copyTo(header.position(), header);
            }
            final long firstMs = header.hasRemaining() ? -1 : RecordBatchHeader.maxTimestamp(header, 0);
            return firstMs >= 0 && firstMs < timestampMs;
        } catch (final IOException e) {
            throw new StorageException(log.id() + ": " + e.getMessage(), e);
        } finally {
            payload.release();
        }
    }

    /**
     * Returns the dirty ratio of the log.
     *
     * @return a number from 0 to 1.
     */
    double dirtyRatio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    /**
     * Returns whether the log is to be compacted.
     *
     * @param config the topic's configuration.
     * @return false if it would save too little.
     */
    boolean isDue(final TopicConfig config) {
        return dirtyBytes > 0 && (isOverdue || dirtyRatio() > config.doubleValue(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO));
    }
}
