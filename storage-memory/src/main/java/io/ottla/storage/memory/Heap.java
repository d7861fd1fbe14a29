package io.ottla.storage.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Gives out the memory for batches, up to a limit. Thread-safe. */
final class Heap {
    private static final int CHUNK_BYTES_MIN = 4 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 20;

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    Heap(final long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * A chunk for one or more batches: small in a small segment, so that many topics with few records cost little.
     *
     * @param sizeBytesMin what it must hold.
     * @param segmentSizeBytes how much the segment has already.
     * @param besideBytes what the segment has taken beside its chunks since it got the last one.
     * @return an empty buffer, or null if that would exceed the limit.
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
