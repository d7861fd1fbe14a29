package io.ottla.server.partition;

import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.server.config.TopicConfig;
import java.util.List;

/**
 * Which records of a log are too old or too many, by Kafka's rules: whole segments from the log's start on, each only if all
 * of it is committed. The segment that is appended to goes, too, if it is not empty.
 */
final class Retention {
    private Retention() {}

    /**
     * Where a log should begin.
     *
     * @param log the log.
     * @param config its topic's settings.
     * @param nowMs the time, in milliseconds since the epoch.
     * @return the offset to trim to; the log's present start, or an offset before it, if nothing is to be deleted.
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

    /** How many segments leave at least as many bytes as are to be kept when they are gone. */
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
     * How many segments have no record that is young enough. One whose records have no timestamps is as old as the storage says, or, if
     * that does not know, as the next one.
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
