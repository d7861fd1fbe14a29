package io.ottla.storage.chronicle;

import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes a segment, in a file of its own, that is to replace others of a log. */
final class ChronicleRewrite implements LogRewrite {
    private final ChronicleLog log;
    private final List<SegmentFile> old;
    private final long toOffset;
    private final int truncationCount;
    private final SegmentFile segment;
    private boolean isDone;

    ChronicleRewrite(
            final ChronicleLog log,
            final LogFolder folder,
            final List<SegmentFile> old,
            final long toOffset,
            final int truncationCount)
            throws IOException {
        this.log = log;
        this.old = old;
        this.toOffset = toOffset;
        this.truncationCount = truncationCount;
        final SegmentFile first = old.getFirst();
        segment = SegmentFile.create(
                folder.temporary(first.baseOffset()), first.baseOffset(), first.snapshot(), first.createdMs());
    }

    @Override
    public void append(final ByteBuffer batch) {
        log.checkOpen();
        final ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(0, batch, batch.position(), batch.remaining());
        if (RecordBatchHeader.baseOffset(copy, 0) < segment.endOffset()
                || RecordBatchHeader.nextOffset(copy, 0) > toOffset) {
            throw new IllegalArgumentException(log.id() + ": a batch of offset "
                    + RecordBatchHeader.baseOffset(copy, 0) + " in a rewrite that is at " + segment.endOffset()
                    + " and goes up to " + toOffset);
        }
        try {
            segment.ensure(copy.limit());
        } catch (final IOException e) {
            throw new StorageException("can't rewrite " + log.id() + ": " + e, e);
        }
        segment.write(copy.array(), copy.limit());
        segment.add(copy, copy.limit());
    }

    @Override
    public long sizeBytes() {
        return segment.sizeBytes();
    }

    @Override
    public void seal() {
        log.checkOpen();
        try {
            segment.publish();
            segment.force();
        } catch (final IOException e) {
            throw new StorageException("can't rewrite " + log.id() + ": " + e, e);
        }
    }

    @Override
    public boolean swapIn() {
        isDone = log.swap(old, segment, toOffset, truncationCount);
        return isDone;
    }

    @Override
    public void close() {
        if (!isDone) {
            isDone = true;
            try {
                segment.delete();
            } catch (final IOException e) {
                throw new StorageException("can't delete " + segment.path() + ": " + e, e);
            }
        }
    }
}
