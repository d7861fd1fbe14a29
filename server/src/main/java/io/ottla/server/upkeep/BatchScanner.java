package io.ottla.server.upkeep;

import io.ottla.api.Payload;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a log's batches in order, some at a time. What is before the log's start, also if that moves meanwhile, is left out.
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
     * A scanner that is to {@link #seek}.
     *
     * @param log what to read.
     * @param bufferBytes how much to read at a time; a larger batch is read all the same.
     */
    BatchScanner(final PartitionLog log, final int bufferBytes) {
        this.log = log;
        this.buffer = ByteBuffer.allocate(bufferBytes);
    }

    /**
     * Goes somewhere else.
     *
     * @param fromOffset the first batch is the one that has it, or the next.
     * @param newEndOffset no batch that begins at or behind it is read.
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
     * @return how many bytes were read; 0 at the end.
     * @throws StorageException if the log can't be read.
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
                    // The log was cut off behind this.
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
     * Goes to the next of the batches that were read.
     *
     * @return false if there is no other whole one: then {@link #fill} reads more.
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
     * What holds the batch, at {@link #position}.
     *
     * @return valid until {@link #fill}.
     */
    ByteBuffer buffer() {
        return buffer;
    }

    int position() {
        return position;
    }
}
