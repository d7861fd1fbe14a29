package io.ottla.coordinator;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Turns the records of one operation into one batch, and the batches of a log into records again. */
final class RecordBatches<R> {
    private static final int READ_BYTES = 1 << 20;

    private final RecordSerde<R> serde;
    private final int batchBytesMax;

    RecordBatches(final RecordSerde<R> serde, final int batchBytesMax) {
        this.serde = serde;
        this.batchBytesMax = batchBytesMax;
    }

    ByteBuffer write(final List<R> records, final long nowMs) {
        long size = RecordBatchHeader.SIZE;
        final List<ByteBuffer> parts = new ArrayList<>(2 * records.size());
        for (final R record : records) {
            final ByteBuffer key = serde.key(record);
            final ByteBuffer value = serde.value(record);
            parts.add(key);
            parts.add(value);
            size += 30 + (key == null ? 0 : key.remaining()) + (value == null ? 0 : value.remaining());
        }
        if (size > batchBytesMax) {
            throw new CoordinatorException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "the change needs " + size + " bytes in the log, more than the " + batchBytesMax
                            + " that one may have");
        }
        final ByteBuffer batch = ByteBuffer.allocate((int) size);
        batch.position(RecordBatchHeader.SIZE);
        for (int i = 0; i < records.size(); i++) {
            final ByteBuffer key = parts.get(2 * i);
            final ByteBuffer value = parts.get(2 * i + 1);
            final int length = 2 + varintSize(i) + size(key) + size(value) + 1;
            varint(batch, length);
            batch.put((byte) 0).put((byte) 0);
            varint(batch, i);
            bytes(batch, key);
            bytes(batch, value);
            varint(batch, 0);
        }
        batch.flip();
        RecordBatchHeader.assign(batch, 0, 0, -1);
        batch.putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, batch.limit() - RecordBatchHeader.LOG_OVERHEAD);
        batch.put(RecordBatchHeader.MAGIC_FIELD_OFFSET, RecordBatchHeader.MAGIC_V2);
        batch.putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, (short) 0);
        batch.putInt(RecordBatchHeader.LAST_OFFSET_DELTA_FIELD_OFFSET, records.size() - 1);
        batch.putLong(RecordBatchHeader.BASE_TIMESTAMP_FIELD_OFFSET, nowMs);
        batch.putLong(RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, nowMs);
        batch.putLong(RecordBatchHeader.PRODUCER_ID_FIELD_OFFSET, -1);
        batch.putShort(RecordBatchHeader.PRODUCER_EPOCH_FIELD_OFFSET, (short) -1);
        batch.putInt(RecordBatchHeader.BASE_SEQUENCE_FIELD_OFFSET, -1);
        batch.putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, records.size());
        final CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET));
        batch.putInt(RecordBatchHeader.CRC_FIELD_OFFSET, (int) crc.getValue());
        return batch;
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
        final int count = RecordBatchHeader.recordCount(batch, 0);
        final long baseOffset = RecordBatchHeader.baseOffset(batch, 0);
        if ((RecordBatchHeader.attributes(batch, 0) & RecordBatchHeader.CONTROL_FLAG) == 0) {
            batch.position(RecordBatchHeader.SIZE);
            for (int i = 0; i < count; i++) {
                final int length = varint(batch);
                final int end = batch.position() + length;
                batch.get();
                varlong(batch);
                final int delta = varint(batch);
                final R record = serde.read(bytes(batch), bytes(batch));
                batch.position(end);
                if (record != null) {
                    machine.replay(baseOffset + delta, record);
                }
            }
        }
        machine.replayed(RecordBatchHeader.nextOffset(batch, 0));
    }

    private static int varintSize(final int value) {
        int rest = (value << 1) ^ (value >> 31);
        int size = 1;
        while ((rest & ~0x7f) != 0) {
            rest >>>= 7;
            size++;
        }
        return size;
    }

    private static int size(final ByteBuffer bytes) {
        return bytes == null ? 1 : varintSize(bytes.remaining()) + bytes.remaining();
    }

    private static void varint(final ByteBuffer target, final int value) {
        int rest = (value << 1) ^ (value >> 31);
        while ((rest & ~0x7f) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    private static void bytes(final ByteBuffer target, final ByteBuffer bytes) {
        if (bytes == null) {
            varint(target, -1);
        } else {
            varint(target, bytes.remaining());
            target.put(bytes.duplicate());
        }
    }

    private static int varint(final ByteBuffer source) {
        return (int) varlong(source);
    }

    private static long varlong(final ByteBuffer source) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = source.get();
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    private static ByteBuffer bytes(final ByteBuffer source) {
        final int length = varint(source);
        if (length < 0) {
            return null;
        }
        final ByteBuffer bytes = source.slice(source.position(), length);
        source.position(source.position() + length);
        return bytes;
    }
}
