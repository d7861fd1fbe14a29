package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds batches of a segment by its indexes. The first search loads the indexes. Entries are used only if they match
 * the batches; indexes that do not are rebuilt.
 *
 * <p><b>Note:</b> thread-safe; the caller has a cursor of its own.
 */
final class SegmentSearch {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentSearch.class);

    /** The number of entries before a damaged one that are tried before the segment is searched from its beginning. */
    private static final int EARLIER_ENTRIES_MAX = 64;

    private final Segment segment;
    private final SegmentIndexes indexes;

    private volatile boolean isLoaded;
    /** True after an entry did not match the batches, which was logged, and repaired if possible. */
    private volatile boolean isDamaged;

    SegmentSearch(final Segment segment, final SegmentIndexes indexes) {
        this.segment = segment;
        this.indexes = indexes;
    }

    /** Marks the indexes as valid, such as those of a new segment. */
    void assumeLoaded() {
        isLoaded = true;
    }

    // Queries.

    /** Returns the position of the first batch with a record at or after an offset; the end if there is none. */
    int positionOf(final long offset) throws IOException {
        final BatchCursor cursor = segment.context().lookupCursor();
        final int limit = segment.sizeBytes();
        return seek(cursor, offset, limit) ? cursor.position() : limit;
    }

    /** Returns the position of the first batch that is not before an offset. */
    int positionOfEnd(final long offset, final int limit) throws IOException {
        final BatchCursor cursor = segment.context().lookupCursor();
        boolean isFound = seek(cursor, offset, limit);
        if (isFound && cursor.baseOffset() < offset) {
            isFound = advance(cursor, limit);
        }
        return isFound ? cursor.position() : limit;
    }

    /**
     * Returns the first batch with a record at or after an offset and at or after a time; -1 if there is none.
     */
    long findByTimestamp(final long timestampMs, final long fromOffset) throws IOException {
        if (maxTimestampMs() < timestampMs) {
            return -1;
        }
        final BatchCursor cursor = segment.context().lookupCursor();
        final int limit = segment.sizeBytes();
        boolean isFound = seekByTime(cursor, timestampMs, fromOffset, limit);
        while (isFound && cursor.maxTimestampMs() < timestampMs) {
            isFound = advance(cursor, limit);
        }
        return isFound ? cursor.baseOffset() : -1;
    }

    /** Returns the largest timestamp of batches with a record at or after an offset; -1 if there is none. */
    long maxTimestampFrom(final long fromOffset) throws IOException {
        final long maxMs = maxTimestampMs();
        if (fromOffset <= segment.baseOffset() || maxMs < 0 || findByTimestamp(maxMs, fromOffset) >= 0) {
            return maxMs;
        }
        final BatchCursor cursor = segment.context().lookupCursor();
        long result = -1;
        final int limit = segment.sizeBytes();
        for (boolean isFound = seek(cursor, fromOffset, limit); isFound; isFound = advance(cursor, limit)) {
            result = Math.max(result, cursor.maxTimestampMs());
        }
        return result;
    }

    /** Returns the largest timestamp of all batches; -1 if there is none. */
    long maxTimestampMs() throws IOException {
        load();
        return indexes.maxTimestampMs();
    }

    // Searching.

    /** Moves a cursor to the batch with an offset, or the first one after it; returns false if there is none. */
    boolean seek(final BatchCursor cursor, final long offset, final int limit) throws IOException {
        load();
        boolean isFound = openBefore(cursor, offset, limit);
        checkBatch(cursor, isFound, segment.baseOffset(), limit);
        while (isFound && cursor.nextOffset() <= offset) {
            isFound = advance(cursor, limit);
        }
        return isFound;
    }

    /** Moves a cursor to the next batch; returns false if there is none. */
    private boolean advance(final BatchCursor cursor, final int limit) throws IOException {
        final long nextOffset = cursor.nextOffset();
        final boolean isFound = cursor.next();
        checkBatch(cursor, isFound, nextOffset, limit);
        return isFound;
    }

    /** Checks that a cursor is at a valid batch, or at the end. */
    private void checkBatch(
            final BatchCursor cursor, final boolean isFound, final long formerNextOffset, final int limit)
            throws IOException {
        if (isFound ? !isInPlace(cursor, formerNextOffset, segment.endOffset()) : cursor.position() < limit) {
            throw segment.damaged(cursor.position());
        }
    }

    /**
     * Moves a cursor to a batch that is not past an offset, by the index if it is valid; returns false if there is
     * none.
     */
    private boolean openBefore(final BatchCursor cursor, final long offset, final int limit) throws IOException {
        long entry = indexes.offsets().entryBefore(offset - segment.baseOffset());
        if (openAtEntry(cursor, entry, limit, segment.endOffset())) {
            return true;
        }
        if (entry == OffsetIndex.NONE || OffsetIndex.positionIn(entry) >= limit && isAhead(entry)) {
            return false;
        }
        onDamaged("offset", entry);
        for (int i = 0; i < EARLIER_ENTRIES_MAX && entry != OffsetIndex.NONE; i++) {
            entry = indexes.offsets()
                    .entryBefore(Math.min(OffsetIndex.offsetIn(entry), offset - segment.baseOffset()) - 1);
            if (openAtEntry(cursor, entry, limit, segment.endOffset())) {
                return true;
            }
        }
        return openAtEntry(cursor, OffsetIndex.NONE, limit, segment.endOffset());
    }

    /**
     * Moves a cursor to the batch of an entry of the offset index, or to the first batch if there is no entry.
     *
     * @return false if there is no such batch at the entry's position.
     */
    boolean openAtEntry(final BatchCursor cursor, final long entry, final int limit, final long endOffset)
            throws IOException {
        final boolean isFirst = entry == OffsetIndex.NONE;
        final int position = isFirst ? 0 : OffsetIndex.positionIn(entry);
        // A position out of range reads nothing.
        cursor.open(segment.file(), Math.clamp(position, 0, limit), limit);
        return position >= 0
                && cursor.next()
                && (isFirst
                        || isInPlace(cursor, segment.baseOffset(), endOffset)
                                && cursor.nextOffset() - 1 - segment.baseOffset() == OffsetIndex.offsetIn(entry));
    }

    /** Returns whether an entry is of a batch that was appended after a reader read the end of the segment. */
    private boolean isAhead(final long entry) {
        return OffsetIndex.positionIn(entry) < segment.sizeBytes();
    }

    /** Returns whether a cursor's batch can follow another, in a segment that ends at an offset. */
    private static boolean isInPlace(final BatchCursor cursor, final long formerNextOffset, final long endOffset) {
        return cursor.magic() == RecordBatchHeader.MAGIC_V2
                && cursor.lastOffsetDelta() >= 0
                && cursor.baseOffset() >= formerNextOffset
                && cursor.nextOffset() <= endOffset;
    }

    /**
     * Moves a cursor to a batch with a record at or after an offset, with no batch at or after a time before it;
     * returns false if there is none.
     */
    private boolean seekByTime(final BatchCursor cursor, final long timestampMs, final long fromOffset, final int limit)
            throws IOException {
        final TimeIndex.Entry entry = new TimeIndex.Entry();
        if (!indexes.times().findBefore(timestampMs, entry)
                || segment.baseOffset() + entry.relativeOffset() < fromOffset) {
            return seek(cursor, fromOffset, limit);
        }
        if (entry.isLast()
                && indexes.times().file().isGrowing()
                && segment.baseOffset() + entry.relativeOffset() >= segment.endOffset()) {
            // The entry is of a batch that is being appended, so all others are before that time, too.
            return false;
        }
        if (isOf(entry, cursor, limit)) {
            return true;
        }
        onDamaged("time", entry.timestampMs());
        return indexes.times().findBefore(timestampMs, entry)
                        && segment.baseOffset() + entry.relativeOffset() >= fromOffset
                        && isOf(entry, cursor, limit)
                || seek(cursor, fromOffset, limit);
    }

    /**
     * Moves a cursor to the batch of an entry of the time index; returns false if there is none, or the entry is out of
     * order.
     */
    private boolean isOf(final TimeIndex.Entry entry, final BatchCursor cursor, final int limit) throws IOException {
        final long lastOffset = segment.baseOffset() + entry.relativeOffset();
        return entry.isInOrder()
                && seek(cursor, lastOffset, limit)
                && cursor.nextOffset() - 1 == lastOffset
                && cursor.maxTimestampMs() == entry.timestampMs();
    }

    // Loading and repairing.

    void load() throws IOException {
        if (!isLoaded) {
            synchronized (this) {
                if (!isLoaded) {
                    if (!indexes.load() || !isSound()) {
                        LOG.warn(
                                "{}: the indexes of segment {} don't match it and are rebuilt",
                                segment.context().id(),
                                segment.baseOffset());
                        rebuild();
                    }
                    indexes.loadMaxTimestamp();
                    isLoaded = true;
                }
            }
        }
    }

    /**
     * Returns whether the indexes can be of this segment: a power failure leaves a file that is too short or has zeros
     * in it. The last entries are compared with their batches, and the batches after them are read; zeros further in
     * front only make lookups slow.
     */
    private boolean isSound() throws IOException {
        final int sizeBytes = segment.sizeBytes();
        final long lastTimestampMs = indexes.times().lastTimestampMs();
        final BatchCursor cursor = segment.context().lookupCursor();
        final long lastEntry = indexes.offsets().last();
        boolean isMore = openAtEntry(cursor, lastEntry, sizeBytes, segment.endOffset());
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
        if (!indexes.times().findBefore(Long.MAX_VALUE, latest)) {
            return true;
        }
        final long lastOffset = segment.baseOffset() + latest.relativeOffset();
        isMore = latest.isInOrder()
                && openAtEntry(
                        cursor, indexes.offsets().entryBefore(latest.relativeOffset()), sizeBytes, segment.endOffset());
        while (isMore && cursor.nextOffset() <= lastOffset) {
            isMore = cursor.next();
        }
        if (!isMore || cursor.nextOffset() - 1 != lastOffset || cursor.maxTimestampMs() != lastTimestampMs) {
            return false;
        }
        // Nearly always the entry is of the last batch, or of one of the last.
        while (cursor.next()) {
            if (cursor.maxTimestampMs() > lastTimestampMs) {
                return false;
            }
        }
        return true;
    }

    /**
     * Handles an index entry that does not match a batch of this segment. In a sealed segment the indexes are rebuilt,
     * once: if the batches are damaged, that does not help, and readers continue without the entry.
     */
    private void onDamaged(final String which, final long entry) throws IOException {
        if (isDamaged) {
            return;
        }
        synchronized (this) {
            if (isDamaged) {
                return;
            }
            isDamaged = true;
            LOG.warn(
                    "{}: the {} index of segment {} is damaged (entry {})",
                    segment.context().id(),
                    which,
                    segment.baseOffset(),
                    entry);
            if (!indexes.isGrowing() && isWhole()) {
                rebuild();
            }
        }
    }

    private void rebuild() throws IOException {
        isLoaded = false;
        indexes.forget();
        final Segment other = new Segment(segment.context(), segment.baseOffset());
        try {
            index(other, segment.sizeBytes(), segment.endOffset());
            other.seal();
        } finally {
            other.close();
        }
        indexes.load();
        indexes.loadMaxTimestamp();
        isLoaded = true;
    }

    /** Returns whether the batches are consecutive up to the end. */
    private boolean isWhole() throws IOException {
        final int limit = segment.sizeBytes();
        final BatchCursor cursor = segment.context().scanCursor().open(segment.file(), 0, limit);
        long nextOffset = segment.baseOffset();
        while (cursor.next() && isInPlace(cursor, nextOffset, segment.endOffset())) {
            nextOffset = cursor.nextOffset();
        }
        return cursor.position() == limit;
    }

    /**
     * Rebuilds the indexes of a segment that no other thread has, from the headers of its batches. Readers check the
     * contents of the batches.
     */
    private static void index(final Segment segment, final int limit, final long endOffset) throws IOException {
        segment.indexes().clear();
        segment.begin(LogConfig.DEFAULT);
        final BatchCursor cursor = segment.context().scanCursor().open(segment.file(), 0, limit);
        while (cursor.next() && isInPlace(cursor, segment.endOffset(), endOffset)) {
            segment.added(
                    cursor.baseOffset(),
                    cursor.nextOffset(),
                    cursor.maxTimestampMs(),
                    cursor.sizeBytes(),
                    LogConfig.DEFAULT.indexIntervalBytes());
        }
        if (cursor.position() < limit) {
            LOG.error(
                    "{}: {} is damaged at position {}",
                    segment.context().id(),
                    segment.file().path(),
                    cursor.position());
        }
    }
}
