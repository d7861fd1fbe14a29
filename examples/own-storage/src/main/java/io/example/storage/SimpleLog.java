package io.example.storage;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A log whose batches are in one map by base offset, and its segments in another. One thread at a time changes it; the
 * monitor protects concurrent readers. The observer is called outside the monitor, because it may take locks of its
 * own.
 */
final class SimpleLog implements PartitionLog {
    private static final int LEADER_EPOCH = 0;

    private final LogId id;
    private final LogObserver observer;
    private final Clock clock;
    private final NavigableMap<Long, ByteBuffer> batches = new TreeMap<>();
    private final NavigableMap<Long, Segment> segments = new TreeMap<>();
    private LogConfig config;
    private boolean isClosed;
    private int truncationCount;
    private volatile long logStartOffset;
    private volatile long logEndOffset;

    /** Creates a log: a new one if {@code former} is null, else one that continues where that closed log ended. */
    SimpleLog(
            final LogId id,
            final LogConfig config,
            final LogObserver observer,
            final Clock clock,
            final SimpleLog former) {
        this.id = id;
        this.config = config;
        this.observer = observer;
        this.clock = clock;
        if (former == null) {
            segments.put(0L, new Segment(0, null, clock.epochMs()));
        } else {
            segments.putAll(former.segments);
            batches.putAll(former.batches);
            logStartOffset = former.logStartOffset;
            logEndOffset = former.logEndOffset;
        }
        restoreObserver();
    }

    // region: append
    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        if (isClosed()) {
            return FAILED;
        }
        if (leaderEpoch != LEADER_EPOCH) {
            return NOT_LEADER;
        }
        if (isRollDue(batch)) {
            roll();
        }
        final long baseOffset = logEndOffset;
        final ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(0, batch, batch.position(), batch.remaining());
        RecordBatchHeader.assign(copy, 0, baseOffset, leaderEpoch);
        observer.onBatch(copy.asReadOnlyBuffer());
        synchronized (this) {
            batches.put(baseOffset, copy);
            logEndOffset = RecordBatchHeader.nextOffset(copy, 0);
        }
        observer.onHighWatermark(logEndOffset);
        return baseOffset;
    }
    // endregion

    // region: roll
    private boolean isRollDue(final ByteBuffer batch) {
        final Segment segment = segments.lastEntry().getValue();
        final Map.Entry<Long, ByteBuffer> first = batches.ceilingEntry(segment.baseOffset());
        if (first == null) {
            return false;
        }
        final long firstMs = RecordBatchHeader.maxTimestamp(first.getValue(), 0);
        final long ageMs = firstMs >= 0
                ? RecordBatchHeader.maxTimestamp(batch, batch.position()) - firstMs
                : clock.epochMs() - segment.createdMs();
        final long lastOffset = logEndOffset + RecordBatchHeader.lastOffsetDelta(batch, batch.position());
        return sizeBytes(batchesOf(segment)) + batch.remaining() > config.segmentBytes()
                || ageMs > config.segmentMs()
                || lastOffset - segment.baseOffset() > Integer.MAX_VALUE;
    }

    private void roll() {
        final ByteBuffer snapshot = observer.snapshot();
        synchronized (this) {
            segments.put(logEndOffset, new Segment(logEndOffset, snapshot, clock.epochMs()));
        }
        observer.onRoll(logEndOffset);
    }
    // endregion

    // region: observer
    private void restoreObserver() {
        final Segment last = segments.lastEntry().getValue();
        observer.restore(
                last.baseOffset(),
                last.snapshot() == null ? null : last.snapshot().duplicate());
        for (final ByteBuffer batch : batchesOf(last)) {
            observer.onBatch(batch.asReadOnlyBuffer());
        }
    }
    // endregion

    // region: read
    @Override
    public synchronized Payload read(
            final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        checkOpen();
        if (offset < logStartOffset || offset > logEndOffset) {
            throw new OffsetOutOfRangeException(offset, logStartOffset, logEndOffset);
        }
        final List<ByteBuffer> found = new ArrayList<>();
        int sizeBytes = 0;
        for (final ByteBuffer batch : from(offset).values()) {
            final boolean fits = sizeBytes + batch.limit() <= maxBytes || found.isEmpty() && wholeBatch;
            if (!fits || RecordBatchHeader.baseOffset(batch, 0) >= endOffset) {
                break;
            }
            found.add(batch);
            sizeBytes += batch.limit();
        }
        final ByteBuffer bytes = ByteBuffer.allocate(sizeBytes);
        found.forEach(batch -> bytes.put(batch.duplicate()));
        return sizeBytes == 0 ? Payload.EMPTY : Payload.of(bytes.flip());
    }

    /** Returns the batches that have a record at or past an offset. */
    private NavigableMap<Long, ByteBuffer> from(final long offset) {
        final Map.Entry<Long, ByteBuffer> before = batches.floorEntry(offset);
        final boolean isInside = before != null && RecordBatchHeader.nextOffset(before.getValue(), 0) > offset;
        return batches.tailMap(isInside ? before.getKey() : offset, true);
    }
    // endregion

    // region: find
    @Override
    public synchronized long findByTimestamp(final long timestampMs, final long fromOffset) {
        checkOpen();
        for (final ByteBuffer batch : from(Math.max(fromOffset, logStartOffset)).values()) {
            if (RecordBatchHeader.maxTimestamp(batch, 0) >= timestampMs) {
                return RecordBatchHeader.baseOffset(batch, 0);
            }
        }
        return -1;
    }

    @Override
    public synchronized long findMaxTimestamp(final long fromOffset) {
        checkOpen();
        final long maxMs =
                maxTimestampMs(from(Math.max(fromOffset, logStartOffset)).values());
        return maxMs < 0 ? -1 : findByTimestamp(maxMs, fromOffset);
    }
    // endregion

    // region: cut
    @Override
    public void trimTo(final long offset) {
        checkOpen();
        if (offset > logEndOffset) {
            throw new OffsetOutOfRangeException(offset, logStartOffset, logEndOffset);
        }
        if (offset <= logStartOffset) {
            return;
        }
        if (offset == logEndOffset
                && !batchesOf(segments.lastEntry().getValue()).isEmpty()) {
            roll();
        }
        synchronized (this) {
            logStartOffset = offset;
            segments.headMap(segments.floorKey(offset), false).clear();
            batches.headMap(segments.firstKey(), false).clear();
        }
    }

    @Override
    public void truncateTo(final long offset) {
        checkOpen();
        final long from = Math.max(offset, logStartOffset);
        if (from >= logEndOffset) {
            return;
        }
        synchronized (this) {
            truncationCount++;
            from(from).clear();
            final long end = batches.isEmpty()
                    ? segments.firstKey()
                    : RecordBatchHeader.nextOffset(batches.lastEntry().getValue(), 0);
            segments.tailMap(end, segments.firstKey() < end).clear();
            logEndOffset = Math.max(end, logStartOffset);
        }
        restoreObserver();
        if (logEndOffset == logStartOffset && segments.lastKey() < logStartOffset) {
            // No batch is left that could be read, so the next one starts a segment of its own.
            roll();
            synchronized (this) {
                segments.headMap(logStartOffset, false).clear();
                batches.clear();
            }
        }
    }
    // endregion

    // region: rewrite
    @Override
    public synchronized LogRewrite rewrite(final long fromOffset, final long toOffset) {
        checkOpen();
        if (fromOffset >= toOffset || !segments.containsKey(fromOffset) || !segments.containsKey(toOffset)) {
            throw new IllegalArgumentException(id + " has no segments from " + fromOffset + " to " + toOffset);
        }
        return new SimpleRewrite(this, fromOffset, toOffset, truncationCount);
    }

    /** Replaces the batches of some segments, if these have not changed since. */
    synchronized boolean swap(
            final long fromOffset,
            final long toOffset,
            final int expectedTruncationCount,
            final Map<Long, ByteBuffer> rewritten) {
        checkOpen();
        if (truncationCount != expectedTruncationCount || !segments.containsKey(fromOffset)) {
            return false;
        }
        segments.subMap(fromOffset, false, toOffset, false).clear();
        batches.subMap(fromOffset, toOffset).clear();
        batches.putAll(rewritten);
        return true;
    }
    // endregion

    private Collection<ByteBuffer> batchesOf(final Segment segment) {
        final Long next = segments.higherKey(segment.baseOffset());
        return batches.subMap(segment.baseOffset(), true, next == null ? Long.MAX_VALUE : next, false)
                .values();
    }

    private static long sizeBytes(final Collection<ByteBuffer> batches) {
        return batches.stream().mapToLong(ByteBuffer::limit).sum();
    }

    private static long maxTimestampMs(final Collection<ByteBuffer> batches) {
        return batches.stream()
                .mapToLong(batch -> RecordBatchHeader.maxTimestamp(batch, 0))
                .max()
                .orElse(-1);
    }

    @Override
    public synchronized long sizeBytes() {
        return sizeBytes(batches.values());
    }

    @Override
    public synchronized List<SegmentInfo> segments() {
        final List<SegmentInfo> infos = new ArrayList<>();
        for (final Segment segment : segments.values()) {
            final Collection<ByteBuffer> contents = batchesOf(segment);
            final Long next = segments.higherKey(segment.baseOffset());
            infos.add(new SegmentInfo(
                    segment.baseOffset(),
                    next == null ? logEndOffset : next,
                    sizeBytes(contents),
                    maxTimestampMs(contents)));
        }
        return infos;
    }

    @Override
    public LogId id() {
        return id;
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long highWatermark() {
        return logEndOffset;
    }

    @Override
    public long logEndOffset() {
        return logEndOffset;
    }

    @Override
    public int leaderEpoch() {
        return LEADER_EPOCH;
    }

    @Override
    public synchronized void configure(final LogConfig newConfig) {
        config = newConfig;
    }

    @Override
    public void flush() {
        checkOpen();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }

    synchronized boolean isClosed() {
        return isClosed;
    }

    void checkOpen() {
        if (isClosed()) {
            throw new StorageException(id + " is closed");
        }
    }
}
