package io.ottla.server;

import io.ottla.api.Payload;
import io.ottla.api.Providers;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.ControlRecordType;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordHeader;
import io.ottla.server.partition.PartitionState;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Creates the data folders that later releases must be able to open, as docs/disk-format.md describes: one of a broker
 * that was stopped, and one of a broker that was killed during an append. Not run with the other tests.
 */
final class FixtureMaker {
    /** The system property with the target folder. */
    private static final String TARGET_PROPERTY = "ottla.fixtures.make";

    private static final long BEGAN_MS = ManualClock.EPOCH_MS_DEFAULT;
    private static final long PRODUCER_ID = 4000;
    private static final long TRANSACTIONAL_ID = 5000;
    /** Small segments with many index entries. */
    private static final LogConfig SMALL = new LogConfig(700, Long.MAX_VALUE, 150);

    private final ManualClock clock = new ManualClock();
    private final RecordBatchWriter writer = new RecordBatchWriter();
    private Path folder;
    private UUID ordersId;

    @TempDir
    Path work;

    @Test
    @EnabledIfSystemProperty(named = TARGET_PROPERTY, matches = ".+")
    void makeFixtures() throws IOException {
        final Path target = Files.createDirectories(Path.of(System.getProperty(TARGET_PROPERTY)));
        folder = work.resolve("clean");
        useBroker();
        useStorage();
        pack(folder, target.resolve("clean.zip"));
        final Path killed = work.resolve("killed");
        kill(killed);
        pack(killed, target.resolve("killed.zip"));
    }

    /**
     * Writes what clients can create: topics and their configurations, records in every compression type, committed
     * offsets.
     */
    private void useBroker() {
        try (SteppedBroker broker =
                new SteppedBroker(clock, null, "ottla.storage", "mmap", "log.dirs", folder.toString())) {
            ordersId = broker.createTopic("orders", 2, "retention.ms", "-1", "max.message.bytes", "100000");
            broker.createTopic("empty.topic_with-all-characters", 1);
            final TestClient client = broker.connect();
            int sequence = 0;
            for (final CompressionType type : CompressionType.values()) {
                writer.begin(0).compression(type).producer(PRODUCER_ID, (short) 1, sequence);
                writer.append(
                        0,
                        BEGAN_MS + sequence,
                        bytes("key-" + type.id()),
                        bytes("value in " + type),
                        List.of(new RecordHeader("trace", bytes("id-" + sequence)), new RecordHeader("none", null)));
                writer.append(BEGAN_MS + sequence + 2, null, Batches.bytes("no key, ".repeat(20)));
                writer.append(BEGAN_MS + sequence + 1, Batches.bytes("deleted"), null);
                Batches.send(client, "orders", 0, Batches.copy(writer.finish()));
                sequence += 3;
            }
            Batches.append(client, "orders", 1, "one", "two", "three");
            Batches.append(client, "orders", 1, "four");
            commit(client, "readers", 7);
        }
    }

    private static void commit(final TestClient client, final String group, final long offset) {
        final OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("orders");
        topic.partitions()
                .add(new OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("half way"));
        final OffsetCommitRequest request =
                new OffsetCommitRequest().setGroupId(group).setGenerationIdOrMemberEpoch(-1);
        request.topics().add(topic);
        client.ask(9, request);
    }

    /**
     * Writes what a client alone cannot create: markers of transactions, compacted batches, small segments, a log start
     * inside a batch.
     */
    private void useStorage() throws IOException {
        try (Storage storage = storage(folder)) {
            final PartitionLog log = open(storage, 0);
            append(log, transaction(CompressionType.NONE, 0, "in a transaction", "too"));
            append(log, marker(ControlRecordType.COMMIT));
            append(log, transaction(CompressionType.ZSTD, 2, "aborted"));
            append(log, marker(ControlRecordType.ABORT));
            log.append(records(CompressionType.NONE, "compacted").finish(9), log.leaderEpoch(), null);
            append(log, records(CompressionType.GZIP, "the broker's time").logAppendTime(BEGAN_MS + 5_000));
            append(log, records(CompressionType.LZ4, "the last of them", "x".repeat(300)));
            rewrite(log);
            open(storage, 1).trimTo(2);
        }
    }

    /** Rewrites a log like a compaction that finds nothing to drop. */
    private static void rewrite(final PartitionLog log) throws IOException {
        final long from = log.segments().getFirst().baseOffset();
        final long to = log.segments().get(1).baseOffset();
        try (LogRewrite rewrite = log.rewrite(from, to)) {
            for (long offset = from; offset < to; ) {
                final Payload payload = log.read(offset, to, 1, true);
                final ByteBuffer batch = payload.toByteBuffer();
                payload.release();
                rewrite.append(batch);
                offset = RecordBatchHeader.nextOffset(batch, 0);
            }
            rewrite.seal();
            rewrite.swapIn();
        }
    }

    private void kill(final Path killed) throws IOException {
        final Path live = folder.resolveSibling("live");
        copyAll(folder, live);
        try (Storage storage = storage(live)) {
            final PartitionLog log = open(storage, 0);
            for (int i = 0; i < 5; i++) {
                append(log, records(CompressionType.NONE, "after the restart " + i, "y".repeat(100)));
            }
            copyAll(live, killed);
        }
        final ByteBuffer torn =
                records(CompressionType.NONE, "never acknowledged").finish();
        try (Stream<Path> files = Files.list(killed.resolve("orders-0"))) {
            final Path active = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()
                    .getLast();
            Files.write(active, java.util.Arrays.copyOf(torn.array(), 70), StandardOpenOption.APPEND);
        }
    }

    private Storage storage(final Path data) {
        final Storage storage = Providers.find(
                        StorageProvider.class, StorageProvider.SPI_VERSION, "ottla.storage", "mmap")
                .create(new StorageContext(data, clock, Map.of()));
        storage.open();
        return storage;
    }

    private PartitionLog open(final Storage storage, final int partition) {
        final PartitionState state = new PartitionState();
        return storage.openLog(new LogId(ordersId, "orders", partition), SMALL, new LogObserver() {
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

    private RecordBatchWriter records(final CompressionType type, final String... values) {
        writer.begin(0).compression(type);
        clock.advanceMs(10);
        for (final String value : values) {
            writer.append(clock.epochMs(), Batches.bytes("key"), Batches.bytes(value));
        }
        return writer;
    }

    private RecordBatchWriter transaction(final CompressionType type, final int sequence, final String... values) {
        return records(type, values)
                .producer(TRANSACTIONAL_ID, (short) 2, sequence)
                .transactional(true);
    }

    private RecordBatchWriter marker(final ControlRecordType type) {
        writer.begin(0).producer(TRANSACTIONAL_ID, (short) 2, -1);
        return writer.appendEndTransactionMarker(clock.epochMs(), type, 3);
    }

    private static void append(final PartitionLog log, final RecordBatchWriter batch) {
        if (log.append(batch.finish(), log.leaderEpoch(), null) < 0) {
            throw new IllegalStateException("the batch was not appended");
        }
    }

    private static ByteBuffer bytes(final String text) {
        return ByteBuffer.wrap(Batches.bytes(text));
    }

    private static void copyAll(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void pack(final Path from, final Path zip) throws IOException {
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                final ZipEntry entry =
                        new ZipEntry(from.relativize(file).toString().replace(java.io.File.separatorChar, '/'));
                entry.setLastModifiedTime(FileTime.fromMillis(BEGAN_MS));
                entries.putNextEntry(entry);
                entries.write(Files.readAllBytes(file));
            }
        }
    }
}
