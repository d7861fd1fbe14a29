package io.ottla.storage.mmap;

import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Iterates over the batches of a segment's file, with one system call for many small batches or for each large one.
 *
 * <p><b>Note:</b> for one thread. Each use starts with {@link #open}.
 */
final class BatchCursor {
    /** The window for lookups: two entries of an index are rarely farther apart. */
    static final int LOOKUP_WINDOW_BYTES = 4096;

    /** The window for reading a whole file. */
    static final int SCAN_WINDOW_BYTES = 256 << 10;

    private final int windowBytes;
    private ByteBuffer window;
    private SegmentFile file;
    private int windowStart;
    private int windowEnd;
    private int limit;

    /** The batch's position in the file. */
    private int position;
    /** The batch's size, 0 before the first. */
    private int sizeBytes;

    BatchCursor(final int windowBytes) {
        this.windowBytes = windowBytes;
    }

    /**
     * Starts an iteration.
     *
     * @param newFile the file.
     * @param from the position of a batch.
     * @param newLimit the position at which the iteration ends.
     */
    BatchCursor open(final SegmentFile newFile, final int from, final int newLimit) {
        if (window == null || window.capacity() > windowBytes) {
            window = ByteBuffer.allocateDirect(windowBytes);
        }
        file = newFile;
        limit = newLimit;
        position = from;
        sizeBytes = 0;
        windowStart = from;
        windowEnd = from;
        return this;
    }

    /**
     * Moves to the next batch.
     *
     * @return false if there is no complete batch before the limit, or its header is invalid; the position is then that
     *     of the missing batch.
     */
    boolean next() throws IOException {
        position += sizeBytes;
        sizeBytes = 0;
        window.clear();
        if (limit - position < RecordBatchHeader.SIZE || !fill(RecordBatchHeader.SIZE)) {
            return false;
        }
        final int size = RecordBatchHeader.sizeBytes(window, position - windowStart);
        if (size < RecordBatchHeader.SIZE || size > limit - position) {
            return false;
        }
        sizeBytes = size;
        return true;
    }

    /** Reads bytes at the position into the window; returns false if the file ends before. */
    private boolean fill(final int count) throws IOException {
        if (position >= windowStart && position + count <= windowEnd) {
            return true;
        }
        if (count > window.capacity()) {
            window = ByteBuffer.allocateDirect(count);
        }
        window.clear().limit(Math.min(window.capacity(), limit - position));
        windowStart = position;
        windowEnd = position + file.read(window, position);
        return windowEnd - position >= count;
    }

    int position() {
        return position;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    long baseOffset() {
        return RecordBatchHeader.baseOffset(window, position - windowStart);
    }

    long nextOffset() {
        return RecordBatchHeader.nextOffset(window, position - windowStart);
    }

    long maxTimestampMs() {
        return RecordBatchHeader.maxTimestamp(window, position - windowStart);
    }

    byte magic() {
        return RecordBatchHeader.magic(window, position - windowStart);
    }

    int lastOffsetDelta() {
        return RecordBatchHeader.lastOffsetDelta(window, position - windowStart);
    }

    /** Returns the complete batch, from position to limit; valid until the next call. Null if the file ends before. */
    ByteBuffer batch() throws IOException {
        if (!fill(sizeBytes)) {
            return null;
        }
        final int start = position - windowStart;
        return window.clear().position(start).limit(start + sizeBytes);
    }
}
