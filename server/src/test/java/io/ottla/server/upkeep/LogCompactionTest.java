package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Providers;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.ControlRecordType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import io.ottla.codec.record.RecordHeader;
import io.ottla.server.Batches;
import io.ottla.server.Bombs;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.partition.PartitionState;
import io.ottla.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.agrona.collections.Long2LongHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the compaction of one log, without a broker. */
class LogCompactionTest {
    private static final LogId ID = new LogId(new UUID(1, 2), "orders", 0);
    private static final long RETENTION_MS = 1_000;
    private static final CompressionType[] COMPRESSIONS = CompressionType.values();

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final Map<String, String> overrides = new HashMap<>(Map.of(
            "cleanup.policy", "compact",
            "delete.retention.ms", Long.toString(RETENTION_MS),
            "min.cleanable.dirty.ratio", "0",
            "internal.segment.bytes", "1000"));
    private Storage storage;
    private PartitionLog log;
    private PartitionState state;
    private long compactedOffset;
    private long mapBytes = 1 << 20;

    /** A record as a reader gets it. */
    private record Seen(long offset, long timestampMs, String key, String value, String headers) {}

    @AfterEach
    void close() {
        if (storage != null) {
            storage.close();
        }
    }

    private void open(final String name) {
        storage = Providers.find(StorageProvider.class, StorageProvider.SPI_VERSION, "storage", name)
                .create(new StorageContext(folder.resolve("data"), clock, Map.of()));
        storage.open();
        openLog();
    }

    private void openLog() {
        state = new PartitionState();
        log = storage.openLog(ID, config().logConfig(), new LogObserver() {
            @Override
            public void restore(final long offset, final ByteBuffer snapshot) {
                state.restore(snapshot);
            }

            @Override
            public void onBatch(final ByteBuffer batch) {
                state.onBatch(batch);
            }

            @Override
            public ByteBuffer snapshot() {
                return state.snapshot();
            }

            @Override
            public void onRoll(final long baseOffset) {}

            @Override
            public void onHighWatermark(final long highWatermark) {}
        });
    }

    private TopicConfig config() {
        return TopicConfig.of(TopicConfig.defaults(BrokerConfig.of(Map.of())), overrides);
    }

    private CompactionPlan plan() {
        return CompactionPlan.of(log, config(), compactedOffset, clock.epochMs());
    }

    /** Compacts everything that can be compacted, step by step. */
    private LogCompaction compact() {
        final LogCompaction compaction = begin();
        finish(compaction);
        return compaction;
    }

    private LogCompaction begin() {
        final LogCompaction.Limits limits = new LogCompaction.Limits(mapBytes, 0.9, 1024, new byte[] {1, 2, 3});
        return new LogCompaction(
                log,
                plan(),
                this::config,
                () -> state.lastProducerOffsets(),
                offset -> compactedOffset = offset,
                limits,
                clock.epochMs());
    }

    private static void finish(final LogCompaction compaction) {
        boolean isMore;
        do {
            isMore = compaction.step();
        } while (isMore);
        compaction.close();
    }

    private long append(final ByteBuffer batch) {
        final long offset = log.append(batch, log.leaderEpoch(), null);
        assertThat(offset).isNotNegative();
        return offset;
    }

    private RecordBatchWriter batch() {
        return new RecordBatchWriter().begin(0);
    }

    /** Appends one batch for each pair of key and value, of at least 100 bytes. */
    private void appendAll(final String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            append(add(batch(), keysAndValues[i], keysAndValues[i + 1]).finish());
        }
    }

    private RecordBatchWriter add(final RecordBatchWriter writer, final String key, final String value) {
        final List<RecordHeader> headers = List.of(
                new RecordHeader("padding", ByteBuffer.wrap(new byte[150])),
                new RecordHeader("of", ByteBuffer.wrap(Batches.bytes(key))));
        return writer.append(
                writer.recordCount(),
                clock.epochMs(),
                ByteBuffer.wrap(Batches.bytes(key)),
                value == null ? null : ByteBuffer.wrap(Batches.bytes(value)),
                headers);
    }

    /** Rolls the active segment, so that all records before can be compacted. */
    private void roll() {
        final int segments = log.segments().size();
        while (log.segments().size() == segments) {
            appendAll("roll", "r");
        }
    }

    private List<ByteBuffer> batches() {
        final BatchScanner scanner = new BatchScanner(log, 700);
        scanner.seek(0, log.logEndOffset());
        final List<ByteBuffer> batches = new ArrayList<>();
        while (scanner.fill() > 0) {
            while (scanner.next()) {
                final int size = RecordBatchHeader.sizeBytes(scanner.buffer(), scanner.position());
                batches.add(Batches.copy(scanner.buffer().slice(scanner.position(), size)));
            }
        }
        return batches;
    }

    private List<Seen> records() {
        final List<Seen> seen = new ArrayList<>();
        final RecordBatchReader reader = new RecordBatchReader();
        for (final ByteBuffer batch : batches()) {
            assertThat(RecordBatches.isCrcValid(batch, 0)).isTrue();
            reader.wrap(batch, 0);
            while (reader.next()) {
                final StringBuilder headers = new StringBuilder();
                for (final RecordHeader header : reader.headers()) {
                    headers.append(header.key())
                            .append('=')
                            .append(Batches.text(header.value().duplicate()));
                }
                seen.add(new Seen(
                        reader.offset(),
                        reader.timestamp(),
                        Batches.text(reader.key()),
                        Batches.text(reader.value()),
                        headers.toString()));
            }
        }
        return seen;
    }

    private List<String> values() {
        return records().stream()
                .filter(record -> !record.key.equals("roll"))
                .map(record -> record.offset + ":" + record.key + "=" + record.value)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldKeepLastValueOfEachKey(final String name) {
        open(name);
        appendAll("a", "1", "b", "1", "a", "2", "c", "1", "b", "2", "a", "3");
        roll();
        final LogCompaction compaction = compact();
        assertThat(values()).containsExactly("3:c=1", "4:b=2", "5:a=3");
        assertThat(compactedOffset).isEqualTo(log.segments().getLast().baseOffset());
        assertThat(compaction.removedBytes()).isPositive();
        assertThat(plan().dirtyBytes()).isZero();
    }

    @Test
    void shouldCompactWhenOnlyTheFirstOfManyRecordsOfABatchAreKept() {
        open("memory");
        final RecordBatchWriter batch = add(batch(), "kept", "1");
        for (int i = 0; i < 300; i++) {
            add(batch, "changed", Integer.toString(i));
        }
        append(batch.finish());
        appendAll("changed", "last");
        roll();

        compact();

        assertThat(records()).extracting(Seen::value).contains("1", "last").doesNotContain("299");
    }

    @Test
    void shouldLeaveActiveSegmentAlone() {
        open("memory");
        appendAll("a", "1", "a", "2");
        assertThat(plan().dirtyBytes()).isZero();
        roll();
        final long active = log.segments().getLast().baseOffset();
        appendAll("a", "3");
        compact();
        assertThat(values()).containsExactly("1:a=2", active + 1 + ":a=3");
    }

    @Test
    void shouldKeepTombstoneForItsTimeAndThenForgetTheKey() {
        open("memory");
        appendAll("a", "1", "b", "1", "a", null);
        roll();
        clock.advanceMs(100 * RETENTION_MS);
        compact();
        assertThat(values()).containsExactly("1:b=1", "2:a=null");
        // The time begins with the first compaction, however old the tombstone is.
        clock.advanceMs(RETENTION_MS - 1);
        appendAll("c", "1");
        roll();
        compact();
        assertThat(values()).startsWith("1:b=1", "2:a=null");
        clock.advanceMs(1);
        appendAll("c", "2");
        roll();
        compact();
        assertThat(values()).containsExactly("1:b=1", log.segments().isEmpty() ? "" : values().getLast());
        assertThat(records()).noneMatch(record -> record.key.equals("a"));
    }

    @Test
    void shouldKeepTimestampsWhenBatchGetsDeleteHorizon() {
        open("memory");
        final RecordBatchWriter writer = batch();
        add(writer, "a", "1");
        clock.advanceMs(7);
        add(writer, "b", null);
        clock.advanceMs(7);
        add(writer, "c", "1");
        append(writer.finish());
        roll();
        final List<Seen> before = records();
        compact();
        assertThat(records()).startsWith(before.subList(0, 3).toArray(Seen[]::new));
        final ByteBuffer first = batches().getFirst();
        assertThat(RecordBatchHeader.attributes(first, 0) & RecordBatchHeader.DELETE_HORIZON_FLAG)
                .isNotZero();
        assertThat(RecordBatchHeader.baseTimestamp(first, 0)).isEqualTo(clock.epochMs() + RETENTION_MS);
        assertThat(RecordBatchHeader.maxTimestamp(first, 0)).isEqualTo(before.get(2).timestampMs);
    }

    @Test
    void shouldKeepEverythingElseOfABatch() {
        open("memory");
        for (final CompressionType compression : COMPRESSIONS) {
            final RecordBatchWriter writer =
                    batch().compression(compression).producer(7, (short) 3, (int) log.logEndOffset());
            add(writer, "a", "1");
            add(writer, compression.toString(), "x");
            add(writer, "b", "1");
            append(writer.finish());
        }
        final RecordBatchWriter late = batch().logAppendTime(clock.epochMs() + 5);
        add(late, "a", "2");
        add(late, "late", "x");
        append(late.finish());
        appendAll("a", "3", "b", "3");
        roll();
        final List<ByteBuffer> before = batches();
        compact();
        final List<ByteBuffer> after = batches();
        for (int i = 0; i <= COMPRESSIONS.length; i++) {
            final ByteBuffer old = before.get(i);
            final ByteBuffer left = after.get(i);
            assertThat(RecordBatchHeader.recordCount(left, 0)).isEqualTo(1);
            assertThat(RecordBatchHeader.baseOffset(left, 0)).isEqualTo(RecordBatchHeader.baseOffset(old, 0));
            assertThat(RecordBatchHeader.nextOffset(left, 0)).isEqualTo(RecordBatchHeader.nextOffset(old, 0));
            assertThat(RecordBatchHeader.attributes(left, 0)).isEqualTo(RecordBatchHeader.attributes(old, 0));
            assertThat(RecordBatchHeader.producerId(left, 0)).isEqualTo(RecordBatchHeader.producerId(old, 0));
            assertThat(RecordBatchHeader.producerEpoch(left, 0)).isEqualTo(RecordBatchHeader.producerEpoch(old, 0));
            assertThat(RecordBatchHeader.baseSequence(left, 0)).isEqualTo(RecordBatchHeader.baseSequence(old, 0));
            assertThat(RecordBatchHeader.leaderEpoch(left, 0)).isEqualTo(RecordBatchHeader.leaderEpoch(old, 0));
            assertThat(RecordBatchHeader.maxTimestamp(left, 0)).isEqualTo(RecordBatchHeader.maxTimestamp(old, 0));
        }
        assertThat(records().get(1).headers).endsWith("of=" + records().get(1).key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldKeepLastBatchOfEachProducerEvenIfEmpty(final String name) {
        open(name);
        for (int i = 0; i < 4; i++) {
            append(add(batch().producer(1, (short) 0, i), "a", "1").finish());
            append(add(batch().producer(2, (short) 0, i), "a", "2").finish());
        }
        appendAll("a", "3");
        roll();
        final ByteBuffer snapshot = state.snapshot();
        compact();
        assertThat(values()).containsExactly("8:a=3");
        final List<ByteBuffer> batches = batches();
        assertThat(batches.subList(0, 2))
                .extracting(batch -> RecordBatchHeader.baseOffset(batch, 0))
                .containsExactly(6L, 7L);
        assertThat(batches.subList(0, 2)).allMatch(batch -> RecordBatchHeader.recordCount(batch, 0) == 0);
        // A broker that has only the log still knows the last batches of producers.
        final PartitionState replayed = new PartitionState();
        batches.forEach(replayed::onBatch);
        for (final long producer : new long[] {1, 2}) {
            final ByteBuffer next =
                    add(batch().producer(producer, (short) 0, 4), "x", "x").finish();
            assertThat(replayed.check(next)).isEqualTo(io.ottla.api.ErrorCode.NONE);
            final ByteBuffer again =
                    add(batch().producer(producer, (short) 0, 3), "x", "x").finish();
            assertThat(replayed.check(again)).isEqualTo(io.ottla.api.ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
            final ByteBuffer skipping =
                    add(batch().producer(producer, (short) 0, 6), "x", "x").finish();
            assertThat(replayed.check(skipping)).isEqualTo(io.ottla.api.ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
        assertThat(snapshot.remaining()).isPositive();
        // A second compaction keeps what the first one kept. When the producers write again, the empty batches are
        // dropped.
        append(add(batch().producer(1, (short) 0, 4), "b", "1").finish());
        roll();
        compact();
        assertThat(batches().getFirst()).isEqualTo(batches.get(1));
    }

    @Test
    void shouldWaitForMinCompactionLag() {
        overrides.put("min.compaction.lag.ms", "500");
        open("memory");
        appendAll("a", "1", "a", "2");
        roll();
        final long first = log.segments().getLast().baseOffset();
        clock.advanceMs(300);
        appendAll("a", "3", "a", "4");
        roll();
        clock.advanceMs(199);
        assertThat(plan().dirtyBytes()).isZero();
        clock.advanceMs(1);
        assertThat(plan().endOffset()).isLessThanOrEqualTo(first);
        compact();
        assertThat(values()).hasSize(3);
        clock.advanceMs(300);
        compact();
        assertThat(values()).hasSize(1);
    }

    @Test
    void shouldBeDueByDirtyRatioOrMaxCompactionLag() {
        overrides.put("min.cleanable.dirty.ratio", "0.5");
        open("memory");
        for (int i = 0; i < 30; i++) {
            appendAll("k" + i, "1");
        }
        roll();
        assertThat(plan().isDue(config())).isTrue();
        compact();
        appendAll("a", "1");
        roll();
        assertThat(plan().dirtyBytes()).isPositive();
        assertThat(plan().isDue(config())).isFalse();
        overrides.put("max.compaction.lag.ms", "1000");
        clock.advanceMs(1000);
        assertThat(plan().isDue(config())).isFalse();
        clock.advanceMs(1);
        assertThat(plan().isDue(config())).isTrue();
        assertThat(config().logConfig().segmentMs()).isEqualTo(1000);
    }

    @Test
    void shouldContinueInAnotherPassWhenMapIsFull() {
        open("memory");
        mapBytes = 5 * KeyOffsetMap.ENTRY_BYTES;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
                appendAll("k" + i, "v" + round);
            }
        }
        roll();
        compact();
        assertThat(values()).hasSize(20).allMatch(value -> value.endsWith("=v2"));
        assertThat(compactedOffset).isEqualTo(log.segments().getLast().baseOffset());
    }

    /** Kafka's cleaner fails for records larger than its memory, and skips the partition from then on. */
    @Test
    void shouldTakeNoMemoryForRecordsThatAreLargerThanIt() {
        open("memory");
        final byte[] large = new byte[100_000];
        append(Bombs.of(Batches.bytes("a"), 300 * Bombs.MEGABYTE));
        append(Bombs.of(Batches.bytes("b"), 300 * Bombs.MEGABYTE));
        append(Bombs.of(large, Bombs.MEGABYTE));
        append(Bombs.of(large, 100 * Bombs.MEGABYTE));
        appendAll("a", "1");
        roll();
        final long before = Bombs.allocatedBytes();
        compact();
        assertThat(Bombs.allocatedBytes() - before).isLessThan(90L * Bombs.MEGABYTE);
        assertThat(batches().stream().map(batch -> RecordBatchHeader.baseOffset(batch, 0)))
                .startsWith(1L, 3L, 4L);
    }

    /** Kafka rebuilds it, however much memory that takes. */
    @Test
    void shouldKeepABatchWhenTheRestOfItIsTooLargeToBeRebuilt() {
        open("memory");
        final RecordBatchWriter writer = batch().compression(CompressionType.ZSTD)
                .append(clock.epochMs(), Batches.bytes("a"), Batches.bytes("old"))
                .append(clock.epochMs(), Batches.bytes("b"), new byte[20 << 20]);
        append(Batches.copy(writer.finish()));
        appendAll("a", "new");
        roll();
        compact();
        assertThat(RecordBatchHeader.recordCount(batches().getFirst(), 0)).isEqualTo(2);
    }

    @Test
    void shouldContinueWhenRecordsAreDeletedMeanwhile() {
        open("memory");
        for (int i = 0; i < 40; i++) {
            appendAll("k" + i % 10, "v" + i);
        }
        roll();
        final LogCompaction compaction = begin();
        for (int i = 0; i < 15; i++) {
            compaction.step();
        }
        log.trimTo(25);
        finish(compaction);
        compact();
        assertThat(values().stream().map(value -> value.substring(value.indexOf('=') + 1)))
                .containsExactly("v30", "v31", "v32", "v33", "v34", "v35", "v36", "v37", "v38", "v39");
        assertThat(log.logStartOffset()).isEqualTo(25);
    }

    @Test
    void shouldDropAbortedRecordsAndThenTheirMarkers() {
        open("memory");
        appendAll("a", "0", "b", "0");
        append(add(batch().producer(1, (short) 0, 0).transactional(true), "a", "aborted")
                .finish());
        append(add(batch().producer(2, (short) 0, 0).transactional(true), "b", "committed")
                .finish());
        append(marker(1, ControlRecordType.ABORT));
        append(marker(2, ControlRecordType.COMMIT));
        roll();
        compact();
        assertThat(data()).containsExactly("0:a=0", "3:b=committed");
        assertThat(markers()).containsExactly(4L, 5L);
        appendAll("b", "1");
        roll();
        compact();
        assertThat(data().getFirst()).isEqualTo("0:a=0");
        // Both transactions have a batch that is kept empty, because it is the last one of its producer.
        assertThat(markers()).containsExactly(4L, 5L);
        append(add(batch().producer(1, (short) 0, 1), "d", "1").finish());
        append(add(batch().producer(2, (short) 0, 1), "d", "2").finish());
        roll();
        compact();
        assertThat(markers()).containsExactly(4L, 5L);
        // No batch of them is left, so their markers are dropped some time later.
        clock.advanceMs(RETENTION_MS);
        for (int i = 0; i < 2; i++) {
            appendAll("c", "1");
            roll();
            compact();
            clock.advanceMs(RETENTION_MS);
        }
        assertThat(markers()).isEmpty();
    }

    @Test
    void shouldNotTouchWhatAnOpenTransactionMayChange() {
        open("memory");
        appendAll("a", "0", "a", "1");
        roll();
        final long first = log.segments().getLast().baseOffset();
        append(add(batch().producer(1, (short) 0, 0).transactional(true), "a", "open")
                .finish());
        appendAll("b", "0", "b", "1");
        roll();
        compact();
        assertThat(compactedOffset).isEqualTo(first);
        assertThat(data()).startsWith("1:a=1").hasSize(4);
        append(marker(1, ControlRecordType.ABORT));
        roll();
        compact();
        assertThat(data()).containsExactly("1:a=1", data().getLast());
        assertThat(data().getLast()).endsWith("b=1");
    }

    private ByteBuffer marker(final long producerId, final ControlRecordType type) {
        return batch().producer(producerId, (short) 0, -1)
                .appendEndTransactionMarker(clock.epochMs(), type, 0)
                .finish();
    }

    private List<Long> markers() {
        return batches().stream()
                .filter(batch -> AbortedBatches.isControl(batch, 0) && RecordBatchHeader.recordCount(batch, 0) > 0)
                .map(batch -> RecordBatchHeader.baseOffset(batch, 0))
                .toList();
    }

    private List<String> data() {
        return values().stream().filter(value -> value.indexOf('\0') < 0).toList();
    }

    /** Compares with a model, for random appends, compactions and restarts. */
    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldEqualTheModelWhenOperationsAreRandom(final String name) {
        final long first = Long.getLong("ottla.seed", System.nanoTime());
        final int count = Long.getLong("ottla.seed") == null ? 6 : 1;
        for (int i = 0; i < count; i++) {
            final long seed = first + i;
            try {
                open(name);
                compactedOffset = 0;
                new Model(new Random(seed)).run(name.equals("mmap"));
                storage.deleteLog(ID);
                storage.close();
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError(e.getMessage() + "\nagain with -Dottla.seed=" + seed, e);
            }
        }
    }

    /** The expected contents of a log, in the simplest form. */
    private final class Model {
        private static final int STEPS = 250;

        private final Random random;
        /** All records that were ever appended. */
        private final TreeMap<Long, Seen> appended = new TreeMap<>();
        /** For each tombstone, the time of the first compaction that could have removed it later. */
        private final Map<Long, Long> tombstones = new HashMap<>();

        private final int[] sequences = new int[3];

        Model(final Random random) {
            this.random = random;
        }

        void run(final boolean isDurable) {
            for (int i = 0; i < STEPS; i++) {
                final int dice = random.nextInt(100);
                if (dice < 75) {
                    appendRandom();
                } else if (dice < 80) {
                    clock.advanceMs(random.nextLong(2 * RETENTION_MS));
                } else if (dice < 84) {
                    overrides.put("min.compaction.lag.ms", Integer.toString(random.nextInt(3) * 400));
                    mapBytes = random.nextInt(3) == 0 ? 6 * KeyOffsetMap.ENTRY_BYTES : 1 << 16;
                } else if (dice < 88) {
                    reopen(isDurable);
                } else {
                    compactAndCompare();
                }
            }
        }

        private void appendRandom() {
            clock.advanceMs(random.nextInt(50));
            final int producer = random.nextInt(sequences.length + 1) - 1;
            final RecordBatchWriter writer = batch().compression(COMPRESSIONS[random.nextInt(COMPRESSIONS.length)]);
            final int records = random.nextInt(1, 5);
            if (producer >= 0) {
                writer.producer(producer, (short) 0, sequences[producer]);
                sequences[producer] += records;
            }
            for (int i = 0; i < records; i++) {
                final String key = "k" + random.nextInt(12);
                add(writer, key, random.nextInt(5) == 0 ? null : "v" + random.nextInt());
            }
            append(writer.finish());
            final long from = log.logEndOffset() - records;
            for (final Seen seen : tail(from)) {
                appended.put(seen.offset, seen);
            }
        }

        private List<Seen> tail(final long from) {
            return records().stream().filter(record -> record.offset >= from).toList();
        }

        private void reopen(final boolean isDurable) {
            final List<Seen> before = records();
            final Long2LongHashMap producers = state.lastProducerOffsets();
            log.close();
            if (isDurable) {
                storage.close();
                open("mmap");
            } else {
                openLog();
            }
            assertThat(records()).isEqualTo(before);
            assertThat(state.lastProducerOffsets()).isEqualTo(producers);
        }

        private void compactAndCompare() {
            final CompactionPlan plan = plan();
            final List<Seen> before = records();
            final long end = log.logEndOffset();
            final long start = log.logStartOffset();
            final List<SegmentInfo> segments = log.segments();
            compact();
            assertThat(log.logEndOffset()).isEqualTo(end);
            assertThat(log.logStartOffset()).isEqualTo(start);
            assertThat(log.segments().getLast()).isEqualTo(segments.getLast());
            final List<Seen> after = records();
            assertThat(before).containsAll(after);
            for (int i = 1; i < after.size(); i++) {
                assertThat(after.get(i).offset).isGreaterThan(after.get(i - 1).offset);
            }
            if (plan.dirtyBytes() == 0) {
                assertThat(after).isEqualTo(before);
                return;
            }
            assertThat(compactedOffset).isEqualTo(plan.endOffset());
            compare(after, plan.endOffset());
        }

        private void compare(final List<Seen> after, final long endOffset) {
            final Map<String, Seen> last = new HashMap<>();
            for (final Seen seen : appended.headMap(endOffset).values()) {
                last.put(seen.key, seen);
            }
            final List<Seen> expected = new ArrayList<>();
            for (final Seen seen : appended.values()) {
                final boolean isLast = seen.offset >= endOffset || last.get(seen.key).offset == seen.offset;
                if (isLast && !isForgotten(seen, endOffset)) {
                    expected.add(seen);
                }
            }
            assertThat(after).isEqualTo(expected);
        }

        /**
         * Returns a tombstone is dropped by a compaction that is the retention time after the first one that saw it.
         */
        private boolean isForgotten(final Seen seen, final long endOffset) {
            if (seen.value != null || seen.offset >= endOffset) {
                return false;
            }
            final Long seenMs = tombstones.putIfAbsent(seen.offset, clock.epochMs());
            if (seenMs != null && clock.epochMs() >= seenMs + RETENTION_MS) {
                tombstones.put(seen.offset, Long.MIN_VALUE / 2);
                return true;
            }
            return false;
        }
    }
}
