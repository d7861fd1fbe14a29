package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a segment, in files of its own, that is to replace others of a log. */
final class SegmentRewrite implements LogRewrite {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRewrite.class);
    private static final int BUFFER_BYTES = 256 << 10;

    private final MmapLog log;
    private final LogContext context;
    private final Segments old;
    private final long toOffset;
    private final Segment segment;
    private final int indexIntervalBytes;
    private ByteBuffer buffer;
    private long nextOffset;
    private long sizeBytes;
    private boolean isSealed;
    private boolean isDone;

    /**
     * Creates a rewrite without batches.
     *
     * @param log the log, whose {@link MmapLog#swap} will be called.
     * @param context the log's context.
     * @param old the segments to replace.
     * @param toOffset the base offset of the segment after them.
     * @param config the log's configuration.
     */
    SegmentRewrite(
            final MmapLog log,
            final LogContext context,
            final Segments old,
            final long toOffset,
            final LogConfig config)
            throws IOException {
        this.log = log;
        this.context = context;
        this.old = old;
        this.toOffset = toOffset;
        nextOffset = old.first().baseOffset();
        indexIntervalBytes = config.indexIntervalBytes();
        // Deletes files left by a failure.
        new Segment(context, nextOffset, LogFiles.CLEANED_SUFFIX).deleteFiles();
        segment = new Segment(context, nextOffset, LogFiles.CLEANED_SUFFIX);
        segment.begin(config);
    }

    @Override
    public void append(final ByteBuffer batch) {
        log.checkOpen();
        final int start = batch.position();
        final long baseOffset = RecordBatchHeader.baseOffset(batch, start);
        final long batchEnd = RecordBatchHeader.nextOffset(batch, start);
        if (isSealed || baseOffset < nextOffset || batchEnd > toOffset) {
            throw new IllegalArgumentException(log.id() + ": a batch of offset " + baseOffset + " after " + nextOffset
                    + " in a rewrite up to " + toOffset);
        }
        final int size = batch.remaining();
        if (sizeBytes + size > Integer.MAX_VALUE) {
            throw new StorageException(log.id() + ": a rewritten segment would be larger than a file may be");
        }
        try {
            if (buffer == null || buffer.remaining() < size) {
                write();
                if (buffer == null || buffer.capacity() < size) {
                    buffer = ByteBuffer.allocateDirect(Math.max(BUFFER_BYTES, size));
                }
            }
        } catch (final IOException e) {
            throw failure("rewrite segments of", e);
        }
        buffer.put(buffer.position(), batch, start, size).position(buffer.position() + size);
        nextOffset = batchEnd;
        sizeBytes += size;
    }

    private void write() throws IOException {
        if (buffer != null && buffer.position() > 0) {
            segment.appendAll(buffer.flip(), indexIntervalBytes);
            buffer.clear();
        }
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void seal() {
        log.checkOpen();
        try {
            write();
            segment.file().create();
            segment.seal();
            keepAge();
            segment.file().force();
            isSealed = true;
        } catch (final IOException e) {
            throw failure("rewrite segments of", e);
        }
        buffer = null;
    }

    /** Keeps the age of records without timestamps, which is that of the file. */
    private void keepAge() throws IOException {
        try {
            segment.file().setWrittenMs(old.last().file().writtenMs());
        } catch (final NoSuchFileException e) {
            // Nothing was written to it, or it was trimmed, and the rewrite is useless then.
        }
    }

    Segment segment() {
        return segment;
    }

    @Override
    public boolean swapIn() {
        if (!isSealed || isDone) {
            throw new IllegalStateException(log.id() + ": a rewrite is swapped in once, after it was sealed");
        }
        isDone = log.swap(old, segment, toOffset);
        return isDone;
    }

    @Override
    public void close() {
        buffer = null;
        if (!isDone) {
            isDone = true;
            try {
                segment.deleteFiles();
            } catch (final IOException e) {
                LOG.warn("{}: can't delete the files of a rewrite; the next start will", log.id(), e);
            }
        }
    }

    private StorageException failure(final String operation, final IOException cause) {
        return new StorageException("can't " + operation + ' ' + context.folder() + ": " + cause.getMessage(), cause);
    }
}
