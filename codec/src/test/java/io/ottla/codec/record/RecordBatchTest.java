package io.ottla.codec.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Passes batches to Kafka's own code and back. */
class RecordBatchTest {
    private final RecordBatchReader reader = new RecordBatchReader();
    private final RecordBatchWriter writer = new RecordBatchWriter();

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldReadWhatKafkaWrote(final CompressionType type) {
        for (int seed = 0; seed < 40; seed++) {
            final List<SimpleRecord> expected = records(new Random(seed));
            final MemoryRecords kafka = MemoryRecords.withRecords(
                    (byte) 2,
                    seed,
                    Compression.of(type.configName()).build(),
                    TimestampType.CREATE_TIME,
                    7,
                    (short) 3,
                    11,
                    5,
                    true,
                    expected.toArray(new SimpleRecord[0]));
            final ByteBuffer batch = kafka.buffer();

            assertThat(RecordBatches.isCrcValid(batch, 0)).isTrue();
            reader.wrap(batch, 0);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(reader.next()).as("seed %d", seed).isTrue();
                assertThat(reader.offset()).isEqualTo(seed + i);
                assertSame(expected.get(i), seed);
            }
            assertThat(reader.next()).isFalse();
        }
    }

    private void assertSame(final SimpleRecord expected, final int seed) {
        assertThat(reader.timestamp()).as("seed %d", seed).isEqualTo(expected.timestamp());
        assertThat(reader.key()).as("seed %d", seed).isEqualTo(expected.key());
        assertThat(reader.value()).as("seed %d", seed).isEqualTo(expected.value());
        assertThat(reader.headerCount()).isEqualTo(expected.headers().length);
        final List<io.ottla.codec.record.RecordHeader> headers = reader.headers();
        for (int i = 0; i < headers.size(); i++) {
            assertThat(headers.get(i).key()).isEqualTo(expected.headers()[i].key());
            final byte[] value = expected.headers()[i].value();
            assertThat(headers.get(i).value()).isEqualTo(value == null ? null : ByteBuffer.wrap(value));
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldWriteWhatKafkaReads(final CompressionType type) {
        for (int seed = 0; seed < 40; seed++) {
            final List<SimpleRecord> expected = records(new Random(seed));
            writer.begin(seed)
                    .compression(type)
                    .producer(7, (short) 3, 11)
                    .transactional(true)
                    .leaderEpoch(5);
            for (int i = 0; i < expected.size(); i++) {
                final SimpleRecord record = expected.get(i);
                final List<io.ottla.codec.record.RecordHeader> headers = new ArrayList<>();
                for (final Header header : record.headers()) {
                    headers.add(new io.ottla.codec.record.RecordHeader(
                            header.key(), header.value() == null ? null : ByteBuffer.wrap(header.value())));
                }
                writer.append(seed + i, record.timestamp(), record.key(), record.value(), headers);
            }
            final MemoryRecords kafka = MemoryRecords.readableRecords(writer.finish());

            final var batches = kafka.batches().iterator();
            final var batch = batches.next();
            assertThat(batches.hasNext()).isFalse();
            batch.ensureValid();
            assertThat(batch.compressionType().name).isEqualTo(type.configName());
            assertThat(batch.producerId()).isEqualTo(7);
            assertThat(batch.producerEpoch()).isEqualTo((short) 3);
            assertThat(batch.baseSequence()).isEqualTo(11);
            assertThat(batch.partitionLeaderEpoch()).isEqualTo(5);
            assertThat(batch.isTransactional()).isTrue();
            assertThat(batch.lastOffset()).isEqualTo(seed + expected.size() - 1);
            int i = 0;
            for (final var record : batch) {
                record.ensureValid();
                assertThat(record.offset()).isEqualTo(seed + i);
                assertThat(new SimpleRecord(record)).as("seed %d", seed).isEqualTo(expected.get(i++));
            }
            assertThat(i).isEqualTo(expected.size());
        }
    }

    static List<SimpleRecord> records(final Random random) {
        final List<SimpleRecord> records = new ArrayList<>();
        final int count = 1 + random.nextInt(200);
        final int kind = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            final Header[] headers = new Header[Math.max(0, random.nextInt(6) - 3)];
            for (int h = 0; h < headers.length; h++) {
                headers[h] = new RecordHeader("h\u00e4" + random.nextInt(10), bytes(random, kind));
            }
            records.add(new SimpleRecord(
                    1_700_000_000_000L + random.nextInt(1_000_000) - 500_000,
                    bytes(random, kind),
                    bytes(random, kind),
                    headers));
        }
        return records;
    }

    private static byte[] bytes(final Random random, final int kind) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        final byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(5000) : random.nextInt(100)];
        switch (kind) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> {
                final byte[] word = ("some text " + random.nextInt(30) + ' ').getBytes(UTF_8);
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = word[i % word.length];
                }
            }
            default -> {}
        }
        return bytes;
    }
}
