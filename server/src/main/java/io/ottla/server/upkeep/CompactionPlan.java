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
 * What of a log could be compacted now, by Kafka's rules. What was appended since the last compaction is dirty; of this the
 * segment that is appended to stays as it is, and so does what is not committed or younger than {@code
 * min.compaction.lag.ms}.
 *
 * @param dirtyOffset where the dirty part begins.
 * @param endOffset where the part ends that can be compacted: the beginning of a segment.
 * @param cleanBytes the size of what is before the dirty part.
 * @param dirtyBytes the size of what is dirty and can be compacted.
 * @param isOverdue whether there are records that have waited for {@code max.compaction.lag.ms}.
 */
record CompactionPlan(long dirtyOffset, long endOffset, long cleanBytes, long dirtyBytes, boolean isOverdue) {
    /**
     * Looks at a log.
     *
     * @param log the log.
     * @param config its topic's.
     * @param compactedOffset where the last compaction ended; 0 if there was none.
     * @param nowMs milliseconds since the epoch.
     * @return the plan, which may be to do nothing.
     * @throws StorageException if the log can't be read.
     */
    static CompactionPlan of(
            final PartitionLog log, final TopicConfig config, final long compactedOffset, final long nowMs) {
        final List<SegmentInfo> segments = log.segments();
        final long highWatermark = log.highWatermark();
        final long startOffset = log.logStartOffset();
        // A log that ends before was made anew.
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

    /** Whether the batch at an offset has a time that is before another one. */
    private static boolean isBefore(final PartitionLog log, final long offset, final long timestampMs) {
        final Payload payload;
        try {
            payload = log.read(offset, log.highWatermark(), RecordBatchHeader.SIZE, true);
        } catch (final OffsetOutOfRangeException e) {
            // Trimmed meanwhile.
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
     * What part of the log is dirty.
     *
     * @return from 0 to 1.
     */
    double dirtyRatio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    /**
     * Whether it is time to compact.
     *
     * @param config the topic's.
     * @return false if there is too little to gain.
     */
    boolean isDue(final TopicConfig config) {
        return dirtyBytes > 0 && (isOverdue || dirtyRatio() > config.doubleValue(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO));
    }
}
