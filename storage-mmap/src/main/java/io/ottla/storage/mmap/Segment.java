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

    /** So many entries before one that is damaged are tried before a walk from the segment's beginning. */
    private static final int EARLIER_ENTRIES_MAX = 64;

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
    /** An entry did not fit the batches, which was told, and mended if it could be. */
    private volatile boolean isIndexDamaged;

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
        bytesSinceIndexEntry = sizeBytes() - (lastEntry == OffsetIndex.NONE ? 0 : OffsetIndex.positionIn(lastEntry));
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
        final BatchCursor cursor = context.lookupCursor();
        long nextOffset = baseOffset;
        boolean isMore = openAtEntry(cursor, offsetIndex.last(), point.sizeBytes(), point.offset());
        while (isMore) {
            lastBatch = pack(cursor.baseOffset() - baseOffset, cursor.position());
            nextOffset = cursor.nextOffset();
            isMore = cursor.next();
        }
        if (cursor.position() != point.sizeBytes() || nextOffset != point.offset()) {
            return false;
        }
        offsetIndex.file().cut();
        timeIndex.file().cut();
        maxTimestampMs = point.maxTimestampMs();
        maxTimestampOffset = point.maxTimestampOffset();
        final long lastEntry = offsetIndex.last();
        bytesSinceIndexEntry =
                point.sizeBytes() - (lastEntry == OffsetIndex.NONE ? 0 : OffsetIndex.positionIn(lastEntry));
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
        added(
                RecordBatchHeader.baseOffset(batch, start),
                RecordBatchHeader.nextOffset(batch, start),
                RecordBatchHeader.maxTimestamp(batch, start),
                batch.remaining(),
                indexIntervalBytes);
    }

    private void added(
            final long batchOffset,
            final long nextOffset,
            final long timestampMs,
            final int sizeBytes,
            final int indexIntervalBytes) {
        final int position = positionIn(end);
        final int lastRelativeOffset = (int) (nextOffset - 1 - baseOffset);
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
        lastBatch = pack(batchOffset - baseOffset, position);
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
        boolean isFound = openBefore(cursor, offset, limit);
        checkBatch(cursor, isFound, baseOffset, limit);
        while (isFound && cursor.nextOffset() <= offset) {
            isFound = advance(cursor, limit);
        }
        return isFound;
    }

    /** Moves a cursor from one batch to the next; false if there is none. */
    private boolean advance(final BatchCursor cursor, final int limit) throws IOException {
        final long nextOffset = cursor.nextOffset();
        final boolean isFound = cursor.next();
        checkBatch(cursor, isFound, nextOffset, limit);
        return isFound;
    }

    /** Checks that there is a batch in its place, or no more. */
    private void checkBatch(
            final BatchCursor cursor, final boolean isFound, final long formerNextOffset, final int limit)
            throws IOException {
        if (isFound ? !isInPlace(cursor, formerNextOffset, endOffset()) : cursor.position() < limit) {
            throw damaged(cursor.position());
        }
    }

    /** Moves a cursor to a batch that is not behind an offset, by the index if that is right; false if there is none. */
    private boolean openBefore(final BatchCursor cursor, final long offset, final int limit) throws IOException {
        long entry = offsetIndex.entryBefore(offset - baseOffset);
        if (openAtEntry(cursor, entry, limit, endOffset())) {
            return true;
        }
        if (entry == OffsetIndex.NONE || OffsetIndex.positionIn(entry) >= limit && isAhead(entry)) {
            return false;
        }
        onDamagedIndex("offset", entry);
        for (int i = 0; i < EARLIER_ENTRIES_MAX && entry != OffsetIndex.NONE; i++) {
            entry = offsetIndex.entryBefore(Math.min(OffsetIndex.offsetIn(entry), offset - baseOffset) - 1);
            if (openAtEntry(cursor, entry, limit, endOffset())) {
                return true;
            }
        }
        return openAtEntry(cursor, OffsetIndex.NONE, limit, endOffset());
    }

    /**
     * Moves a cursor to the batch that an entry of the offset index is of, or to the first batch if there is no entry.
     *
     * @return false if there is no such batch at the entry's position.
     */
    private boolean openAtEntry(final BatchCursor cursor, final long entry, final int limit, final long endOffset)
            throws IOException {
        final boolean isFirst = entry == OffsetIndex.NONE;
        final int position = isFirst ? 0 : OffsetIndex.positionIn(entry);
        // With a position out of range there is nothing to read.
        cursor.open(file, Math.clamp(position, 0, limit), limit);
        return position >= 0
                && cursor.next()
                && (isFirst
                        || isInPlace(cursor, baseOffset, endOffset)
                                && cursor.nextOffset() - 1 - baseOffset == OffsetIndex.offsetIn(entry));
    }

    /** Whether an entry is of a batch that was appended since a reader looked where the segment ends. */
    private boolean isAhead(final long entry) {
        return OffsetIndex.positionIn(entry) < sizeBytes();
    }

    /** Whether what a cursor is at can be a batch that follows another, in a segment that ends at an offset. */
    private static boolean isInPlace(final BatchCursor cursor, final long formerNextOffset, final long endOffset) {
        return cursor.magic() == RecordBatchHeader.MAGIC_V2
                && cursor.lastOffsetDelta() >= 0
                && cursor.baseOffset() >= formerNextOffset
                && cursor.nextOffset() <= endOffset;
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
            isFound = advance(cursor, limit);
        }
        return isFound ? cursor.position() : limit;
    }

    /** The first batch with a record at or behind an offset and at or after a time; -1 if there is none here. */
    long findByTimestamp(final long timestampMs, final long fromOffset) throws IOException {
        if (maxTimestampMs() < timestampMs) {
            return -1;
        }
        final BatchCursor cursor = context.lookupCursor();
        final int limit = sizeBytes();
        boolean isFound = seekBefore(cursor, timestampMs, fromOffset, limit);
        while (isFound && cursor.maxTimestampMs() < timestampMs) {
            isFound = advance(cursor, limit);
        }
        return isFound ? cursor.baseOffset() : -1;
    }

    /** Moves a cursor to a batch with a record at or behind an offset, before which none is at or after a time; false if there is none. */
    private boolean seekBefore(final BatchCursor cursor, final long timestampMs, final long fromOffset, final int limit)
            throws IOException {
        final TimeIndex.Entry entry = new TimeIndex.Entry();
        if (!timeIndex.findBefore(timestampMs, entry) || baseOffset + entry.relativeOffset() < fromOffset) {
            return seek(cursor, fromOffset, limit);
        }
        if (entry.isLast() && timeIndex.file().isGrowing() && baseOffset + entry.relativeOffset() >= endOffset()) {
            // Of a batch that is just being appended, so that all others are before that time, too.
            return false;
        }
        if (isOf(entry, cursor, limit)) {
            return true;
        }
        onDamagedIndex("time", entry.timestampMs());
        return timeIndex.findBefore(timestampMs, entry)
                        && baseOffset + entry.relativeOffset() >= fromOffset
                        && isOf(entry, cursor, limit)
                || seek(cursor, fromOffset, limit);
    }

    /** Moves a cursor to the batch that an entry of the time index is of; false if there is none, or the entry is out of order. */
    private boolean isOf(final TimeIndex.Entry entry, final BatchCursor cursor, final int limit) throws IOException {
        final long lastOffset = baseOffset + entry.relativeOffset();
        return entry.isInOrder()
                && seek(cursor, lastOffset, limit)
                && cursor.nextOffset() - 1 == lastOffset
                && cursor.maxTimestampMs() == entry.timestampMs();
    }

    /** The largest timestamp of batches with a record at or behind an offset; -1 if there is none. */
    long maxTimestampFrom(final long fromOffset) throws IOException {
        final long maxMs = maxTimestampMs();
        if (fromOffset <= baseOffset || maxMs < 0 || findByTimestamp(maxMs, fromOffset) >= 0) {
            return maxMs;
        }
        final BatchCursor cursor = context.lookupCursor();
        long result = -1;
        final int limit = sizeBytes();
        for (boolean isFound = seek(cursor, fromOffset, limit); isFound; isFound = advance(cursor, limit)) {
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
                    final boolean isWhole =
                            offsetIndex.file().load() & timeIndex.file().load();
                    if (!isWhole || !isIndexSound()) {
                        LOG.warn(
                                "{}: the indexes of segment {} don't fit it and are made anew",
                                context.id(),
                                baseOffset);
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
        final long lastTimestampMs = timeIndex.lastTimestampMs();
        final BatchCursor cursor = context.lookupCursor();
        final long lastEntry = offsetIndex.last();
        boolean isMore = openAtEntry(cursor, lastEntry, sizeBytes, endOffset());
        if (!isMore && lastEntry != OffsetIndex.NONE) {
            return false;
        }
        while (isMore) {
            if (cursor.magic() != RecordBatchHeader.MAGIC_V2 || cursor.maxTimestampMs() > lastTimestampMs) {
                return false;
            }
            isMore = cursor.next();
        }
        if (cursor.position() != sizeBytes) {
            return false;
        }
        final TimeIndex.Entry latest = new TimeIndex.Entry();
        if (!timeIndex.findBefore(Long.MAX_VALUE, latest)) {
            return true;
        }
        final long lastOffset = baseOffset + latest.relativeOffset();
        isMore = latest.isInOrder()
                && openAtEntry(cursor, offsetIndex.entryBefore(latest.relativeOffset()), sizeBytes, endOffset());
        while (isMore && cursor.nextOffset() <= lastOffset) {
            isMore = cursor.next();
        }
        if (!isMore || cursor.nextOffset() - 1 != lastOffset || cursor.maxTimestampMs() != lastTimestampMs) {
            return false;
        }
        // Nearly always that is the last batch, or one of the last.
        while (cursor.next()) {
            if (cursor.maxTimestampMs() > lastTimestampMs) {
                return false;
            }
        }
        return true;
    }

    /**
     * An entry of an index is not of a batch of this segment. If nothing is appended any more, the indexes are made anew, once: if the batches
     * are to blame, that does not help, and readers go on without the entry.
     */
    private void onDamagedIndex(final String which, final long entry) throws IOException {
        if (isIndexDamaged) {
            return;
        }
        synchronized (this) {
            if (isIndexDamaged) {
                return;
            }
            isIndexDamaged = true;
            LOG.warn("{}: the {} index of segment {} is damaged (entry {})", context.id(), which, baseOffset, entry);
            if (!offsetIndex.file().isGrowing() && isWhole()) {
                rebuildIndexes();
            }
        }
    }

    private void rebuildIndexes() throws IOException {
        isIndexLoaded = false;
        offsetIndex.file().forget();
        timeIndex.file().forget();
        final Segment other = new Segment(context, baseOffset);
        try {
            other.index(sizeBytes(), endOffset());
            other.seal();
        } finally {
            other.close();
        }
        offsetIndex.file().load();
        timeIndex.file().load();
        maxTimestampMs = timeIndex.lastTimestampMs();
        isIndexLoaded = true;
    }

    /** Whether one batch follows another to the end. */
    private boolean isWhole() throws IOException {
        final int limit = sizeBytes();
        final BatchCursor cursor = context.scanCursor().open(file, 0, limit);
        long nextOffset = baseOffset;
        while (cursor.next() && isInPlace(cursor, nextOffset, endOffset())) {
            nextOffset = cursor.nextOffset();
        }
        return cursor.position() == limit;
    }

    /** Makes the indexes from the headers of the batches, in a segment that nobody else has. What is in the batches is for readers to check. */
    private void index(final int limit, final long endOffset) throws IOException {
        offsetIndex.file().clear();
        timeIndex.file().clear();
        begin(LogConfig.DEFAULT);
        final BatchCursor cursor = context.scanCursor().open(file, 0, limit);
        while (cursor.next() && isInPlace(cursor, endOffset(), endOffset)) {
            added(
                    cursor.baseOffset(),
                    cursor.nextOffset(),
                    cursor.maxTimestampMs(),
                    cursor.sizeBytes(),
                    LogConfig.DEFAULT.indexIntervalBytes());
        }
        if (cursor.position() < limit) {
            LOG.error("{}: {} is damaged at position {}", context.id(), file.path(), cursor.position());
        }
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
