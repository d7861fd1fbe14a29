package io.ottla.coordinator.runtime;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes the records of one operation as one batch, and reads the records of a log's batches.
 *
 * <p><b>Note:</b> not thread-safe.
 *
 * @param <R> the type of the records.
 */
public final class LogRecords<R> {
    private static final int READ_BYTES = 1 << 20;

    /** The size up to which a writer is kept for the next batch. */
    private static final int KEPT_BYTES_MAX = 1 << 16;

    private final RecordSerde<R> serde;
    private final int batchBytesMax;
    private RecordBatchWriter writer = new RecordBatchWriter();

    public LogRecords(final RecordSerde<R> serde, final int batchBytesMax) {
        this.serde = serde;
        this.batchBytesMax = batchBytesMax;
    }

    /**
     * Writes a batch.
     *
     * @param records one record or more.
     * @param nowMs the records' timestamp in milliseconds since the epoch.
     * @return the batch, valid until the next call of this method.
     * @throws CoordinatorException MESSAGE_TOO_LARGE if it would be larger than a batch may be.
     */
    public ByteBuffer write(final List<R> records, final long nowMs) {
        if (writer.sizeBytes() > KEPT_BYTES_MAX) {
            writer = new RecordBatchWriter();
        }
        writer.begin(0);
        for (int i = 0; i < records.size(); i++) {
            final R record = records.get(i);
            writer.append(nowMs, serde.key(record), serde.value(record));
            if (writer.sizeBytes() > batchBytesMax) {
                throw new CoordinatorException(
                        ErrorCode.MESSAGE_TOO_LARGE,
                        "the change takes more than the " + batchBytesMax + " bytes that one may take in the log");
            }
        }
        return writer.finish();
    }

    /**
     * Replays batches of a log into a machine.
     *
     * @param log the log.
     * @param startOffset the first offset to replay.
     * @param endOffset the offset after the last one to replay, at most the high watermark.
     * @param budgetBytes stops after the read that uses this up.
     * @param machine the machine.
     * @return the offset after the last replayed batch.
     * @throws StorageException if the log can't be read, or is damaged.
     */
    long read(
            final PartitionLog log,
            final long startOffset,
            final long endOffset,
            final int budgetBytes,
            final StateMachine<R> machine) {
        final RecordBatchReader reader = new RecordBatchReader();
        long offset = startOffset;
        long left = budgetBytes;
        while (offset < endOffset && left > 0) {
            final Payload payload = log.read(offset, endOffset, READ_BYTES, true);
            try {
                final ByteBuffer bytes = payload.toByteBuffer();
                // Compaction may have removed all records at the end.
                offset = bytes.hasRemaining() ? replay(reader, bytes, machine) : endOffset;
                left -= bytes.limit();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                payload.release();
            }
        }
        return offset;
    }

    /** Replays the complete batches of a read, which has at least one. */
    private long replay(final RecordBatchReader reader, final ByteBuffer bytes, final StateMachine<R> machine) {
        int position = 0;
        RecordBatches.checkBounds(bytes, 0);
        long nextOffset;
        do {
            nextOffset = RecordBatchHeader.nextOffset(bytes, position);
            replayBatch(reader, bytes, position, machine);
            machine.replayed(nextOffset);
            position += RecordBatchHeader.sizeBytes(bytes, position);
        } while (holdsBatch(bytes, position));
        return nextOffset;
    }

    private void replayBatch(
            final RecordBatchReader reader, final ByteBuffer bytes, final int position, final StateMachine<R> machine) {
        if (!RecordBatches.isCrcValid(bytes, position)) {
            throw new StorageException(
                    "the batch at offset " + RecordBatchHeader.baseOffset(bytes, position) + " is damaged");
        }
        if ((RecordBatchHeader.attributes(bytes, position) & RecordBatchHeader.CONTROL_FLAG) == 0) {
            reader.wrap(bytes, position);
            while (reader.next()) {
                final R record = serde.read(reader.key(), reader.value());
                if (record != null) {
                    machine.replay(reader.offset(), record);
                }
            }
        }
    }

    private static boolean holdsBatch(final ByteBuffer bytes, final int position) {
        final int left = bytes.limit() - position;
        return left >= RecordBatchHeader.SIZE && left >= RecordBatchHeader.sizeBytes(bytes, position);
    }
}
