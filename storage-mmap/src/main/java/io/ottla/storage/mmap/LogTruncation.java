package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import java.io.IOException;
import java.util.List;

/** Cuts a log's end off. */
final class LogTruncation {
    private LogTruncation() {}

    /**
     * Cuts segments. If this throws, they can't be used any more.
     *
     * @param segments all of the log.
     * @param from the offset of the first record to go.
     * @param logStartOffset where the log begins, {@code from} or before.
     * @param context of the log.
     * @param observer is restored, and shown the batches since its snapshot.
     * @param config of the log.
     * @return the segments that are left, the last of them for appends.
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
            // Nothing is left that could be read, so the next batch begins a segment of its own.
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
