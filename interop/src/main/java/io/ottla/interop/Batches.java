package io.ottla.interop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Creates record batches to be produced: valid ones by Kafka's own writer, and damaged ones. */
final class Batches {
    /** The time of the first record of most batches, in milliseconds; fixed, so that every broker stores the same bytes. */
    static final long TIME = 1_700_000_000_000L;

    private static final int CRC_OFFSET = 17;
    private static final int ATTRIBUTES_OFFSET = 21;

    private Batches() {}

    static SimpleRecord record(final long timestamp, final String key, final String value, final String... headers) {
        final Header[] pairs = new Header[headers.length / 2];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new RecordHeader(headers[2 * i], bytes(headers[2 * i + 1]));
        }
        return new SimpleRecord(timestamp, bytes(key), bytes(value), pairs);
    }

    /**
     * Creates plain records.
     *
     * @param count the number.
     * @return records with keys, one millisecond apart from {@link #TIME} on.
     */
    static SimpleRecord[] records(final int count) {
        final SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = record(TIME + i, "key-" + i, "value-" + i);
        }
        return records;
    }

    /**
     * Creates records with everything that a record can be: null and empty keys and values, and headers.
     *
     * @return the records.
     */
    static SimpleRecord[] variedRecords() {
        return new SimpleRecord[] {
            record(TIME, "key", "value"),
            record(TIME + 5, null, "no key"),
            record(TIME + 3, "tombstone", null),
            record(TIME + 9, "", ""),
            record(TIME + 1, null, null),
            record(TIME + 7, "headers", "x", "a", "1", "a", "2", "empty", "", "null", null, "", "empty name"),
            record(TIME + 8, "snöwman ☃", "z".repeat(3000))
        };
    }

    static MemoryRecords plain(final int count) {
        return MemoryRecords.withRecords(Compression.NONE, records(count));
    }

    static MemoryRecords of(final SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    static MemoryRecords compressed(final CompressionType type, final SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.of(type).build(), records);
    }

    static MemoryRecords idempotent(final long producerId, final int epoch, final int sequence, final int count) {
        return MemoryRecords.withRecords(
                RecordBatch.MAGIC_VALUE_V2,
                0,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                producerId,
                (short) epoch,
                sequence,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                false,
                records(count));
    }

    static MemoryRecords transactional(final long producerId, final int epoch, final int sequence, final int count) {
        return MemoryRecords.withRecords(
                RecordBatch.MAGIC_VALUE_V2,
                0,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                producerId,
                (short) epoch,
                sequence,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                true,
                records(count));
    }

    static MemoryRecords oldFormat(final byte magic, final int count) {
        return MemoryRecords.withRecords(magic, 0, Compression.NONE, TimestampType.CREATE_TIME, records(count));
    }

    /**
     * Changes bytes of a batch and corrects its checksum, so that only the change is wrong.
     *
     * @param records one batch.
     * @param change  is given the batch's bytes.
     * @return the changed batch.
     */
    static MemoryRecords altered(final MemoryRecords records, final Consumer<ByteBuffer> change) {
        final ByteBuffer bytes = copy(records);
        change.accept(bytes);
        final CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate().position(ATTRIBUTES_OFFSET));
        bytes.putInt(CRC_OFFSET, (int) checksum.getValue());
        return MemoryRecords.readableRecords(bytes);
    }

    /**
     * Changes bytes of a batch and leaves its checksum.
     *
     * @param records one batch.
     * @param change  is given the batch's bytes.
     * @return the changed batch.
     */
    static MemoryRecords spoilt(final MemoryRecords records, final Consumer<ByteBuffer> change) {
        final ByteBuffer bytes = copy(records);
        change.accept(bytes);
        return MemoryRecords.readableRecords(bytes);
    }

    static MemoryRecords cut(final MemoryRecords records, final int dropped) {
        final ByteBuffer bytes = copy(records);
        bytes.limit(bytes.limit() - dropped);
        return MemoryRecords.readableRecords(bytes.slice());
    }

    static MemoryRecords joined(final MemoryRecords first, final MemoryRecords second) {
        final ByteBuffer bytes = ByteBuffer.allocate(first.sizeInBytes() + second.sizeInBytes());
        return MemoryRecords.readableRecords(
                bytes.put(copy(first)).put(copy(second)).flip());
    }

    static byte[] bytes(final String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer copy(final MemoryRecords records) {
        final ByteBuffer source = records.buffer().duplicate();
        final ByteBuffer bytes = ByteBuffer.allocate(source.remaining());
        return bytes.put(source).flip();
    }
}
