package io.ottla.storage.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Allocates the memory for batches, up to a limit. Thread-safe. */
final class Heap {
    private static final int CHUNK_BYTES_MIN = 4 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 20;

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    Heap(final long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Allocates a chunk for one or more batches: small in a small segment, so that many topics with few records cost
     * little.
     *
     * @param sizeBytesMin the smallest size.
     * @param segmentSizeBytes the size of the segment's chunks.
     * @param besideBytes the memory that the segment has used outside of its chunks since its last chunk.
     * @return an empty buffer, or null if the limit would be exceeded.
     */
    ByteBuffer allocate(final int sizeBytesMin, final long segmentSizeBytes, final long besideBytes) {
        final int usual = Math.clamp(segmentSizeBytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
        final int sizeBytes = Math.max(sizeBytesMin, usual);
        if (usedBytes.addAndGet(sizeBytes + besideBytes) <= maxBytes) {
            return ByteBuffer.allocate(sizeBytes);
        }
        usedBytes.addAndGet(-sizeBytes - besideBytes);
        return null;
    }

    long maxBytes() {
        return maxBytes;
    }

    long usableBytes() {
        return Math.max(0, maxBytes - usedBytes.get());
    }

    void free(final long sizeBytes) {
        usedBytes.addAndGet(-sizeBytes);
    }
}
