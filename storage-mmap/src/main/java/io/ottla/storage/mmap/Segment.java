package io.ottla.storage.mmap;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Consecutive batches in one file, with its indexes. A truncation creates another object over the same files, so that
 * readers of this one cannot mistake new bytes for old.
 *
 * <p><b>Note:</b> changed by one thread at a time, read by any.
 */
final class Segment {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final LogContext context;
    private final long baseOffset;
    private final SegmentFile file;
    private final SegmentIndexes indexes;
    private final SegmentSearch search;
    private final long createdMs;

    /** The end that readers see, offset and position packed: see {@link #pack}. */
    private volatile long end;
    /** The beginning of the last batch, packed, too. Written before {@link #end}. */
    private volatile long lastBatch;
    /** The position from which the batches were truncated. */
    private volatile int cutPosition = Integer.MAX_VALUE;

    private long firstTimestampMs = UNKNOWN;

    /**
     * Creates a segment over files that may exist or not; nothing is read or created yet.
     *
     * @param context the log's context.
     * @param baseOffset the offset in the files' names.
     */
    Segment(final LogContext context, final long baseOffset) {
        this(context, baseOffset, "");
    }

    /**
     * Creates a segment over files whose names have another suffix.
     *
     * @param context the log's context.
     * @param baseOffset the offset in the files' names.
     * @param suffix the suffix of all names.
     */
    Segment(final LogContext context, final long baseOffset, final String suffix) {
        this.context = context;
        this.baseOffset = baseOffset;
        createdMs = context.clock().epochMs();
        file = new SegmentFile(path(LogFiles.LOG_SUFFIX + suffix), context.channels());
        indexes = new SegmentIndexes(context, baseOffset, suffix);
        search = new SegmentSearch(this, indexes);
    }

    LogContext context() {
        return context;
    }

    private Path path(final String suffix) {
        return context.folder().resolve(LogFiles.name(baseOffset, suffix));
    }

    /**
     * Packs an offset and a position, so that one write publishes both. Offsets of a segment span less than 2^32, and
     * positions are less than 2^31.
     */
    private static long pack(final long relativeOffset, final int position) {
        return relativeOffset << 32 | position;
    }

    private static int positionIn(final long packed) {
        return (int) packed;
    }

    private long offsetIn(final long packed) {
        return baseOffset + (packed >>> 32);
    }

    // Initialization: a segment is new, loaded without reading it, or read by a SegmentRecovery.

    /** Prepares a new segment for appends. */
    void begin(final LogConfig config) {
        indexes.grow(config);
        search.assumeLoaded();
    }

    /** Loads a segment that was sealed, without reading it. */
    void assume(final long endOffset, final int sizeBytes) {
        end = pack(Math.min(endOffset - baseOffset, 0xFFFF_FFFFL), sizeBytes);
        lastBatch = end;
    }

    /** Continues appending after the end that was {@link #assume}d. */
    void resume(final LogConfig config) throws IOException {
        search.load();
        indexes.resume(sizeBytes(), config);
    }

    /** Loads a segment up to a point, with the last batch before it, without reading it. The indexes are right. */
    void assume(final RecoveryPoint point, final long lastBatchOffset, final int lastBatchPosition) {
        lastBatch = pack(lastBatchOffset - baseOffset, lastBatchPosition);
        end = pack(point.offset() - baseOffset, point.sizeBytes());
    }

    /**
     * Returns the end as a recovery point, without the checksum of the indexes. It is valid once it is on the device.
     */
    RecoveryPoint point() {
        return indexes.point(endOffset(), sizeBytes());
    }

    /** Shows all batches to an observer, without changes. */
    void show(final LogObserver observer) throws IOException {
        final int sizeBytes = sizeBytes();
        final BatchCursor cursor = context.scanCursor().open(file, 0, sizeBytes);
        while (cursor.next()) {
            final ByteBuffer batch = cursor.batch();
            if (batch == null) {
                throw damaged(cursor.position());
            }
            observer.onBatch(batch);
        }
        if (cursor.position() < sizeBytes) {
            throw damaged(cursor.position());
        }
    }

    // Appending.

    boolean isRollDue(final ByteBuffer batch, final long nextBaseOffset, final LogConfig config) throws IOException {
        final int sizeBytes = sizeBytes();
        if (sizeBytes == 0) {
            return false;
        }
        final int position = batch.position();
        final long lastOffset = nextBaseOffset + RecordBatchHeader.lastOffsetDelta(batch, position);
        return (long) sizeBytes + batch.remaining() > config.segmentBytes()
                || ageMs(RecordBatchHeader.maxTimestamp(batch, position)) > config.segmentMs()
                || lastOffset - baseOffset > Integer.MAX_VALUE
                || indexes.isFull();
    }

    private long ageMs(final long timestampMs) throws IOException {
        if (firstTimestampMs == UNKNOWN) {
            final BatchCursor cursor = context.lookupCursor().open(file, 0, sizeBytes());
            if (!cursor.next()) {
                throw damaged(cursor.position());
            }
            firstTimestampMs = cursor.maxTimestampMs();
        }
        return firstTimestampMs >= 0
                ? timestampMs - firstTimestampMs
                : context.clock().epochMs() - createdMs;
    }

    /**
     * Appends a batch. If this throws, nothing was appended, and nothing is in the file unless it throws a {@link DeviceException}.
     *
     * @param batch the batch, with its offset and epoch; its position is its limit afterwards.
     * @param observer the observer, which is shown the batch before any reader.
     */
    void append(final ByteBuffer batch, final LogObserver observer, final int indexIntervalBytes) throws IOException {
        final int start = batch.position();
        final int sizeBytes = sizeBytes();
        boolean isInDoubt = true;
        try {
            file.append(batch, sizeBytes);
            batch.position(start);
            observer.onBatch(batch);
            batch.position(start);
            added(batch, indexIntervalBytes);
            isInDoubt = false;
        } catch (final IOException e) {
            isInDoubt = e instanceof DeviceException;
            throw e;
        } finally {
            if (isInDoubt) {
                cutBack(sizeBytes);
            }
        }
    }

    private void cutBack(final int sizeBytes) throws DeviceException {
        try {
            file.truncateIfLonger(sizeBytes);
        } catch (final IOException e) {
            throw new DeviceException(e);
        }
    }

    /**
     * Appends valid batches to a segment that no other thread has.
     *
     * @param batches complete batches; the position is the limit afterwards.
     */
    void appendAll(final ByteBuffer batches, final int indexIntervalBytes) throws IOException {
        int position = batches.position();
        final int limit = batches.limit();
        file.write(batches, sizeBytes());
        while (position < limit) {
            final int size = RecordBatchHeader.sizeBytes(batches, position);
            added(batches.slice(position, size), indexIntervalBytes);
            position += size;
        }
    }

    /** Publishes a batch that was written to the file. */
    void added(final ByteBuffer batch, final int indexIntervalBytes) {
        final int start = batch.position();
        added(
                RecordBatchHeader.baseOffset(batch, start),
                RecordBatchHeader.nextOffset(batch, start),
                RecordBatchHeader.maxTimestamp(batch, start),
                batch.remaining(),
                indexIntervalBytes);
    }

    void added(
            final long batchOffset,
            final long nextOffset,
            final long timestampMs,
            final int sizeBytes,
            final int indexIntervalBytes) {
        final int position = positionIn(end);
        if (position == 0) {
            firstTimestampMs = timestampMs;
        }
        indexes.added((int) (nextOffset - 1 - baseOffset), position, sizeBytes, timestampMs, indexIntervalBytes);
        lastBatch = pack(batchOffset - baseOffset, position);
        end = pack(nextOffset - baseOffset, position + sizeBytes);
    }

    /** Completes the files, when no more appends follow for now. */
    void seal() throws IOException {
        file.cutAhead(sizeBytes());
        if (indexes.isGrowing() && sizeBytes() > 0) {
            indexes.seal();
        }
    }

    /** Forces the batches to the device. */
    void force() throws IOException {
        if (sizeBytes() > 0) {
            file.force();
        }
    }

    /** Truncates the file at the end of the batches. */
    void truncateFile() throws IOException {
        file.truncateIfLonger(sizeBytes());
    }

    // Reading.

    /**
     * Returns the batches from an offset on, which is before the end: see {@link
     * io.ottla.api.storage.PartitionLog#read}.
     */
    Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch)
            throws IOException {
        final long seen = end;
        final long last = lastBatch;
        final int position;
        final long firstOffset;
        final int firstSizeBytes;
        int limit = positionIn(seen);
        if (offset >= offsetIn(seen)) {
            // Past the last batch that a rewrite has kept.
            return null;
        } else if (offset >= offsetIn(last) && positionIn(last) < limit && end == seen) {
            position = positionIn(last);
            firstOffset = offsetIn(last);
            firstSizeBytes = limit - position;
        } else {
            final BatchCursor cursor = context.lookupCursor();
            if (!search.seek(cursor, offset, limit)) {
                return null;
            }
            position = cursor.position();
            firstOffset = cursor.baseOffset();
            firstSizeBytes = cursor.sizeBytes();
        }
        if (firstOffset >= endOffset || firstSizeBytes > maxBytes && !wholeBatch) {
            return Payload.EMPTY;
        }
        if (endOffset < offsetIn(seen)) {
            limit = search.positionOfEnd(endOffset, limit);
        }
        final int sizeBytes = Math.min(limit - position, Math.max(maxBytes, firstSizeBytes));
        return payload(position, sizeBytes);
    }

    /** Returns a range of the file, or a copy of it if pending readers hold too many files open. */
    private Payload payload(final int position, final int sizeBytes) throws IOException {
        final FilePayload payload = new FilePayload(this, file.acquire(), position, sizeBytes);
        if (!file.isOvercommitted()) {
            return payload;
        }
        try {
            return Payload.of(payload.toByteBuffer());
        } finally {
            payload.release();
        }
    }

    long baseOffset() {
        return baseOffset;
    }

    /** Returns the offset after the last record. */
    long endOffset() {
        return offsetIn(end);
    }

    int sizeBytes() {
        return positionIn(end);
    }

    SegmentFile file() {
        return file;
    }

    SegmentIndexes indexes() {
        return indexes;
    }

    SegmentSearch search() {
        return search;
    }

    /** Refuses a read of truncated batches, for which a payload may still exist. */
    void checkUncut(final int position) throws IOException {
        if (position > cutPosition) {
            throw new IOException(context.id() + ": the batches were truncated from the log");
        }
    }

    IOException damaged(final int position) {
        return new IOException(file.path() + " is damaged at position " + position);
    }

    // Closing and deletion.

    /** Closes this object. Payloads stay valid up to a position. */
    void cut(final int position) {
        cutPosition = position;
        close();
    }

    void close() {
        file.close();
        indexes.close();
    }

    /** Renames the file of the batches to its usual name. */
    void moveFile() throws IOException {
        file.moveTo(path(LogFiles.LOG_SUFFIX));
    }

    void deleteFiles() throws IOException {
        file.delete();
        indexes.delete();
    }

    void delete() throws IOException {
        delete(0);
    }

    /** Deletes the segment, except for its batches, which are kept for a while under another name. */
    void delete(final long delayMs) throws IOException {
        close();
        context.deletions().file(file.path(), delayMs);
        indexes.delete();
        ObserverSnapshot.delete(context.folder(), baseOffset);
    }
}
