package io.ottla.server.partition;

import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.server.config.TopicConfig;
import java.util.List;

/**
 * Determines the records to delete by age or size, by Kafka's rules: whole segments from the log start on, each only if
 * all its records are committed. The active segment is deleted, too, if it is not empty.
 */
final class Retention {
    private Retention() {}

    /**
     * Returns the new log start offset.
     *
     * @param log the log.
     * @param config the topic's configuration.
     * @param nowMs the current time, in milliseconds since the epoch.
     * @return the offset to delete up to; the current log start offset, or an earlier one, if there is nothing to
     *     delete.
     */
    static long startOffset(final PartitionLog log, final TopicConfig config, final long nowMs) {
        final long retentionMs = config.retentionMs();
        final long retentionBytes = config.retentionBytes();
        if (!config.isDeleted() || retentionMs < 0 && retentionBytes < 0) {
            return log.logStartOffset();
        }
        final long highWatermark = log.highWatermark();
        final List<SegmentInfo> segments = log.segments();
        final int tooMany = retentionBytes < 0 ? 0 : tooMany(segments, highWatermark, retentionBytes);
        final int tooOld =
                retentionMs < 0 ? tooMany : tooOld(log, segments, tooMany, highWatermark, nowMs, retentionMs);
        return tooOld == 0 ? log.logStartOffset() : segments.get(tooOld - 1).endOffset();
    }

    /** Returns how many segments can be deleted so that at least the bytes to retain are left. */
    private static int tooMany(final List<SegmentInfo> segments, final long highWatermark, final long retentionBytes) {
        long surplus = -retentionBytes;
        for (final SegmentInfo segment : segments) {
            surplus += segment.sizeBytes();
        }
        int count = 0;
        while (count < segments.size() && isDeletable(segments, count, highWatermark)) {
            surplus -= segments.get(count).sizeBytes();
            if (surplus < 0) {
                break;
            }
            count++;
        }
        return count;
    }

    /**
     * Returns how many segments have no record that is young enough. If the records of a segment have no timestamps,
     * its age is the one that the storage reports or, if that is not known, the age of the next segment.
     */
    private static int tooOld(
            final PartitionLog log,
            final List<SegmentInfo> segments,
            final int from,
            final long highWatermark,
            final long nowMs,
            final long retentionMs) {
        int count = from;
        for (int i = from; i < segments.size() && isDeletable(segments, i, highWatermark); i++) {
            final SegmentInfo segment = segments.get(i);
            final long latestMs = segment.maxTimestampMs() >= 0
                    ? segment.maxTimestampMs()
                    : log.segmentWrittenMs(segment.baseOffset());
            if (latestMs >= 0) {
                if (nowMs - latestMs <= retentionMs) {
                    break;
                }
                count = i + 1;
            }
        }
        return count;
    }

    private static boolean isDeletable(final List<SegmentInfo> segments, final int i, final long highWatermark) {
        final SegmentInfo segment = segments.get(i);
        return segment.endOffset() <= highWatermark && (i < segments.size() - 1 || segment.sizeBytes() > 0);
    }
}
