package io.ottla.storage.memory;

import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Batches in the order of their offsets, in one or more chunks of memory. */
final class Segment {
    /**
     * The memory of a batch apart from its bytes: an object of 48 bytes, and its place in a list that grows by halves.
     */
    private static final int BATCH_OBJECT_BYTES = 64;

    final long baseOffset;
    /** The observer's snapshot at the beginning of this segment; null in a log's first segment. */
    final ByteBuffer snapshot;
    /** The time at which this segment was created. */
    final long createdMs;

    final List<Batch> batches = new ArrayList<>();
    long sizeBytes;
    long maxTimestampMs = -1;

    private ByteBuffer chunk;
    private long chunkBytes;
    private long countedBesideBytes;

    Segment(final long baseOffset, final ByteBuffer snapshot, final long createdMs) {
        this.baseOffset = baseOffset;
        this.snapshot = snapshot;
        this.createdMs = createdMs;
    }

    /** Copies a batch's bytes, without adding the batch yet; returns null if there is no memory left. */
    Batch copy(final ByteBuffer bytes, final long batchBaseOffset, final int leaderEpoch, final Heap heap) {
        final int size = bytes.remaining();
        if (chunk == null || chunk.remaining() < size) {
            final long besideBytes = Math.max(0, (long) batches.size() * BATCH_OBJECT_BYTES - countedBesideBytes);
            final ByteBuffer next = heap.allocate(size, sizeBytes, besideBytes);
            if (next == null) {
                return null;
            }
            chunk = next;
            countedBesideBytes += besideBytes;
            chunkBytes += next.capacity() + besideBytes;
        }
        final int position = chunk.position();
        chunk.put(position, bytes, bytes.position(), size);
        chunk.position(position + size);
        RecordBatchHeader.assign(chunk, position, batchBaseOffset, leaderEpoch);
        return new Batch(
                batchBaseOffset,
                RecordBatchHeader.nextOffset(chunk, position),
                RecordBatchHeader.maxTimestamp(chunk, position),
                chunk,
                position,
                size);
    }

    void add(final Batch batch) {
        batches.add(batch);
        sizeBytes += batch.sizeBytes();
        maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs());
    }

    /** Removes the batches that have a record at or after an offset. */
    void truncateTo(final long offset) {
        batches.subList(indexOf(offset), batches.size()).clear();
        sizeBytes = 0;
        maxTimestampMs = -1;
        for (final Batch batch : batches) {
            sizeBytes += batch.sizeBytes();
            maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs());
        }
        // The truncated bytes may still be read, so they are not overwritten.
        chunk = null;
    }

    /** Returns the index of the first batch with a record at or after an offset. */
    int indexOf(final long offset) {
        int low = 0;
        int high = batches.size();
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (batches.get(middle).nextOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    long endOffset() {
        return batches.isEmpty() ? baseOffset : batches.getLast().nextOffset();
    }

    /** Returns the memory that this segment uses of the {@link Heap}. */
    long chunkBytes() {
        return chunkBytes;
    }
}
