package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Runs one sequence of random steps on a storage and on its oracle. */
final class StorageSequence implements AutoCloseable {
    private static final int HISTORY_LENGTH = 12;

    private final StorageSequenceContract contract;
    private final Path home;
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final Deque<String> history = new ArrayDeque<>();
    private LogConfig config;
    private int folderCount;
    private Path folder;
    private long timestampMs = ManualClock.EPOCH_MS_DEFAULT;

    private Storage storage;
    private PartitionLog log;
    private RecordingObserver observer;
    private final Storage oracleStorage;
    private PartitionLog oracle;
    /** The offset before which the observers may have batches that are no longer in the log. */
    private long rewrittenTo;

    private RecordingObserver oracleObserver;

    StorageSequence(final StorageSequenceContract contract, final Path home, final long seed) {
        this.contract = contract;
        this.home = home;
        random = new Random(seed);
        config = new LogConfig(randomSegmentBytes(), 1L << random.nextInt(8, 24), random.nextInt(3) * 300);
        folder = home.resolve("0");
        oracleStorage = open(contract.oracle(), home.resolve("oracle"));
        openStorage();
        openOracle();
    }

    private int randomSegmentBytes() {
        return random.nextInt(400, 8_000);
    }

    private Storage open(final StorageProvider provider, final Path path) {
        final Storage opened = provider.create(new StorageContext(path, clock, Map.of()));
        opened.open();
        return opened;
    }

    private void openStorage() {
        storage = open(contract.provider(), folder);
        openLog();
    }

    private void openLog() {
        observer = new RecordingObserver();
        log = storage.openLog(StorageFixture.ID, config, observer);
    }

    private void openOracle() {
        oracleObserver = new RecordingObserver();
        oracle = oracleStorage.openLog(StorageFixture.ID, config, oracleObserver);
    }

    void step() throws IOException {
        final int dice = random.nextInt(100);
        if (dice < 50) {
            append();
        } else if (dice < 68) {
            read();
        } else if (dice < 78) {
            find();
        } else if (dice < 82) {
            truncate();
        } else if (dice < 87) {
            trim();
        } else if (dice < 89) {
            did("flush");
            log.flush();
        } else if (dice < 91) {
            configure();
        } else if (dice < 93) {
            rewrite();
        } else if (dice < 95) {
            reopen();
        } else if (contract.isDurable()) {
            crash();
        }
        compare();
    }

    private void did(final String what) {
        history.addLast(what);
        if (history.size() > HISTORY_LENGTH) {
            history.removeFirst();
        }
    }

    private void append() {
        timestampMs += random.nextInt(-500, 1000);
        clock.advanceMs(random.nextInt(500));
        final int count = random.nextInt(1, 6);
        final ByteBuffer batch = new BatchBuilder()
                .records(count)
                .lastOffsetDelta(random.nextInt(8) == 0 ? count + random.nextInt(20) : -1)
                .value(random.nextInt(random.nextInt(20) == 0 ? 3000 : 150), (byte) random.nextInt(256))
                .timestamps(timestampMs - random.nextInt(50), timestampMs)
                .build();
        did("append of " + batch.limit() + " bytes");
        final long expected = StorageFixture.append(oracle, batch);
        assertThat(StorageFixture.append(log, batch)).as(this::told).isEqualTo(expected);
    }

    private void read() {
        final long start = oracle.logStartOffset();
        final long end = oracle.logEndOffset();
        final long offset = random.nextLong(start, end + 1);
        final long endOffset = random.nextInt(3) == 0 ? random.nextLong(start, end + 1) : end;
        final int maxBytes = random.nextInt(5_000);
        final boolean wholeBatch = random.nextBoolean();
        did("read(" + offset + ", " + endOffset + ", " + maxBytes + ", " + wholeBatch + ")");
        final Payload payload = log.read(offset, endOffset, maxBytes, wholeBatch);
        final int sizeBytes = payload.sizeBytes();
        final List<ByteBuffer> batches = StorageFixture.batchesOf(payload);
        final Payload expected = oracle.read(offset, endOffset, maxBytes, wholeBatch);
        assertThat(batches.isEmpty()).as(this::told).isEqualTo(expected.sizeBytes() == 0);
        if (!batches.isEmpty()) {
            final int firstSizeBytes = batches.getFirst().limit();
            assertThat(sizeBytes).as(this::told).isLessThanOrEqualTo(Math.max(maxBytes, firstSizeBytes));
            assertThat(RecordBatchHeader.nextOffset(batches.getFirst(), 0))
                    .as(this::told)
                    .isGreaterThan(offset);
            assertThat(RecordBatchHeader.baseOffset(batches.getLast(), 0))
                    .as(this::told)
                    .isLessThan(endOffset);
            assertThat(StorageFixture.readAll(oracle, offset))
                    .as(this::told)
                    .startsWith(batches.toArray(ByteBuffer[]::new));
        }
        expected.release();
    }

    private void find() {
        final long time = timestampMs + random.nextInt(-5_000, 600);
        final long from = random.nextBoolean() ? 0 : random.nextLong(oracle.logEndOffset() + 1);
        did("findByTimestamp(" + time + ", " + from + ")");
        assertThat(log.findByTimestamp(time, from)).as(this::told).isEqualTo(oracle.findByTimestamp(time, from));
        assertThat(log.findMaxTimestamp(from)).as(this::told).isEqualTo(oracle.findMaxTimestamp(from));
    }

    private void truncate() {
        final long end = oracle.logEndOffset();
        final long offset = random.nextInt(8) == 0 ? random.nextLong(end + 1) : Math.max(0, end - random.nextInt(30));
        did("truncateTo(" + offset + ")");
        oracle.truncateTo(offset);
        log.truncateTo(offset);
    }

    private void trim() {
        final long start = oracle.logStartOffset();
        final long end = oracle.logEndOffset();
        final long offset = random.nextInt(10) == 0 ? end : start + random.nextLong((end - start) / 4 + 1);
        did("trimTo(" + offset + ")");
        oracle.trimTo(offset);
        log.trimTo(offset);
    }

    private void configure() {
        config = new LogConfig(randomSegmentBytes(), config.segmentMs(), config.indexIntervalBytes());
        did("configure to segments of " + config.segmentBytes() + " bytes");
        oracle.configure(config);
        log.configure(config);
    }

    /** Rewrites some segments without some of their batches, as compaction does. */
    private void rewrite() {
        final List<SegmentInfo> segments = oracle.segments();
        if (segments.size() < 2) {
            return;
        }
        final int first = random.nextInt(segments.size() - 1);
        final int end = random.nextInt(first + 1, Math.min(segments.size(), first + 5));
        final long from = segments.get(first).baseOffset();
        final long to = segments.get(end).baseOffset();
        final int keptPercent = random.nextInt(-20, 120);
        final boolean isSwapped = random.nextInt(5) != 0;
        did("rewrite from " + from + " to " + to + " with " + keptPercent + "%" + (isSwapped ? "" : ", given up"));
        try (LogRewrite rewrite = log.rewrite(from, to);
                LogRewrite expected = oracle.rewrite(from, to)) {
            for (final ByteBuffer batch : StorageFixture.readAll(oracle, Math.max(from, oracle.logStartOffset()))) {
                if (RecordBatchHeader.nextOffset(batch, 0) > to) {
                    break;
                }
                if (RecordBatchHeader.baseOffset(batch, 0) >= from && random.nextInt(100) < keptPercent) {
                    expected.append(batch);
                    rewrite.append(batch);
                }
            }
            if (isSwapped) {
                rewrite.seal();
                expected.seal();
                assertThat(rewrite.swapIn()).as(this::told).isTrue();
                expected.swapIn();
                rewrittenTo = Math.max(rewrittenTo, to);
            }
        }
        compareAll();
    }

    private void reopen() {
        did("reopen");
        log.close();
        if (contract.isDurable()) {
            storage.close();
            openStorage();
        } else {
            openLog();
        }
        oracle.close();
        openOracle();
        compareAll();
    }

    private void crash() throws IOException {
        did("crash");
        final Path copy = home.resolve(Integer.toString(++folderCount));
        copy(folder, copy);
        // The directory that it still has is not used again.
        storage.close();
        // A storage's use of its own random numbers must not change the later steps.
        contract.damage(copy, new Random(random.nextLong()));
        folder = copy;
        openStorage();
        oracle.close();
        openOracle();
        compareAll();
    }

    private static void copy(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private void compare() {
        assertThat(log.logStartOffset()).as(this::told).isEqualTo(oracle.logStartOffset());
        assertThat(log.highWatermark()).as(this::told).isEqualTo(oracle.highWatermark());
        assertThat(log.logEndOffset()).as(this::told).isEqualTo(oracle.logEndOffset());
        assertThat(log.sizeBytes()).as(this::told).isEqualTo(oracle.sizeBytes());
        assertThat(log.segments()).as(this::told).isEqualTo(oracle.segments());
        assertThat(observed(observer)).as(this::told).isEqualTo(observed(oracleObserver));
    }

    private List<RecordingObserver.Batch> observed(final RecordingObserver from) {
        return from.batches().stream()
                .filter(batch -> batch.nextOffset() > Math.max(rewrittenTo, oracle.logStartOffset()))
                .toList();
    }

    void compareAll() {
        final long start = oracle.logStartOffset();
        assertThat(StorageFixture.readAll(log, start)).as(this::told).isEqualTo(StorageFixture.readAll(oracle, start));
    }

    private String told() {
        return "after " + history;
    }

    @Override
    public void close() {
        storage.close();
        oracleStorage.close();
    }
}
