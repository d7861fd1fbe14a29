package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads segments whose end is unknown: checks every batch, and rebuilds the indexes. A segment then ends after the last
 * complete, undamaged batch; later bytes are left in the file. The segment is ready for appends afterwards.
 *
 * <p><b>Note:</b> for one thread, and for segments that no other thread has.
 */
final class SegmentRecovery {
    private final LogContext context;
    private final LogObserver observer;
    private final LogConfig config;
    private final CRC32C crc = new CRC32C();

    /**
     * The bounds of the offsets of a recovered segment.
     *
     * @param offsetLimit batches that end past this offset were truncated; the next segment has their replacements.
     * @param holesEnd the offset past which no batch may have a hole before it.
     */
    record Bounds(long offsetLimit, long holesEnd) {
        /** Allows all ascending offsets. */
        static final Bounds NONE = new Bounds(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Creates a recovery of segments of one log.
     *
     * @param context the log's context.
     * @param observer the observer, which is shown each batch that is read.
     * @param config the configuration of the indexes.
     */
    SegmentRecovery(final LogContext context, final LogObserver observer, final LogConfig config) {
        this.context = context;
        this.observer = observer;
        this.config = config;
    }

    /**
     * Reads a segment's file from its beginning.
     *
     * @param segment the segment, of which nothing was read.
     * @param limit the position at which to stop at the latest.
     * @param bounds the bounds of the offsets.
     */
    void recover(final Segment segment, final int limit, final Bounds bounds) throws IOException {
        segment.indexes().clear();
        recoverBehind(segment, limit, bounds);
    }

    /** Reads a segment's file from the segment's present end on. */
    void recoverBehind(final Segment segment, final int limit, final Bounds bounds) throws IOException {
        segment.begin(config);
        final BatchCursor cursor = context.scanCursor().open(segment.file(), segment.sizeBytes(), limit);
        while (true) {
            final int before = segment.sizeBytes();
            scan(segment, cursor, bounds);
            if (segment.sizeBytes() >= limit || segment.sizeBytes() == before) {
                return;
            }
            // The rest will be truncated, so it is read a second time: the first read may have suffered from a memory
            // error.
            cursor.open(segment.file(), segment.sizeBytes(), limit);
        }
    }

    private void scan(final Segment segment, final BatchCursor cursor, final Bounds bounds) throws IOException {
        while (cursor.next()) {
            final ByteBuffer batch = cursor.batch();
            if (batch == null || !isSound(segment, batch, bounds)) {
                return;
            }
            observer.onBatch(batch);
            context.recoveredBytes().add(cursor.sizeBytes());
            batch.position(batch.limit() - cursor.sizeBytes());
            segment.added(batch, config.indexIntervalBytes());
        }
    }

    private boolean isSound(final Segment segment, final ByteBuffer batch, final Bounds bounds) {
        final int position = batch.position();
        final long batchOffset = RecordBatchHeader.baseOffset(batch, position);
        if (RecordBatchHeader.magic(batch, position) != RecordBatchHeader.MAGIC_V2
                || batchOffset < segment.endOffset()
                || batchOffset > segment.endOffset() && batchOffset > bounds.holesEnd()
                || RecordBatchHeader.lastOffsetDelta(batch, position) < 0
                || RecordBatchHeader.nextOffset(batch, position) > bounds.offsetLimit()
                || RecordBatchHeader.nextOffset(batch, position) - 1 - segment.baseOffset() > Integer.MAX_VALUE) {
            return false;
        }
        crc.reset();
        crc.update(batch.slice(
                position + RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET,
                batch.remaining() - RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET));
        return (int) crc.getValue() == RecordBatchHeader.crc(batch, position);
    }

    /**
     * Loads a segment's file up to a recovery point without reading it, if the file matches the point. {@link
     * #recoverBehind} reads the rest.
     *
     * @return false if the file or its indexes do not match, and the whole file must be read.
     */
    boolean assume(final Segment segment, final RecoveryPoint point, final int limit) throws IOException {
        if (point.sizeBytes() > limit || !segment.indexes().load(point)) {
            return false;
        }
        final BatchCursor cursor = context.lookupCursor();
        long lastOffset = segment.baseOffset();
        int lastPosition = 0;
        long nextOffset = segment.baseOffset();
        boolean isMore = segment.search()
                .openAtEntry(cursor, segment.indexes().offsets().last(), point.sizeBytes(), point.offset());
        while (isMore) {
            lastOffset = cursor.baseOffset();
            lastPosition = cursor.position();
            nextOffset = cursor.nextOffset();
            isMore = cursor.next();
        }
        if (cursor.position() != point.sizeBytes() || nextOffset != point.offset()) {
            return false;
        }
        segment.indexes().cutTo(point);
        segment.assume(point, lastOffset, lastPosition);
        return true;
    }
}
