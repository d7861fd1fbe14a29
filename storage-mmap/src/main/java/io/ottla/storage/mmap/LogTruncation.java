package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import java.io.IOException;
import java.util.List;

/** Truncates logs. */
final class LogTruncation {
    private LogTruncation() {}

    /**
     * Truncates segments. If this throws, they cannot be used any more.
     *
     * @param segments all segments of the log.
     * @param from the offset of the first record to remove.
     * @param logStartOffset the log start offset, at most {@code from}.
     * @param context the log's context.
     * @param observer the observer, which is restored and shown the batches since its snapshot.
     * @param config the log's configuration.
     * @return the remaining segments, the last of which is ready for appends.
     */
    static Segments cut(
            final Segments segments,
            final long from,
            final long logStartOffset,
            final LogContext context,
            final LogObserver observer,
            final LogConfig config)
            throws IOException {
        final List<Segment> kept = segments.toList();
        while (kept.size() > 1 && kept.getLast().search().positionOf(from) == 0) {
            final Segment segment = kept.removeLast();
            segment.cut(0);
            segment.delete(config.fileDeleteDelayMs());
        }
        final Segment former = kept.getLast();
        final int position = former.search().positionOf(from);
        former.cut(position);
        Segment segment = new Segment(context, former.baseOffset());
        final int last = kept.size() - 1;
        for (int i = LogLoader.restore(context, observer, kept, last); i < last; i++) {
            kept.get(i).show(observer);
        }
        kept.removeLast();
        new SegmentRecovery(context, observer, config).recover(segment, position, SegmentRecovery.Bounds.NONE);
        segment.truncateFile();
        if (segment.endOffset() <= logStartOffset && segment.baseOffset() < logStartOffset) {
            // No readable batch is left, so the next batch starts a new segment.
            segment.delete();
            ObserverSnapshot.write(context.folder(), logStartOffset, observer.snapshot(), false);
            segment = new Segment(context, logStartOffset);
            segment.begin(config);
            observer.onRoll(logStartOffset);
        }
        kept.add(segment);
        return Segments.of(kept);
    }
}
