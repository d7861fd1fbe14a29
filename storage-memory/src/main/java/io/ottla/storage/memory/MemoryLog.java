package io.ottla.storage.memory;

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
import java.util.List;

/**
 * A log in memory. Everything runs under this object's monitor, except the observer, which may take locks of its own.
 */
final class MemoryLog implements PartitionLog {
    private static final int LEADER_EPOCH = 0;

    private final LogId id;
    private final LogObserver observer;
    private final Clock clock;
    private final Heap heap;
    private final List<Segment> segments;
    private LogConfig config;
    private boolean isClosed;
    /** The number of truncations, by which a rewrite detects that its batches were truncated. */
    private int truncationCount;

    private volatile long logStartOffset;
    private volatile long logEndOffset;

    MemoryLog(
            final LogId id,
            final LogConfig config,
            final LogObserver observer,
            final Clock clock,
            final Heap heap,
            final List<Segment> segments,
            final long logStartOffset) {
        this.id = id;
        this.config = config;
        this.observer = observer;
        this.clock = clock;
        this.heap = heap;
        this.segments = new ArrayList<>(segments);
        this.logStartOffset = logStartOffset;
        this.logEndOffset = Math.max(logStartOffset, segments.getLast().endOffset());
        restoreObserver();
    }

    /** Returns a log with the same batches, for another user. */
    synchronized MemoryLog reopen(final LogConfig newConfig, final LogObserver newObserver) {
        return new MemoryLog(id, newConfig, newObserver, clock, heap, segments, logStartOffset);
    }

    synchronized boolean isClosed() {
        return isClosed;
    }

    /** Frees the memory of a log that will not be opened again. */
    synchronized void free() {
        for (final Segment segment : segments) {
            heap.free(segment.chunkBytes());
        }
        segments.clear();
    }

    @Override
    public LogId id() {
        return id;
    }

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
        final Segment segment = segments.getLast();
        final Batch added = segment.copy(batch, baseOffset, leaderEpoch, heap);
        if (added == null) {
            return FAILED;
        }
        observer.onBatch(added.bytes());
        synchronized (this) {
            segment.add(added);
            logEndOffset = added.nextOffset();
        }
        observer.onHighWatermark(added.nextOffset());
        return baseOffset;
    }

    private boolean isRollDue(final ByteBuffer batch) {
        final Segment segment = segments.getLast();
        if (segment.batches.isEmpty()) {
            return false;
        }
        final long firstMs = segment.batches.getFirst().maxTimestampMs();
        final long ageMs = firstMs >= 0
                ? RecordBatchHeader.maxTimestamp(batch, batch.position()) - firstMs
                : clock.epochMs() - segment.createdMs;
        final long lastOffset = logEndOffset + RecordBatchHeader.lastOffsetDelta(batch, batch.position());
        return segment.sizeBytes + batch.remaining() > config.segmentBytes()
                || ageMs > config.segmentMs()
                || lastOffset - segment.baseOffset > Integer.MAX_VALUE;
    }

    private void roll() {
        final ByteBuffer snapshot = observer.snapshot();
        final Segment segment = new Segment(logEndOffset, snapshot, clock.epochMs());
        synchronized (this) {
            segments.add(segment);
        }
        observer.onRoll(logEndOffset);
    }

    @Override
    public void truncateTo(final long offset) {
        synchronized (this) {
            checkOpen();
            final long from = Math.max(offset, logStartOffset);
            if (from >= logEndOffset) {
                return;
            }
            truncationCount++;
            while (segments.size() > 1 && segments.getLast().indexOf(from) == 0) {
                heap.free(segments.removeLast().chunkBytes());
            }
            segments.getLast().truncateTo(from);
            logEndOffset = Math.max(logStartOffset, segments.getLast().endOffset());
        }
        restoreObserver();
        final Segment last = segments.getLast();
        if (last.endOffset() <= logStartOffset && last.baseOffset < logStartOffset) {
            // No readable batch is left, so the next batch starts a new segment.
            roll();
            synchronized (this) {
                heap.free(segments.removeFirst().chunkBytes());
            }
        }
    }

    private void restoreObserver() {
        final Segment segment = segments.getLast();
        observer.restore(segment.baseOffset, segment.snapshot == null ? null : segment.snapshot.duplicate());
        for (final Batch batch : segment.batches) {
            observer.onBatch(batch.bytes());
        }
    }

    @Override
    public void trimTo(final long offset) {
        synchronized (this) {
            checkOpen();
            if (offset > logEndOffset) {
                throw new OffsetOutOfRangeException(offset, logStartOffset, logEndOffset);
            }
            if (offset <= logStartOffset) {
                return;
            }
        }
        if (offset == logEndOffset && !segments.getLast().batches.isEmpty()) {
            roll();
        }
        synchronized (this) {
            logStartOffset = offset;
            while (segments.size() > 1 && segments.get(1).baseOffset <= offset) {
                heap.free(segments.removeFirst().chunkBytes());
            }
        }
    }

    @Override
    public synchronized LogRewrite rewrite(final long fromOffset, final long toOffset) {
        checkOpen();
        final int first = indexOfSegment(fromOffset);
        final int end = indexOfSegment(toOffset);
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException(id + " has no segments from " + fromOffset + " to " + toOffset);
        }
        return new MemoryRewrite(this, heap, List.copyOf(segments.subList(first, end)), toOffset, truncationCount);
    }

    private int indexOfSegment(final long baseOffset) {
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).baseOffset == baseOffset) {
                return i;
            }
        }
        return -1;
    }

    /** Replaces segments by another one, if they are unchanged. */
    synchronized boolean swap(final List<Segment> old, final Segment replacement, final int expectedTruncationCount) {
        checkOpen();
        final int first = segments.indexOf(old.getFirst());
        if (first < 0 || truncationCount != expectedTruncationCount) {
            return false;
        }
        final List<Segment> range = segments.subList(first, first + old.size());
        for (final Segment segment : range) {
            heap.free(segment.chunkBytes());
        }
        range.clear();
        range.add(replacement);
        return true;
    }

    @Override
    public synchronized void configure(final LogConfig newConfig) {
        config = newConfig;
    }

    @Override
    public synchronized void flush() {
        checkOpen();
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
    public synchronized Payload read(
            final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        checkOpen();
        if (offset < logStartOffset || offset > logEndOffset) {
            throw new OffsetOutOfRangeException(offset, logStartOffset, logEndOffset);
        }
        for (final Segment segment : segments) {
            final int index = segment.indexOf(offset);
            if (index < segment.batches.size()) {
                return read(segment.batches, index, endOffset, maxBytes, wholeBatch);
            }
        }
        return Payload.EMPTY;
    }

    /** Returns the batches from an index on that follow each other in one chunk. */
    private static Payload read(
            final List<Batch> batches,
            final int index,
            final long endOffset,
            final int maxBytes,
            final boolean wholeBatch) {
        final Batch first = batches.get(index);
        if (first.baseOffset() >= endOffset || first.sizeBytes() > maxBytes && !wholeBatch) {
            return Payload.EMPTY;
        }
        final int limit = Math.max(first.sizeBytes(), maxBytes);
        int sizeBytes = first.sizeBytes();
        for (int i = index + 1; i < batches.size() && sizeBytes < limit; i++) {
            final Batch batch = batches.get(i);
            if (batch.chunk() != first.chunk() || batch.baseOffset() >= endOffset) {
                break;
            }
            sizeBytes = Math.min(limit, sizeBytes + batch.sizeBytes());
        }
        return Payload.of(first.chunk().slice(first.position(), sizeBytes).asReadOnlyBuffer());
    }

    @Override
    public synchronized long findByTimestamp(final long timestampMs, final long fromOffset) {
        checkOpen();
        final long lowest = Math.max(fromOffset, logStartOffset);
        for (final Segment segment : segments) {
            if (segment.maxTimestampMs >= timestampMs) {
                for (int i = segment.indexOf(lowest); i < segment.batches.size(); i++) {
                    if (segment.batches.get(i).maxTimestampMs() >= timestampMs) {
                        return segment.batches.get(i).baseOffset();
                    }
                }
            }
        }
        return -1;
    }

    @Override
    public synchronized long findMaxTimestamp(final long fromOffset) {
        checkOpen();
        final long lowest = Math.max(fromOffset, logStartOffset);
        long maxMs = -1;
        long baseOffset = -1;
        for (final Segment segment : segments) {
            if (segment.maxTimestampMs > maxMs) {
                for (int i = segment.indexOf(lowest); i < segment.batches.size(); i++) {
                    final Batch batch = segment.batches.get(i);
                    if (batch.maxTimestampMs() > maxMs) {
                        maxMs = batch.maxTimestampMs();
                        baseOffset = batch.baseOffset();
                    }
                }
            }
        }
        return baseOffset;
    }

    @Override
    public synchronized long sizeBytes() {
        long sizeBytes = 0;
        for (final Segment segment : segments) {
            sizeBytes += segment.sizeBytes;
        }
        return sizeBytes;
    }

    @Override
    public synchronized List<SegmentInfo> segments() {
        final List<SegmentInfo> infos = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            final Segment segment = segments.get(i);
            final boolean isLast = i == segments.size() - 1;
            final long endOffset = isLast ? segment.endOffset() : segments.get(i + 1).baseOffset;
            infos.add(new SegmentInfo(segment.baseOffset, endOffset, segment.sizeBytes, segment.maxTimestampMs));
        }
        return infos;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }

    synchronized void checkOpen() {
        if (isClosed) {
            throw new StorageException(id + " is closed");
        }
    }
}
