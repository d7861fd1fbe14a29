package io.ottla.storage.memory;

import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes a segment that is to replace others of a log. */
final class MemoryRewrite implements LogRewrite {
    private final MemoryLog log;
    private final Heap heap;
    private final List<Segment> old;
    private final long toOffset;
    private final int truncationCount;
    private final Segment segment;
    private boolean isDone;

    MemoryRewrite(
            final MemoryLog log,
            final Heap heap,
            final List<Segment> old,
            final long toOffset,
            final int truncationCount) {
        this.log = log;
        this.heap = heap;
        this.old = old;
        this.toOffset = toOffset;
        this.truncationCount = truncationCount;
        final Segment first = old.getFirst();
        segment = new Segment(first.baseOffset, first.snapshot, first.createdMs);
    }

    @Override
    public void append(final ByteBuffer batch) {
        log.checkOpen();
        final int start = batch.position();
        final long baseOffset = RecordBatchHeader.baseOffset(batch, start);
        if (baseOffset < segment.endOffset() || RecordBatchHeader.nextOffset(batch, start) > toOffset) {
            throw new IllegalArgumentException(log.id() + ": a batch of offset " + baseOffset + " after "
                    + segment.endOffset() + " in a rewrite up to " + toOffset);
        }
        final Batch added = segment.copy(batch, baseOffset, RecordBatchHeader.leaderEpoch(batch, start), heap);
        if (added == null) {
            throw new StorageException(log.id() + ": no memory is left to rewrite segments");
        }
        segment.add(added);
    }

    @Override
    public long sizeBytes() {
        return segment.sizeBytes;
    }

    @Override
    public void seal() {
        log.checkOpen();
    }

    @Override
    public boolean swapIn() {
        final boolean isSwapped = !isDone && log.swap(old, segment, truncationCount);
        isDone |= isSwapped;
        return isSwapped;
    }

    @Override
    public void close() {
        if (!isDone) {
            isDone = true;
            heap.free(segment.chunkBytes());
        }
    }
}
