package io.ottla.server.upkeep;

import io.ottla.api.Payload;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a log's batches in order, several at a time. Batches before the log start are skipped, also if the start moves
 * in the meantime.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class BatchScanner {
    private final PartitionLog log;
    private ByteBuffer buffer;
    private long nextOffset;
    private long endOffset;
    private int position;
    private int nextPosition;

    /**
     * Creates a scanner that begins with {@link #seek}.
     *
     * @param log the log.
     * @param bufferBytes the number of bytes to read at a time; a larger batch is read, too.
     */
    BatchScanner(final PartitionLog log, final int bufferBytes) {
        this.log = log;
        this.buffer = ByteBuffer.allocate(bufferBytes);
    }

    /**
     * Sets the position.
     *
     * @param fromOffset the offset; the first batch is the one that contains it, or the next one.
     * @param newEndOffset batches that begin at or after this offset are not read.
     */
    void seek(final long fromOffset, final long newEndOffset) {
        nextOffset = fromOffset;
        endOffset = newEndOffset;
        buffer.clear().limit(0);
        position = 0;
        nextPosition = 0;
    }

    /**
     * Reads the next batches.
     *
     * @return the number of bytes that were read; 0 at the end.
     * @throws StorageException if the log cannot be read.
     */
    int fill() {
        while (true) {
            final long from = Math.max(nextOffset, log.logStartOffset());
            if (from >= endOffset) {
                return 0;
            }
            try {
                return read(log.read(from, endOffset, buffer.capacity(), true));
            } catch (final OffsetOutOfRangeException e) {
                if (from >= log.logStartOffset()) {
                    // The log was truncated after this.
                    return 0;
                }
            }
        }
    }

    private int read(final Payload payload) {
        try {
            final int sizeBytes = payload.sizeBytes();
            if (sizeBytes > buffer.capacity()) {
                buffer = ByteBuffer.allocate(sizeBytes);
            }
            buffer.clear().limit(sizeBytes);
            while (buffer.hasRemaining()) {
                payload.copyTo(buffer.position(), buffer);
            }
            buffer.position(0);
            position = 0;
            nextPosition = 0;
            return sizeBytes;
        } catch (final IOException e) {
            throw new StorageException(log.id() + ": " + e.getMessage(), e);
        } finally {
            payload.release();
        }
    }

    /**
     * Moves to the next batch that was read.
     *
     * @return false if there is no other complete batch: then {@link #fill} reads more.
     */
    boolean next() {
        position = nextPosition;
        final int available = buffer.limit() - position;
        if (available < RecordBatchHeader.SIZE || RecordBatchHeader.sizeBytes(buffer, position) > available) {
            return false;
        }
        nextPosition = position + RecordBatchHeader.sizeBytes(buffer, position);
        nextOffset = RecordBatchHeader.nextOffset(buffer, position);
        return true;
    }

    /**
     * Returns the buffer with the batch, which begins at {@link #position}.
     *
     * @return a buffer that is valid until {@link #fill}.
     */
    ByteBuffer buffer() {
        return buffer;
    }

    int position() {
        return position;
    }
}
