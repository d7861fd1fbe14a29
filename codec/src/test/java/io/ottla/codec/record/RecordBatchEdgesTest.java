package io.ottla.codec.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchEdgesTest {
    private final RecordBatchReader reader = new RecordBatchReader();
    private final RecordBatchWriter writer = new RecordBatchWriter();
    private int recordsRead;

    @Test
    void shouldSeeEveryFlippedBitThatTheCrcCovers() {
        final ByteBuffer batch = batch(CompressionType.NONE, 3);
        for (int i = 0; i < batch.limit(); i++) {
            final boolean isCovered = i >= RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET;
            final boolean isCrc = i >= RecordBatchHeader.CRC_FIELD_OFFSET && !isCovered;
            final boolean isLength =
                    i >= RecordBatchHeader.LENGTH_FIELD_OFFSET && i < RecordBatchHeader.LEADER_EPOCH_FIELD_OFFSET;
            if (isLength) {
                continue;
            }
            batch.put(i, (byte) (batch.get(i) ^ 0x10));
            assertThat(RecordBatches.isCrcValid(batch, 0)).as("byte %d", i).isEqualTo(!isCovered && !isCrc);
            batch.put(i, (byte) (batch.get(i) ^ 0x10));
        }
        assertThat(batch.position()).isZero();
    }

    @Test
    void shouldCheckTheCrcInAnyBuffer() {
        final ByteBuffer batch = batch(CompressionType.GZIP, 3);
        final ByteBuffer direct = ByteBuffer.allocateDirect(batch.limit() + 20)
                .position(9)
                .put(batch.duplicate())
                .clear();
        assertThat(RecordBatches.isCrcValid(direct, 9)).isTrue();
        assertThat(RecordBatches.isCrcValid(direct.asReadOnlyBuffer(), 9)).isTrue();
        assertThat(direct.position()).isZero();
        assertThat(direct.limit()).isEqualTo(direct.capacity());
        reader.wrap(direct, 9);
        int count = 0;
        while (reader.next()) {
            count++;
        }
        assertThat(count).isEqualTo(3);
    }

    @Test
    void shouldRefuseBatchesThatAreNotWhole() {
        final ByteBuffer batch = batch(CompressionType.NONE, 3);
        for (int length = 0; length < batch.limit(); length++) {
            final ByteBuffer part = batch.slice(0, length);
            assertThatThrownBy(() -> RecordBatches.checkBounds(part, 0)).isInstanceOf(MalformedMessageException.class);
        }
        for (final int length : new int[] {-1, 0, 48, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            batch.putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, length);
            assertThatThrownBy(() -> RecordBatches.checkBounds(batch, 0)).isInstanceOf(MalformedMessageException.class);
        }
        final ByteBuffer old = batch(CompressionType.NONE, 1).put(RecordBatchHeader.MAGIC_FIELD_OFFSET, (byte) 1);
        assertThatThrownBy(() -> RecordBatches.checkBounds(old, 0)).hasMessageContaining("v1");
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldRefuseAnotherNumberOfRecordsThanTheHeaderSays(final CompressionType type) {
        for (final int count : new int[] {-1, 0, 2, 4, Integer.MAX_VALUE}) {
            final ByteBuffer batch = batch(type, 3).putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, count);
            assertThatThrownBy(() -> readAll(batch)).as("%d", count).isInstanceOf(MalformedMessageException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldSurviveDamage(final CompressionType type) {
        for (int seed = 0; seed < 3000; seed++) {
            final Random random = new Random(seed);
            final ByteBuffer batch = batch(type, 1 + random.nextInt(6));
            for (int i = random.nextInt(3); i >= 0; i--) {
                final int at = RecordBatchHeader.SIZE + random.nextInt(batch.limit() - RecordBatchHeader.SIZE);
                batch.put(at, (byte) (random.nextBoolean() ? batch.get(at) + 1 : random.nextInt()));
            }
            try {
                readAll(batch);
            } catch (final MalformedMessageException e) {
                // A damaged message may fail so.
            } catch (final RuntimeException e) {
                throw new AssertionError(type + " seed " + seed, e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldRefuseABomb(final CompressionType type) {
        final ByteBuffer bomb = writer.begin(0)
                .compression(type)
                .append(0, null, new byte[20_000_000])
                .finish();
        assertThatThrownBy(() -> new RecordBatchReader(1_000_000).wrap(bomb, 0).next())
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("more than the 1000000");
        assertThat(new RecordBatchReader(21_000_000).wrap(bomb, 0).next()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldNotBelieveTheSizeThatARecordClaims(final CompressionType type) {
        // A record that claims 2^30 bytes, in a batch of a few.
        final ByteBuffer batch = batch(CompressionType.NONE, 1);
        final ByteBuffer records =
                ByteBuffer.allocate(12).put(new byte[] {-128, -128, -128, -128, 8, 0, 0, 0, 0, 0, 0, 0});
        final ByteBuffer lying = withRecords(batch, type, records.flip());
        final var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> readAll(lying)).isInstanceOf(MalformedMessageException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }

    /** Returns a batch with the header of another, and records that no writer would write. */
    private static ByteBuffer withRecords(
            final ByteBuffer header, final CompressionType type, final ByteBuffer records) {
        final byte[] bytes = new byte[records.remaining()];
        records.get(bytes);
        final io.ottla.codec.compression.ByteSink sink = new io.ottla.codec.compression.ByteSink(100);
        if (type == CompressionType.NONE) {
            sink.add(bytes, 0, bytes.length);
        } else {
            io.ottla.codec.compression.Compressions.compressor(type.id()).compress(bytes, 0, bytes.length, sink);
        }
        final ByteBuffer batch = ByteBuffer.allocate(RecordBatchHeader.SIZE + sink.size());
        batch.put(header.slice(0, RecordBatchHeader.SIZE))
                .put(sink.array(), 0, sink.size())
                .flip();
        batch.putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, batch.limit() - RecordBatchHeader.LOG_OVERHEAD);
        batch.putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, (short) type.id());
        RecordBatches.updateCrc(batch, 0);
        return batch;
    }

    @Test
    void shouldRefuseUnknownCompression() {
        for (short type = 5; type <= 7; type++) {
            final ByteBuffer batch =
                    batch(CompressionType.NONE, 1).putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, type);
            assertThat(CompressionType.ofAttributes(type)).isNull();
            assertThatThrownBy(() -> reader.wrap(batch, 0)).hasMessageContaining("compression type " + type);
        }
        assertThat(CompressionType.ofName("brotli")).isNull();
        assertThat(CompressionType.ofName("zstd")).isSameAs(CompressionType.ZSTD);
    }

    @Test
    void shouldMakeTheBrokersTimeStandForTheRecordsOwn() {
        final ByteBuffer batch = batch(CompressionType.LZ4, 3);
        RecordBatches.setLogAppendTime(batch, 0, 77);
        final MutableRecordBatch kafkas = kafkas(batch);
        assertThat(kafkas.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        for (final Record record : kafkas) {
            assertThat(record.timestamp()).isEqualTo(77);
        }
        reader.wrap(batch, 0);
        while (reader.next()) {
            assertThat(reader.timestamp()).isEqualTo(77);
        }
        final RecordSkimmer skimmer = new RecordSkimmer().wrap(batch, 0);
        while (skimmer.next()) {
            assertThat(skimmer.timestamp()).isEqualTo(77);
        }

        RecordBatches.setCreateTime(batch, 0, 1002);
        assertThat(kafkas(batch).timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(kafkas(batch).maxTimestamp()).isEqualTo(1002);
        final int crc = RecordBatchHeader.crc(batch, 0);
        RecordBatches.setCreateTime(batch, 0, 1002);
        assertThat(RecordBatchHeader.crc(batch, 0)).isEqualTo(crc);
    }

    @Test
    void shouldWriteTheBrokersTime() {
        final MutableRecordBatch kafkas = kafkas(
                writer.begin(5).logAppendTime(99).append(1, null, new byte[1]).finish());
        assertThat(kafkas.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(kafkas.maxTimestamp()).isEqualTo(99);
    }

    @Test
    void shouldWriteEndsOfTransactionsThatKafkaReads() {
        for (final ControlRecordType type : List.of(ControlRecordType.COMMIT, ControlRecordType.ABORT)) {
            final ByteBuffer batch = writer.begin(40)
                    .producer(7, (short) 2, -1)
                    .appendEndTransactionMarker(1234, type, 9)
                    .finish();
            final MutableRecordBatch kafkas = kafkas(batch);
            assertThat(kafkas.isControlBatch()).isTrue();
            assertThat(kafkas.isTransactional()).isTrue();
            final EndTransactionMarker marker =
                    EndTransactionMarker.deserialize(kafkas.iterator().next());
            assertThat(marker.controlType().name()).isEqualTo(type.name());
            assertThat(marker.coordinatorEpoch()).isEqualTo(9);

            assertThat(reader.wrap(batch, 0).next()).isTrue();
            assertThat(reader.controlType()).isSameAs(type);
            final var value = new io.ottla.codec.message.EndTxnMarker();
            final ByteBuffer bytes = reader.value();
            value.read(new io.ottla.codec.MessageReader(bytes), bytes.getShort());
            assertThat(value.coordinatorEpoch()).isEqualTo(9);
        }
    }

    @Test
    void shouldReadControlRecordsOfKafka() {
        final MemoryRecords kafkas = MemoryRecords.withEndTransactionMarker(
                8,
                (short) 1,
                new EndTransactionMarker(org.apache.kafka.common.record.internal.ControlRecordType.ABORT, 3));
        assertThat(reader.wrap(kafkas.buffer(), 0).next()).isTrue();
        assertThat(reader.controlType()).isSameAs(ControlRecordType.ABORT);
        assertThat(ControlRecordType.forId((short) 99)).isSameAs(ControlRecordType.UNKNOWN);
        for (final ControlRecordType type : ControlRecordType.values()) {
            assertThat(ControlRecordType.forId(type.id())).isSameAs(type);
        }
    }

    @Test
    void shouldKeepTheHorizonOfDeletion() {
        final ByteBuffer batch = writer.begin(10)
                .deleteHorizon(5000)
                .append(10, 4000, null, null, List.of())
                .append(14, 6000, ByteBuffer.wrap(new byte[] {1}), null, List.of())
                .finish(17);
        final MutableRecordBatch kafkas = kafkas(batch);
        assertThat(kafkas.deleteHorizonMs()).hasValue(5000);
        assertThat(kafkas.lastOffset()).isEqualTo(17);
        assertThat(kafkas.countOrNull()).isEqualTo(2);
        assertThat(kafkas).extracting(Record::timestamp).containsExactly(4000L, 6000L);
        assertThat(kafkas).extracting(Record::offset).containsExactly(10L, 14L);
        reader.wrap(batch, 0);
        assertThat(reader.next()).isTrue();
        assertThat(reader.timestamp()).isEqualTo(4000);
        assertThat(reader.hasKey()).isFalse();
        assertThat(reader.hasValue()).isFalse();
    }

    @Test
    void shouldWriteBatchesWithoutRecordsForOffsetsThatWereCompactedAway() {
        final ByteBuffer batch = writer.begin(10)
                .compression(CompressionType.ZSTD)
                .producer(3, (short) 1, 5)
                .finish(12);
        final MutableRecordBatch kafkas = kafkas(batch);
        assertThat(kafkas.lastOffset()).isEqualTo(12);
        assertThat(kafkas.lastSequence()).isEqualTo(7);
        assertThat(kafkas.iterator().hasNext()).isFalse();
        assertThat(reader.wrap(batch, 0).next()).isFalse();
    }

    @Test
    void shouldRefuseToWriteWhatMakesNoSense() {
        writer.begin(10).append(0, null, new byte[0]);
        assertThatThrownBy(() -> writer.append(10, 0, null, null, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.append(10L + Integer.MAX_VALUE + 1, 0, null, null, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.deleteHorizon(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new RecordBatchWriter().finish()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldAllocateNothingForRecordsThatAreNotCompressed() {
        final ByteBuffer batch = batch(CompressionType.NONE, 50);
        final var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 200; i++) {
            readAll(batch);
        }
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 200; i++) {
            readAll(batch);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
        assertThat(recordsRead).isEqualTo(400 * 50);
    }

    private void readAll(final ByteBuffer batch) {
        reader.wrap(batch, 0);
        while (reader.next()) {
            recordsRead++;
        }
    }

    private ByteBuffer batch(final CompressionType type, final int count) {
        writer.begin(100).compression(type);
        for (int i = 0; i < count; i++) {
            writer.append(
                    100 + i,
                    1000 + i,
                    i % 3 == 0 ? null : ByteBuffer.wrap(("key" + i).getBytes(UTF_8)),
                    ByteBuffer.wrap("value ".repeat(i % 7).getBytes(UTF_8)),
                    i % 2 == 0
                            ? List.of()
                            : List.of(
                                    new RecordHeader("h", null), new RecordHeader("h", ByteBuffer.wrap(new byte[3]))));
        }
        final ByteBuffer batch = writer.finish();
        return ByteBuffer.allocate(batch.remaining()).put(batch).flip();
    }

    private static MutableRecordBatch kafkas(final ByteBuffer batch) {
        final MutableRecordBatch kafkas = MemoryRecords.readableRecords(batch.duplicate())
                .batches()
                .iterator()
                .next();
        kafkas.ensureValid();
        return kafkas;
    }
}
