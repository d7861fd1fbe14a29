package io.ottla.coordinator;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.MessageReader;
import io.ottla.codec.MessageWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Turns the records of one operation into one batch, and the batches of a log into records again. */
final class RecordBatches<R> {
    private static final int READ_BYTES = 1 << 20;
    private static final int KEPT_BYTES_MAX = 1 << 16;
    private static final byte NO_ATTRIBUTES = 0;

    private final RecordSerde<R> serde;
    private final int batchBytesMax;
    private final MessageReader reader = new MessageReader();
    private GrowingFrameWriter frame = new GrowingFrameWriter();
    private final MessageWriter writer = new MessageWriter(frame);

    RecordBatches(final RecordSerde<R> serde, final int batchBytesMax) {
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
    ByteBuffer write(final List<R> records, final long nowMs) {
        if (frame.ensure(0).capacity() > KEPT_BYTES_MAX) {
            frame = new GrowingFrameWriter();
            writer.wrap(frame);
        }
        frame.clear();
        frame.ensure(RecordBatchHeader.SIZE).position(RecordBatchHeader.SIZE);
        for (int i = 0; i < records.size(); i++) {
            writeRecord(i, serde.key(records.get(i)), serde.value(records.get(i)));
        }
        final ByteBuffer batch = frame.toByteBuffer();
        writeHeader(batch, records.size(), nowMs);
        return batch;
    }

    private void writeRecord(final int index, final ByteBuffer key, final ByteBuffer value) {
        final long size = 3L + varintSize(index) + size(key) + size(value);
        if (frame.ensure(0).position() + size > batchBytesMax) {
            throw new CoordinatorException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "the change takes more than the " + batchBytesMax + " bytes that one may take in the log");
        }
        writer.writeVarint((int) size);
        writer.writeByte(NO_ATTRIBUTES);
        writer.writeVarlong(0);
        writer.writeVarint(index);
        write(key);
        write(value);
        writer.writeVarint(0);
    }

    private void write(final ByteBuffer bytes) {
        if (bytes == null) {
            writer.writeVarint(-1);
        } else {
            writer.writeVarint(bytes.remaining());
            frame.ensure(bytes.remaining()).put(bytes);
        }
    }

    private static void writeHeader(final ByteBuffer batch, final int records, final long nowMs) {
        RecordBatchHeader.assign(batch, 0, 0, -1);
        batch.putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, batch.limit() - RecordBatchHeader.LOG_OVERHEAD);
        batch.put(RecordBatchHeader.MAGIC_FIELD_OFFSET, RecordBatchHeader.MAGIC_V2);
        batch.putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, NO_ATTRIBUTES);
        batch.putInt(RecordBatchHeader.LAST_OFFSET_DELTA_FIELD_OFFSET, records - 1);
        batch.putLong(RecordBatchHeader.BASE_TIMESTAMP_FIELD_OFFSET, nowMs);
        batch.putLong(RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, nowMs);
        batch.putLong(RecordBatchHeader.PRODUCER_ID_FIELD_OFFSET, -1);
        batch.putShort(RecordBatchHeader.PRODUCER_EPOCH_FIELD_OFFSET, (short) -1);
        batch.putInt(RecordBatchHeader.BASE_SEQUENCE_FIELD_OFFSET, -1);
        batch.putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, records);
        batch.putInt(RecordBatchHeader.CRC_FIELD_OFFSET, checksum(batch));
    }

    private static int checksum(final ByteBuffer batch) {
        final int from = RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET;
        final CRC32C crc = new CRC32C();
        crc.update(batch.slice(from, batch.limit() - from));
        return (int) crc.getValue();
    }

    /**
     * Replays batches of a log into a machine.
     *
     * @param log the log.
     * @param startOffset where to begin.
     * @param endOffset where to end, at most the high watermark.
     * @param budgetBytes stops after the read that uses this up.
     * @param machine takes the records.
     * @return the offset after the last batch that was replayed.
     * @throws StorageException if the log can't be read.
     */
    long read(
            final PartitionLog log,
            final long startOffset,
            final long endOffset,
            final int budgetBytes,
            final StateMachine<R> machine) {
        long offset = startOffset;
        long left = budgetBytes;
        while (offset < endOffset && left > 0) {
            final Payload payload = log.read(offset, endOffset, READ_BYTES, true);
            try {
                final ByteBuffer bytes = payload.toByteBuffer();
                int position = 0;
                final long before = offset;
                while (bytes.limit() - position >= RecordBatchHeader.SIZE
                        && bytes.limit() - position >= RecordBatchHeader.sizeBytes(bytes, position)) {
                    final int size = RecordBatchHeader.sizeBytes(bytes, position);
                    replay(bytes.slice(position, size), machine);
                    offset = RecordBatchHeader.nextOffset(bytes, position);
                    position += size;
                    left -= size;
                }
                if (position == 0 && bytes.limit() == 0) {
                    // Compaction may leave nothing at the end.
                    return endOffset;
                }
                if (offset == before) {
                    throw new StorageException(log.id() + ": no whole batch at offset " + offset);
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                payload.release();
            }
        }
        return offset;
    }

    private void replay(final ByteBuffer batch, final StateMachine<R> machine) {
        final long baseOffset = RecordBatchHeader.baseOffset(batch, 0);
        if (checksum(batch) != RecordBatchHeader.crc(batch, 0)) {
            throw new StorageException("the batch at offset " + baseOffset + " is damaged");
        }
        if ((RecordBatchHeader.attributes(batch, 0) & RecordBatchHeader.CONTROL_FLAG) == 0) {
            batch.position(RecordBatchHeader.SIZE);
            reader.wrap(batch);
            for (int left = RecordBatchHeader.recordCount(batch, 0); left > 0; left--) {
                final int end = reader.readVarint() + batch.position();
                reader.readByte();
                reader.readVarlong();
                final long offset = baseOffset + reader.readVarint();
                final ByteBuffer key = read(batch);
                final ByteBuffer value = read(batch);
                final R record = serde.read(key, value);
                batch.position(end);
                if (record != null) {
                    machine.replay(offset, record);
                }
            }
        }
        machine.replayed(RecordBatchHeader.nextOffset(batch, 0));
    }

    private ByteBuffer read(final ByteBuffer batch) {
        final int length = reader.readVarint();
        if (length < 0) {
            return null;
        }
        final ByteBuffer bytes = batch.slice(batch.position(), length);
        batch.position(batch.position() + length);
        return bytes;
    }

    private static int size(final ByteBuffer bytes) {
        return bytes == null ? 1 : varintSize(bytes.remaining()) + bytes.remaining();
    }

    private static int varintSize(final int value) {
        final int zigzag = (value << 1) ^ (value >> 31);
        return (38 - Integer.numberOfLeadingZeros(zigzag | 1)) / 7;
    }
}
