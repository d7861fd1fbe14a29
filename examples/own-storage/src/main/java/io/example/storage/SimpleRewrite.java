package io.example.storage;

import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Collects the batches that are to replace those of some segments. */
final class SimpleRewrite implements LogRewrite {
    private final SimpleLog log;
    private final long fromOffset;
    private final long toOffset;
    private final int truncationCount;
    private final NavigableMap<Long, ByteBuffer> batches = new TreeMap<>();
    private long nextOffset;
    private long sizeBytes;

    SimpleRewrite(final SimpleLog log, final long fromOffset, final long toOffset, final int truncationCount) {
        this.log = log;
        this.fromOffset = fromOffset;
        this.toOffset = toOffset;
        this.truncationCount = truncationCount;
        nextOffset = fromOffset;
    }

    @Override
    public void append(final ByteBuffer batch) {
        log.checkOpen();
        final long baseOffset = RecordBatchHeader.baseOffset(batch, batch.position());
        final long endOffset = RecordBatchHeader.nextOffset(batch, batch.position());
        if (baseOffset < nextOffset || endOffset > toOffset) {
            throw new IllegalArgumentException(
                    "offset " + baseOffset + " in a rewrite of " + nextOffset + " to " + toOffset);
        }
        final ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(0, batch, batch.position(), batch.remaining());
        batches.put(baseOffset, copy);
        nextOffset = endOffset;
        sizeBytes += copy.limit();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void seal() {
        log.checkOpen();
    }

    @Override
    public boolean swapIn() {
        return log.swap(fromOffset, toOffset, truncationCount, batches);
    }

    @Override
    public void close() {}
}
