package io.ottla.codec.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that the skimmer returns the same as the reader of whole records, with less memory. */
class RecordSkimmerTest {
    private static final int MEGABYTE = 1 << 20;

    private final RecordBatchReader reader = new RecordBatchReader();
    private final ByteArrayOutputStream key = new ByteArrayOutputStream();
    private final RecordSkimmer skimmer = new RecordSkimmer(this::addToKey);

    private void addToKey(final ByteBuffer piece) {
        final byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        key.writeBytes(bytes);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldSeeWhatTheReaderSees(final CompressionType type) {
        for (int seed = 0; seed < 40; seed++) {
            final ByteBuffer kafkas = kafkas(type, new Random(seed));
            final ByteBuffer direct = ByteBuffer.allocateDirect(kafkas.limit() + 9);
            direct.put(5, kafkas, 0, kafkas.limit());
            assertThat(skimmed(kafkas, 0, 0)).as("seed %d", seed).isEqualTo(read(kafkas));
            assertThat(skimmed(direct, 5, Long.MAX_VALUE)).as("seed %d", seed).isEqualTo(read(kafkas));
        }
    }

    private static ByteBuffer kafkas(final CompressionType type, final Random random) {
        return MemoryRecords.withRecords(
                        (byte) 2,
                        7,
                        Compression.of(type.configName()).build(),
                        TimestampType.CREATE_TIME,
                        7,
                        (short) 3,
                        11,
                        5,
                        true,
                        RecordBatchTest.records(random).toArray(new SimpleRecord[0]))
                .buffer();
    }

    private List<String> read(final ByteBuffer batch) {
        final List<String> records = new ArrayList<>();
        reader.wrap(batch, 0);
        while (reader.next()) {
            final ByteBuffer bytes = reader.hasKey() ? reader.key() : ByteBuffer.allocate(0);
            final byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            records.add(reader.offset() + "@" + reader.timestamp() + " " + reader.hasKey()
                    + java.util.Arrays.hashCode(array) + reader.hasValue());
        }
        return records;
    }

    private List<String> skimmed(final ByteBuffer batch, final int start, final long budgetBytes) {
        final List<String> records = new ArrayList<>();
        skimmer.budget(budgetBytes);
        skimmer.wrap(batch, start);
        while (true) {
            key.reset();
            while (!skimmer.next()) {
                if (!skimmer.isPaused()) {
                    return records;
                }
                skimmer.budget(budgetBytes);
            }
            records.add(skimmer.offset() + "@" + skimmer.timestamp() + " " + skimmer.hasKey()
                    + java.util.Arrays.hashCode(key.toByteArray()) + skimmer.hasValue());
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldRefuseWhatTheReaderRefuses(final CompressionType type) {
        int refused = 0;
        for (int seed = 0; seed < 2000; seed++) {
            final Random random = new Random(seed);
            final ByteBuffer batch = kafkas(type, new Random(seed % 60));
            for (int i = random.nextInt(3); i >= 0; i--) {
                final int at = RecordBatchHeader.SIZE + random.nextInt(batch.limit() - RecordBatchHeader.SIZE);
                batch.put(at, (byte) (random.nextBoolean() ? batch.get(at) + 1 : random.nextInt()));
            }
            List<String> expected = null;
            try {
                expected = read(batch);
            } catch (final MalformedMessageException e) {
                refused++;
            }
            List<String> actual = null;
            try {
                actual = skimmed(batch, 0, random.nextBoolean() ? 0 : 30_000);
            } catch (final MalformedMessageException e) {
                // A damaged message may fail so.
            }
            assertThat(actual).as("seed %d", seed).isEqualTo(expected);
        }
        assertThat(refused).isGreaterThan(50);
    }

    /**
     * Checks the memory for a large record. Kafka accepts such a batch too: its broker skips keys and values while it
     * inflates (LogValidator).
     */
    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldTakeNoMoreMemoryThanAWindowForALargeRecord(final CompressionType type) {
        final RecordBatchWriter writer = new RecordBatchWriter();
        final ByteBuffer bomb = ByteBuffer.allocate(6 * MEGABYTE);
        // Its key is large as well, and so is a header.
        bomb.put(writer.begin(0)
                        .compression(type)
                        .append(
                                0,
                                1,
                                ByteBuffer.allocate(30 * MEGABYTE),
                                ByteBuffer.allocate(60 * MEGABYTE),
                                List.of(new RecordHeader("h", ByteBuffer.allocate(10 * MEGABYTE))))
                        .append(1, 2, null, null, List.of())
                        .finish())
                .flip();
        final RecordSkimmer keyless = new RecordSkimmer();
        final long before = allocatedBytes();
        keyless.wrap(bomb, 0);
        assertThat(keyless.next()).isTrue();
        assertThat(keyless.sizeBytes()).isBetween(100 * MEGABYTE, 100 * MEGABYTE + 30);
        assertThat(keyless.next()).isTrue();
        assertThat(keyless.hasKey()).isFalse();
        assertThat(keyless.next()).isFalse();
        assertThat(keyless.isPaused()).isFalse();
        // Twice the window of 8 MB is the most; memory grows in steps.
        assertThat(allocatedBytes() - before).isLessThan((type == CompressionType.ZSTD ? 52 : 1) * MEGABYTE);
    }

    @Test
    void shouldPauseWhenTheBudgetIsUsedUp() {
        final ByteBuffer bomb = new RecordBatchWriter()
                .begin(0)
                .compression(CompressionType.ZSTD)
                .append(1, null, ByteBuffer.allocate(10 * MEGABYTE))
                .finish();
        final RecordSkimmer keyless = new RecordSkimmer();
        keyless.wrap(bomb, 0);
        int pauses = 0;
        keyless.budget(MEGABYTE);
        while (!keyless.next()) {
            assertThat(keyless.isPaused()).isTrue();
            assertThat(keyless.spentBytes()).isBetween((long) MEGABYTE, 2L * MEGABYTE);
            pauses++;
            keyless.budget(MEGABYTE);
        }
        assertThat(pauses).isBetween(8, 10);
    }

    @Test
    void shouldBoundTheRecordsOfCompressedBatchesOnly() {
        for (final CompressionType type : CompressionType.values()) {
            final ByteBuffer batch = new RecordBatchWriter()
                    .begin(0)
                    .compression(type)
                    .append(1, null, ByteBuffer.allocate(1000))
                    .finish();
            // Kafka counts the bytes after the length: attributes, two deltas, three lengths and the value.
            skimmer.recordBytesMax(1007).wrap(batch, 0);
            assertThat(skimmer.next()).isTrue();
            skimmer.recordBytesMax(1006).wrap(batch, 0);
            if (type == CompressionType.NONE) {
                assertThat(skimmer.next()).isTrue();
            } else {
                assertThatThrownBy(skimmer::next)
                        .isInstanceOf(MalformedMessageException.class)
                        .hasMessageContaining("1007 bytes, more than the 1006");
            }
        }
    }

    /**
     * Checks the largest window. A frame may announce 128 MB; how much of it is kept is limited by the heap, and is
     * never more than there is.
     */
    @Test
    void shouldReadZstdOfTheLargestWindow() throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[RecordBatchHeader.SIZE]);
        try (OutputStream zstd = new ZstdOutputStream(out, 22)) {
            final ByteBuffer plain = new RecordBatchWriter()
                    .begin(0)
                    .append(1, null, new byte[9 * MEGABYTE])
                    .finish();
            zstd.write(plain.array(), RecordBatchHeader.SIZE, plain.limit() - RecordBatchHeader.SIZE);
        }
        final ByteBuffer batch = ByteBuffer.wrap(out.toByteArray());
        final ByteBuffer header =
                new RecordBatchWriter().begin(0).append(1, null, new byte[1]).finish();
        batch.put(0, header, 0, RecordBatchHeader.SIZE)
                .putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, batch.limit() - RecordBatchHeader.LOG_OVERHEAD)
                .putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, (short) CompressionType.ZSTD.id());
        assertThat(skimmed(batch, 0, MEGABYTE)).hasSize(1);
    }

    private static long allocatedBytes() {
        final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
