package io.ottla.storage.mmap;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consecutive batches in one file, with its indexes. What a truncation leaves is another object over the same files, so that
 * readers of this one can't mistake new bytes for old.
 *
 * <p><b>Note:</b> appended to and changed by one thread at a time, read by any.
 */
final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);
    private static final int INDEX_BYTES_MAX = 10 << 20;
    private static final int INDEX_ENTRIES_MIN = 512;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final LogContext context;
    private final long baseOffset;
    private final SegmentFile file;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final long createdMs;

    /** The end that readers see, offset and position in one: see {@link #pack}. */
    private volatile long end;
    /** The last batch's beginning, packed too. Written before {@link #end}. */
    private volatile long lastBatch;
    /** What is behind this position was truncated. */
    private volatile int cutPosition = Integer.MAX_VALUE;

    private volatile boolean isIndexLoaded;
    private volatile long maxTimestampMs = -1;
    private int maxTimestampOffset;
    private long firstTimestampMs = UNKNOWN;
    private int bytesSinceIndexEntry;

    /**
     * What offsets the batches of a segment may have that is recovered.
     *
     * @param offsetLimit batches that end behind this offset were truncated; the next segment has others in their place.
     * @param holesEnd no batch behind this offset has a hole before it.
     */
    record Bounds(long offsetLimit, long holesEnd) {
        /** All that are in order. */
        static final Bounds NONE = new Bounds(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * A segment over files that may exist or not; nothing is read or made yet.
     *
     * @param context of the log.
     * @param baseOffset the offset in the files' names.
     */
    Segment(final LogContext context, final long baseOffset) {
        this(context, baseOffset, "");
    }

    /**
     * A segment over files whose names end in something more.
     *
     * @param context of the log.
     * @param baseOffset the offset in the files' names.
     * @param suffix what all names end in.
     */
    Segment(final LogContext context, final long baseOffset, final String suffix) {
        this.context = context;
        this.baseOffset = baseOffset;
        createdMs = context.clock().epochMs();
        file = new SegmentFile(path(LogFiles.LOG_SUFFIX + suffix), context.channels());
        offsetIndex = new OffsetIndex(path(LogFiles.INDEX_SUFFIX + suffix), context.mappings());
        timeIndex = new TimeIndex(path(LogFiles.TIME_INDEX_SUFFIX + suffix), context.mappings());
    }

    LogContext context() {
        return context;
    }

    private Path path(final String suffix) {
        return context.folder().resolve(LogFiles.name(baseOffset, suffix));
    }

    /** Offsets of a segment span less than 2^32, and positions are less than 2^31, so one write publishes both. */
    private static long pack(final long relativeOffset, final int position) {
        return relativeOffset << 32 | position;
    }

    private static int positionIn(final long packed) {
        return (int) packed;
    }

    private long offsetIn(final long packed) {
        return baseOffset + (packed >>> 32);
    }

    // How a segment comes to be: begun, taken as it is, or read from its file.

    /** Prepares a new segment for appends. */
    void begin(final LogConfig config) {
        growIndexes(config);
        isIndexLoaded = true;
    }

    /** Takes a segment that was sealed, without reading it. */
    void assume(final long endOffset, final int sizeBytes) {
        end = pack(Math.min(endOffset - baseOffset, 0xFFFF_FFFFL), sizeBytes);
        lastBatch = end;
    }

    /** Takes up appending again behind the end that was {@link #assume}d. */
    void resume(final LogConfig config) throws IOException {
        loadIndexes();
        final long lastEntry = offsetIndex.last();
        bytesSinceIndexEntry = sizeBytes() - (lastEntry < 0 ? 0 : (int) lastEntry);
        growIndexes(config);
    }

    private void growIndexes(final LogConfig config) {
        final long entries = config.segmentBytes() / Math.max(1, config.indexIntervalBytes()) + 1L;
        final int capacity = Math.clamp(entries, INDEX_ENTRIES_MIN, INDEX_BYTES_MAX / TimeIndex.ENTRY_BYTES);
        offsetIndex.file().grow(capacity);
        timeIndex.file().grow(capacity);
    }

    /**
     * Reads the segment's file from its beginning, checks every batch, and makes the indexes anew. The end is then behind the
     * last batch that is whole and undamaged; what is behind that is left in the file.
     *
     * @param limit where to stop at the latest.
     * @param bounds of the offsets.
     * @param observer is shown each batch.
     * @param config for the indexes, which are ready for appends afterwards.
     */
    void recover(final int limit, final Bounds bounds, final LogObserver observer, final LogConfig config)
            throws IOException {
        offsetIndex.file().clear();
        timeIndex.file().clear();
        begin(config);
        scan(limit, bounds, observer, config);
    }

    private void scan(final int limit, final Bounds bounds, final LogObserver observer, final LogConfig config)
            throws IOException {
        final BatchCursor cursor = context.scanCursor().open(file, sizeBytes(), limit);
        final CRC32C crc = new CRC32C();
        while (true) {
            final int before = sizeBytes();
            recover(cursor, bounds, crc, observer, config);
            if (sizeBytes() >= limit || sizeBytes() == before) {
                return;
            }
            // What follows will be cut off, so it's worth a second look: the first may have been at a slip of the
            // memory.
            cursor.open(file, sizeBytes(), limit);
        }
    }

    /**
     * Takes a file up to a point, if it has what the point tells of, without reading it. {@link #recoverBehind} reads what is
     * behind it.
     *
     * @return false if the file or its indexes have not, and must be read as a whole.
     */
    boolean assume(final RecoveryPoint point, final int limit) throws IOException {
        if (point.sizeBytes() > limit
                || !offsetIndex.file().load(point.offsetEntries())
                || !timeIndex.file().load(point.timeEntries())
                || indexCrc(point) != point.indexCrc()) {
            return false;
        }
        final long lastEntry = offsetIndex.last();
        final int position = lastEntry < 0 ? 0 : (int) lastEntry;
        final BatchCursor cursor = context.lookupCursor().open(file, position, point.sizeBytes());
        long nextOffset = baseOffset;
        while (cursor.next()) {
            lastBatch = pack(cursor.baseOffset() - baseOffset, cursor.position());
            nextOffset = cursor.nextOffset();
        }
        if (cursor.position() != point.sizeBytes() || nextOffset != point.offset()) {
            return false;
        }
        offsetIndex.file().cut();
        timeIndex.file().cut();
        maxTimestampMs = point.maxTimestampMs();
        maxTimestampOffset = point.maxTimestampOffset();
        bytesSinceIndexEntry = point.sizeBytes() - position;
        end = pack(point.offset() - baseOffset, point.sizeBytes());
        return true;
    }

    /** Like {@link #recover}, but from the point on that was {@link #assume(RecoveryPoint, int) assumed}. */
    void recoverBehind(final int limit, final Bounds bounds, final LogObserver observer, final LogConfig config)
            throws IOException {
        begin(config);
        scan(limit, bounds, observer, config);
    }

    /** The end as a point to begin a recovery at, once it is on the device; without the checksum of the indexes. */
    RecoveryPoint point() {
        return new RecoveryPoint(
                endOffset(),
                baseOffset,
                sizeBytes(),
                maxTimestampMs,
                maxTimestampOffset,
                offsetIndex.file().entryCount(),
                timeIndex.file().entryCount(),
                0);
    }

    /** The checksum of the index entries that a point tells of. */
    long indexCrc(final RecoveryPoint point) throws IOException {
        final CRC32C crc = new CRC32C();
        offsetIndex.file().checksum(point.offsetEntries(), crc);
        timeIndex.file().checksum(point.timeEntries(), crc);
        return crc.getValue();
    }

    /** Makes the index entries survive a loss of power. */
    void forceIndexes() throws IOException {
        offsetIndex.file().force();
        timeIndex.file().force();
    }

    private void recover(
            final BatchCursor cursor,
            final Bounds bounds,
            final CRC32C crc,
            final LogObserver observer,
            final LogConfig config)
            throws IOException {
        while (cursor.next()) {
            final ByteBuffer batch = cursor.batch();
            if (batch == null || !isSound(batch, bounds, crc)) {
                return;
            }
            observer.onBatch(batch);
            context.recoveredBytes().add(cursor.sizeBytes());
            batch.position(batch.limit() - cursor.sizeBytes());
            added(batch, config.indexIntervalBytes());
        }
    }

    /** Shows an observer all batches, without changing anything. */
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

    private boolean isSound(final ByteBuffer batch, final Bounds bounds, final CRC32C crc) {
        final int position = batch.position();
        final long batchOffset = RecordBatchHeader.baseOffset(batch, position);
        if (RecordBatchHeader.magic(batch, position) != RecordBatchHeader.MAGIC_V2
                || batchOffset < endOffset()
                || batchOffset > endOffset() && batchOffset > bounds.holesEnd()
                || RecordBatchHeader.lastOffsetDelta(batch, position) < 0
                || RecordBatchHeader.nextOffset(batch, position) > bounds.offsetLimit()
                || RecordBatchHeader.nextOffset(batch, position) - 1 - baseOffset > Integer.MAX_VALUE) {
            return false;
        }
        crc.reset();
        crc.update(batch.slice(
                position + RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET,
                batch.remaining() - RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET));
        return (int) crc.getValue() == RecordBatchHeader.crc(batch, position);
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
                || offsetIndex.file().isFull()
                || timeIndex.file().isFull();
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
     * @param batch with its offset and epoch in place; its position is its limit afterwards.
     * @param observer is shown the batch before any reader can see it.
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
     * Appends batches that are as they should be, to a segment that nobody else has.
     *
     * @param batches whole batches; the position is the limit afterwards.
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

    /** Publishes a batch that is in the file. */
    private void added(final ByteBuffer batch, final int indexIntervalBytes) {
        final int start = batch.position();
        final int position = positionIn(end);
        final int sizeBytes = batch.remaining();
        final long nextOffset = RecordBatchHeader.nextOffset(batch, start);
        final int lastRelativeOffset = (int) (nextOffset - 1 - baseOffset);
        final long timestampMs = RecordBatchHeader.maxTimestamp(batch, start);
        if (position == 0) {
            firstTimestampMs = timestampMs;
        }
        if (timestampMs > maxTimestampMs) {
            maxTimestampOffset = lastRelativeOffset;
            maxTimestampMs = timestampMs;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes
                && !offsetIndex.file().isFull()
                && !timeIndex.file().isFull()) {
            addIndexEntry(lastRelativeOffset, position);
        }
        bytesSinceIndexEntry += sizeBytes;
        lastBatch = pack(RecordBatchHeader.baseOffset(batch, start) - baseOffset, position);
        end = pack(nextOffset - baseOffset, position + sizeBytes);
    }

    private void addIndexEntry(final int lastRelativeOffset, final int position) {
        try {
            offsetIndex.append(lastRelativeOffset, position);
            timeIndex.appendIfLater(maxTimestampMs, maxTimestampOffset);
            bytesSinceIndexEntry = 0;
        } catch (final IOException | InternalError e) {
            // The log is right without it, only slower to search. The next batch tries again.
            LOG.debug("{}: no index entry in segment {}", context.id(), baseOffset, e);
        }
    }

    /**
     * Completes the files, when nothing more is to be appended for now. Both indexes are there then, also without an entry: Kafka's
     * dump tool reads a time index only if there is an offset index beside it.
     */
    void seal() throws IOException {
        file.cutAhead(sizeBytes());
        if (offsetIndex.file().isGrowing() && sizeBytes() > 0) {
            timeIndex.appendIfLater(maxTimestampMs, maxTimestampOffset);
            timeIndex.file().seal();
            offsetIndex.file().seal();
        }
    }

    /** Makes the batches survive a loss of power. */
    void force() throws IOException {
        if (sizeBytes() > 0) {
            file.force();
        }
    }

    /** Cuts off what is behind the end. */
    void truncateFile() throws IOException {
        file.truncateIfLonger(sizeBytes());
    }

    // Reading.

    /** The batches from an offset on that is before the end: see {@link io.ottla.api.storage.PartitionLog#read}. */
    Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch)
            throws IOException {
        final long seen = end;
        final long last = lastBatch;
        final int position;
        final long firstOffset;
        final int firstSizeBytes;
        int limit = positionIn(seen);
        if (offset >= offsetIn(seen)) {
            // Behind what a rewrite has left.
            return null;
        } else if (offset >= offsetIn(last) && positionIn(last) < limit && end == seen) {
            position = positionIn(last);
            firstOffset = offsetIn(last);
            firstSizeBytes = limit - position;
        } else {
            final BatchCursor cursor = context.lookupCursor();
            if (!seek(cursor, offset, limit)) {
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
            limit = positionOfEnd(endOffset, limit);
        }
        final int sizeBytes = Math.min(limit - position, Math.max(maxBytes, firstSizeBytes));
        return payload(position, sizeBytes);
    }

    /** A range of the file, or a copy of it where many readers that are not done hold too many files open. */
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

    /** Moves a cursor to the batch that has an offset, or the first behind it; false if there is none. */
    private boolean seek(final BatchCursor cursor, final long offset, final int limit) throws IOException {
        loadIndexes();
        cursor.open(file, offsetIndex.positionBefore(offset - baseOffset), limit);
        while (cursor.next()) {
            if (cursor.nextOffset() > offset) {
                return true;
            }
        }
        if (cursor.position() < limit) {
            throw damaged(cursor.position());
        }
        return false;
    }

    /** Where the first batch begins that has a record at or behind an offset; the end if none has. */
    int positionOf(final long offset) throws IOException {
        final BatchCursor cursor = context.lookupCursor();
        final int limit = sizeBytes();
        return seek(cursor, offset, limit) ? cursor.position() : limit;
    }

    /** Where the first batch begins that is not before an offset. */
    private int positionOfEnd(final long offset, final int limit) throws IOException {
        final BatchCursor cursor = context.lookupCursor();
        boolean isFound = seek(cursor, offset, limit);
        if (isFound && cursor.baseOffset() < offset) {
            isFound = cursor.next();
        }
        return isFound ? cursor.position() : limit;
    }

    /** The first batch with a record at or behind an offset and at or after a time; -1 if there is none here. */
    long findByTimestamp(final long timestampMs, final long fromOffset) throws IOException {
        if (maxTimestampMs() < timestampMs) {
            return -1;
        }
        final BatchCursor cursor = context.lookupCursor();
        final long from = Math.max(fromOffset, baseOffset + timeIndex.offsetBefore(timestampMs));
        boolean isFound = seek(cursor, from, sizeBytes());
        while (isFound && cursor.maxTimestampMs() < timestampMs) {
            isFound = cursor.next();
        }
        return isFound ? cursor.baseOffset() : -1;
    }

    /** The largest timestamp of batches with a record at or behind an offset; -1 if there is none. */
    long maxTimestampFrom(final long fromOffset) throws IOException {
        final long maxMs = maxTimestampMs();
        if (fromOffset <= baseOffset || maxMs < 0 || findByTimestamp(maxMs, fromOffset) >= 0) {
            return maxMs;
        }
        final BatchCursor cursor = context.lookupCursor();
        long result = -1;
        for (boolean isFound = seek(cursor, fromOffset, sizeBytes()); isFound; isFound = cursor.next()) {
            result = Math.max(result, cursor.maxTimestampMs());
        }
        return result;
    }

    /** The largest timestamp of all batches; -1 if there is none. */
    long maxTimestampMs() throws IOException {
        loadIndexes();
        return maxTimestampMs;
    }

    private void loadIndexes() throws IOException {
        if (!isIndexLoaded) {
            synchronized (this) {
                if (!isIndexLoaded) {
                    offsetIndex.file().load();
                    timeIndex.file().load();
                    if (!isIndexSound()) {
                        rebuildIndexes();
                    }
                    maxTimestampMs = timeIndex.lastTimestampMs();
                    isIndexLoaded = true;
                }
            }
        }
    }

    /**
     * Whether the indexes can be of this segment: what a loss of power leaves of a file is too short or has zeros in it. The
     * last entries are compared with their batches, and what is behind them is walked over; zeros further in front only make
     * lookups slow.
     */
    private boolean isIndexSound() throws IOException {
        final int sizeBytes = sizeBytes();
        final long lastEntry = offsetIndex.last();
        final int position = lastEntry < 0 ? 0 : (int) lastEntry;
        if (position < 0 || position > sizeBytes || position == sizeBytes && lastEntry >= 0) {
            return false;
        }
        final long lastTimestampMs = timeIndex.lastTimestampMs();
        final BatchCursor cursor = context.lookupCursor().open(file, position, sizeBytes);
        while (cursor.next()) {
            final boolean isLastEntry = lastEntry >= 0 && cursor.position() == position;
            if (cursor.magic() != RecordBatchHeader.MAGIC_V2
                    || cursor.maxTimestampMs() > lastTimestampMs
                    || isLastEntry && cursor.nextOffset() - 1 - baseOffset != lastEntry >>> 32) {
                return false;
            }
        }
        if (cursor.position() != sizeBytes || lastTimestampMs < 0) {
            return cursor.position() == sizeBytes;
        }
        final long latest = baseOffset + timeIndex.offsetBefore(Long.MAX_VALUE);
        cursor.open(file, offsetIndex.positionBefore(latest - baseOffset), sizeBytes);
        while (cursor.next()) {
            if (cursor.nextOffset() > latest) {
                return cursor.nextOffset() - 1 == latest && cursor.maxTimestampMs() == lastTimestampMs;
            }
        }
        return false;
    }

    private void rebuildIndexes() throws IOException {
        LOG.warn("{}: the indexes of segment {} don't fit it and are made anew", context.id(), baseOffset);
        final Segment other = new Segment(context, baseOffset);
        try {
            other.recover(sizeBytes(), Bounds.NONE, LogObserver.NONE, LogConfig.DEFAULT);
            other.seal();
        } finally {
            other.close();
        }
        offsetIndex.file().load();
        timeIndex.file().load();
    }

    long baseOffset() {
        return baseOffset;
    }

    /** The offset after the last record. */
    long endOffset() {
        return offsetIn(end);
    }

    int sizeBytes() {
        return positionIn(end);
    }

    SegmentFile file() {
        return file;
    }

    /** Refuses what a truncation has cut off, of which a payload may still be held. */
    void checkUncut(final int position) throws IOException {
        if (position > cutPosition) {
            throw new IOException(context.id() + ": the batches were truncated from the log");
        }
    }

    IOException damaged(final int position) {
        return new IOException(file.path() + " is damaged at position " + position);
    }

    // How it ends.

    /** Ends the use of this object. Payloads stay valid up to a position. */
    void cut(final int position) {
        cutPosition = position;
        close();
    }

    void close() {
        file.close();
        offsetIndex.file().close();
        timeIndex.file().close();
    }

    /** Gives the indexes their usual names. */
    void moveIndexes() throws IOException {
        offsetIndex.file().moveTo(path(LogFiles.INDEX_SUFFIX));
        timeIndex.file().moveTo(path(LogFiles.TIME_INDEX_SUFFIX));
    }

    /** Gives the file of the batches its usual name. */
    void moveFile() throws IOException {
        file.moveTo(path(LogFiles.LOG_SUFFIX));
    }

    void deleteFiles() throws IOException {
        file.delete();
        offsetIndex.file().delete();
        timeIndex.file().delete();
    }

    void delete() throws IOException {
        delete(0);
    }

    /** Deletes the segment, but its batches stay for a while under another name. */
    void delete(final long delayMs) throws IOException {
        close();
        context.deletions().file(file.path(), delayMs);
        offsetIndex.file().delete();
        timeIndex.file().delete();
        ObserverSnapshot.delete(context.folder(), baseOffset);
    }
}
