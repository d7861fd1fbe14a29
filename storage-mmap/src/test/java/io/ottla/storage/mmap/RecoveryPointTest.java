package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.FaultyDisk;
import io.ottla.testkit.RecordingObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Tests that recovery from the last recovery point and from the segment's beginning result in the same log. */
final class RecoveryPointTest extends LogFixture {
    private static final LogConfig LARGE = new LogConfig(1 << 20, Long.MAX_VALUE, 0);
    private static final int STEPS = 60;
    private static final int KILLS = 50;

    private boolean wasClosed;

    private interface Damage {
        /** Damages the files of a log with a known recovery point. */
        void to(Path logFolder, RecoveryPoint point) throws IOException;
    }

    /** The contents of a log after it was opened. */
    private record Found(
            long startOffset,
            long endOffset,
            TreeMap<Long, Integer> batches,
            List<RecordingObserver.Batch> observed,
            List<Long> byTimestamp,
            Map<String, String> files,
            int readBatches) {
        Found withoutCount() {
            return new Found(startOffset, endOffset, batches, observed, byTimestamp, files, 0);
        }
    }

    private static void checkpoint(final PartitionLog log) {
        final Runnable point = log.checkpoint(0);
        assertThat(point).isNotNull();
        point.run();
    }

    private RecoveryPoint point() throws IOException {
        return LogCheckpoint.read(logFolder()).point();
    }

    /** Creates a log of ten batches, a recovery point, and three more batches that are not flushed. */
    private PartitionLog killedBehindPoint() throws IOException {
        final PartitionLog log = open(LARGE);
        append(log, 10);
        checkpoint(log);
        append(log, 3);
        crash();
        return log;
    }

    @Test
    void shouldReadOnlyWhatIsBehindPointWhenKilled() throws IOException {
        killedBehindPoint();
        storage.open();
        final PartitionLog log = open(LARGE);
        assertThat(observer.batchesSinceRestore()).isEqualTo(3);
        assertThat(observer.batches()).hasSize(13);
        assertThat(offsets(log)).hasSize(13);
        assertThat(storage.recoveredBytes()).isEqualTo(3L * BATCH_BYTES);
        append(log, 2);
        crash();
        storage.open();
        // The point is still valid.
        assertThat(open(LARGE).logEndOffset()).isEqualTo(15);
        assertThat(observer.batchesSinceRestore()).isEqualTo(5);
    }

    @Test
    void shouldReadOnlyWhatIsBehindPointWhenMachineWentDown() throws IOException {
        killedBehindPoint();
        LogCheckpoint.read(logFolder()).withBootId("another").write(logFolder(), false);
        storage.open();
        assertThat(open(LARGE).logEndOffset()).isEqualTo(13);
        assertThat(observer.batchesSinceRestore()).isEqualTo(3);
    }

    @Test
    void shouldReadAllWhenFlushFailedBehindPoint() throws IOException {
        killedBehindPoint();
        LogCheckpoint.read(logFolder()).withBootId(LogCheckpoint.UNTRUSTED).write(logFolder(), false);
        storage.open();
        assertThat(open(LARGE).logEndOffset()).isEqualTo(13);
        assertThat(observer.batchesSinceRestore()).isEqualTo(13);
    }

    @Test
    void shouldNameOnlyWhatIsInFileWhenPointIsMadeBesideAppends() throws IOException {
        final PartitionLog log = open(LARGE);
        append(log, 4);
        final Runnable point = log.checkpoint(0);
        append(log, 3);
        point.run();
        assertThat(point().offset()).isEqualTo(4);
        assertThat(point().sizeBytes()).isEqualTo(4 * BATCH_BYTES);
        assertThat(LogCheckpoint.read(logFolder()).flushedOffset()).isEqualTo(7);
    }

    @Test
    void shouldDoNothingWhenLogIsIdleOrTooLittleWasAppended() throws IOException {
        PartitionLog log = open(LARGE);
        assertThat(log.checkpoint(0)).isNull();
        append(log, 4);
        assertThat(log.checkpoint(4L * BATCH_BYTES + 1)).isNull();
        log.checkpoint(4L * BATCH_BYTES).run();
        assertThat(log.checkpoint(0)).isNull();
        append(log, 1);
        assertThat(log.checkpoint(BATCH_BYTES + 1)).isNull();
        assertThat(log.checkpoint(BATCH_BYTES)).isNotNull();
        log.close();
        log = open(LARGE);
        assertThat(log.checkpoint(0)).isNull();
        log.close();
        assertThat(log.checkpoint(0)).isNull();
    }

    @Test
    void shouldMakeNoPointWhenSegmentEndedOrWasTruncatedMeanwhile() throws IOException {
        final PartitionLog log = open();
        append(log, 2);
        final Runnable ofFormerSegment = log.checkpoint(0);
        append(log, 3);
        ofFormerSegment.run();
        assertThat(point()).isNull();
        final Runnable ofTruncated = log.checkpoint(0);
        log.truncateTo(4);
        append(log, 1);
        ofTruncated.run();
        assertThat(point()).isNull();
        final Runnable ofClosed = log.checkpoint(0);
        log.close();
        ofClosed.run();
        assertThat(point()).isNull();
    }

    @Test
    void shouldForgetPointWhenItIsTruncated() throws IOException {
        final PartitionLog log = open(LARGE);
        append(log, 6);
        checkpoint(log);
        append(log, 2);
        log.truncateTo(7);
        assertThat(point().offset()).isEqualTo(6);
        log.truncateTo(5);
        assertThat(point()).isNull();
        append(log, 5);
        crash();
        storage.open();
        assertThat(open(LARGE).logEndOffset()).isEqualTo(10);
    }

    @Test
    void shouldKeepOneSnapshotOfPoints() throws IOException {
        final PartitionLog log = open();
        append(log, 1);
        checkpoint(log);
        append(log, 1);
        checkpoint(log);
        assertThat(snapshots()).containsExactly(LogFiles.name(2, LogFiles.SNAPSHOT_SUFFIX));
        append(log, 1);
        // The segment's last point is at the beginning of the next segment, which needs the same snapshot.
        checkpoint(log);
        append(log, 1);
        checkpoint(log);
        assertThat(snapshots())
                .containsExactly(
                        LogFiles.name(3, LogFiles.SNAPSHOT_SUFFIX), LogFiles.name(4, LogFiles.SNAPSHOT_SUFFIX));
        append(log, 1);
        log.close();
        assertThat(snapshots())
                .containsExactly(
                        LogFiles.name(3, LogFiles.SNAPSHOT_SUFFIX), LogFiles.name(5, LogFiles.SNAPSHOT_SUFFIX));
    }

    private List<String> snapshots() throws IOException {
        try (Stream<Path> files = Files.list(logFolder())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(LogFiles.SNAPSHOT_SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldReadWholeSegmentWhenPointDoesNotFitFiles() throws IOException {
        final List<Damage> damages = List.of(
                (log, point) -> Files.delete(log.resolve(LogFiles.name(10, LogFiles.SNAPSHOT_SUFFIX))),
                (log, point) -> flip(log.resolve(LogFiles.name(10, LogFiles.SNAPSHOT_SUFFIX)), 40),
                (log, point) -> flip(log.resolve(LogFiles.name(0, LogFiles.INDEX_SUFFIX)), 9),
                (log, point) -> flip(log.resolve(LogFiles.name(0, LogFiles.TIME_INDEX_SUFFIX)), 9),
                (log, point) -> cut(log.resolve(LogFiles.name(0, LogFiles.INDEX_SUFFIX)), 30),
                (log, point) -> Files.delete(log.resolve(LogFiles.name(0, LogFiles.TIME_INDEX_SUFFIX))),
                (log, point) -> cut(log.resolve(LogCheckpoint.NAME), 300),
                (log, point) -> flip(log.resolve(LogCheckpoint.NAME), 250),
                (log, point) -> writePoint(log, changed(point, point.offset() + 1, point.sizeBytes())),
                (log, point) -> writePoint(log, changed(point, point.offset(), point.sizeBytes() - 1)),
                (log, point) -> writePoint(log, changed(point, point.offset(), point.sizeBytes() + BATCH_BYTES)),
                (log, point) -> writePoint(log, changed(point, point.offset(), 1 << 28)));
        for (int i = 0; i < damages.size(); i++) {
            killedBehindPoint();
            damages.get(i).to(logFolder(), point());
            storage.open();
            final PartitionLog log = open(LARGE);
            assertThat(observer.batchesSinceRestore()).as("damage %d", i).isEqualTo(13);
            assertThat(offsets(log)).as("damage %d", i).hasSize(13);
            assertThat(log.findByTimestamp(1_009, 0)).as("damage %d", i).isEqualTo(9);
            storage.deleteLog(ID);
        }
    }

    private static RecoveryPoint changed(final RecoveryPoint point, final long offset, final int sizeBytes) {
        return new RecoveryPoint(
                offset,
                point.baseOffset(),
                sizeBytes,
                point.maxTimestampMs(),
                point.maxTimestampOffset(),
                point.offsetEntries(),
                point.timeEntries(),
                point.indexCrc());
    }

    private static void writePoint(final Path logFolder, final RecoveryPoint point) throws IOException {
        final LogCheckpoint checkpoint = LogCheckpoint.read(logFolder);
        new LogCheckpoint(
                        checkpoint.logStartOffset(),
                        checkpoint.flushedOffset(),
                        checkpoint.bootId(),
                        checkpoint.cleanBaseOffset(),
                        checkpoint.cleanSizeBytes(),
                        checkpoint.cleanEndOffset(),
                        point)
                .write(logFolder, false);
    }

    @Test
    void shouldEndAtPointWhenFileHoldsNoMore() throws IOException {
        killedBehindPoint();
        for (int sizeBytes = 11 * BATCH_BYTES - 1; sizeBytes >= 10 * BATCH_BYTES; sizeBytes -= 9) {
            storage.close();
            cut(file(0, ".log"), sizeBytes);
            storage = newStorage(Map.of());
            storage.open();
            final PartitionLog log = open(LARGE);
            assertThat(log.logEndOffset()).isEqualTo(10);
            assertThat(offsets(log)).hasSize(10);
            crash();
            storage.open();
        }
    }

    @Test
    void shouldBelieveWhatIsBeforePointAndCheckWhatIsBehind() throws IOException {
        killedBehindPoint();
        flip(file(0, ".log"), 2 * BATCH_BYTES + 70);
        flip(file(0, ".log"), 11 * BATCH_BYTES + 70);
        storage.open();
        final PartitionLog log = open(LARGE);
        assertThat(log.logEndOffset()).isEqualTo(11);
        assertThat(observer.batchesSinceRestore()).isEqualTo(1);
    }

    private interface Sequence {
        void run(long seed) throws IOException;
    }

    private static void forSeeds(final int countDefault, final Sequence body) throws IOException {
        final Long given = Long.getLong("ottla.seed");
        final long first = given == null ? new Random().nextLong() : given;
        final int count = given == null ? Integer.getInteger("ottla.sequences", countDefault) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                body.run(seed);
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError(e.getMessage() + "\nwith -Dottla.seed=" + seed, e);
            }
        }
    }

    @Test
    void shouldRecoverSameFromPointAsFromBeginningWhenKilledAtAnyTime() throws IOException {
        forSeeds(2, this::compare);
    }

    @Test
    void shouldHaveWhatWasAcknowledgedWhenKilledAtAnyStep() throws IOException {
        forSeeds(1, this::killAtSteps);
    }

    private void compare(final long seed) throws IOException {
        final Random random = new Random(seed);
        final LogConfig config =
                new LogConfig(random.nextInt(2_000, 20_000), Long.MAX_VALUE, random.nextInt(3) * random.nextInt(900));
        storage.close();
        folder = home.resolve("run" + seed);
        storage = newStorage(Map.of());
        storage.open();
        PartitionLog log = open(config);
        wasClosed = false;
        Runnable point = null;
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(12)) {
                case 0, 1 -> point = log.checkpoint(random.nextInt(800));
                case 2, 3 -> {
                    if (point != null) {
                        point.run();
                    }
                    point = null;
                }
                case 4 -> {
                    if (random.nextInt(4) == 0) {
                        log.truncateTo(log.logEndOffset() - random.nextInt(8));
                    }
                }
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        log.trimTo(random.nextLong(log.logStartOffset(), log.logEndOffset() + 1));
                    }
                }
                case 6 -> {
                    if (random.nextInt(5) == 0) {
                        point = null;
                        // Then the time index has one more entry than a rebuilt one.
                        wasClosed = true;
                        log.close();
                        log = open(config);
                    }
                }
                default -> log.append(batch(random), 0, null);
            }
            if (random.nextInt(6) == 0) {
                final boolean isPowerLost = random.nextInt(3) == 0;
                final long damageSeed = random.nextLong();
                final Found fromPoint = found(config, true, isPowerLost, damageSeed);
                final Found fromBeginning = found(config, false, isPowerLost, damageSeed);
                assertThat(fromPoint.withoutCount()).as("step %d", i).isEqualTo(fromBeginning.withoutCount());
                assertThat(fromPoint.readBatches()).isLessThanOrEqualTo(fromBeginning.readBatches());
            }
        }
    }

    private static ByteBuffer batch(final Random random) {
        return new BatchBuilder()
                .records(random.nextInt(1, 5))
                .value(random.nextInt(300), (byte) random.nextInt(256))
                .timestamp(1_000 + random.nextInt(500))
                .build();
    }

    /** Opens a copy of the state after a kill, with some damage past the recovery point. */
    private Found found(
            final LogConfig config, final boolean hasPoint, final boolean isPowerLost, final long damageSeed)
            throws IOException {
        final Path copy = home.resolve("copy");
        deleteTree(copy);
        copyTree(folder, copy);
        final Path logFolder = copy.resolve("orders-7");
        LogCheckpoint checkpoint = LogCheckpoint.read(logFolder);
        final RecoveryPoint point = checkpoint.point();
        if (isPowerLost) {
            checkpoint = checkpoint.withBootId("another");
        }
        // A log that was never used has no checkpoint.
        if (checkpoint != LogCheckpoint.NONE) {
            (hasPoint ? checkpoint : checkpoint.withoutPoint()).write(logFolder, false);
        }
        damage(logFolder, point, new Random(damageSeed));
        final RecordingObserver seen = new RecordingObserver();
        final TreeMap<Long, Integer> batches;
        final List<Long> byTimestamp = new ArrayList<>();
        final long startOffset;
        final long endOffset;
        final int readBatches;
        try (Storage opened = new MmapStorageProvider().create(new StorageContext(copy, clock, Map.of()))) {
            opened.open();
            final PartitionLog log = opened.openLog(ID, config, seen);
            readBatches = seen.batchesSinceRestore();
            startOffset = log.logStartOffset();
            endOffset = log.logEndOffset();
            batches = FaultRun.readAll(log);
            for (long timestampMs = 990; timestampMs < 1_510; timestampMs += 10) {
                byTimestamp.add(log.findByTimestamp(timestampMs, startOffset));
            }
            byTimestamp.add(log.findMaxTimestamp(0));
            final Random appends = new Random(damageSeed);
            for (int i = 0; i < 10; i++) {
                assertThat(log.append(batch(appends), 0, null)).isGreaterThanOrEqualTo(endOffset);
            }
        }
        return new Found(
                startOffset,
                endOffset,
                batches,
                seen.batches(),
                byTimestamp,
                files(logFolder, !wasClosed),
                readBatches);
    }

    /** Damages the end of the last segment, but nothing before the point. */
    private static void damage(final Path logFolder, final RecoveryPoint point, final Random random)
            throws IOException {
        final Path last;
        try (Stream<Path> files = Files.list(logFolder)) {
            last =
                    files
                            .filter(file -> file.toString().endsWith(LogFiles.LOG_SUFFIX))
                            .sorted()
                            .toList()
                            .reversed()
                            .stream()
                            .findFirst()
                            .orElse(null);
        }
        if (last == null || random.nextBoolean()) {
            return;
        }
        final int sizeBytes = (int) Files.size(last);
        final int from = point != null && last.endsWith(LogFiles.name(point.baseOffset(), LogFiles.LOG_SUFFIX))
                ? point.sizeBytes()
                : 0;
        if (from >= sizeBytes) {
            return;
        }
        final int at = random.nextInt(from, sizeBytes);
        // A closed segment is trusted if its size is right.
        if (LogCheckpoint.read(logFolder).cleanSizeBytes() == sizeBytes || random.nextBoolean()) {
            cut(last, at);
        } else {
            flipChecked(last, at);
        }
    }

    /** Flips a bit that is covered by the checksum of its batch. */
    private static void flipChecked(final Path file, final int position) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        int start = 0;
        while (start + RecordBatchHeader.sizeBytes(bytes, start) <= position) {
            start += RecordBatchHeader.sizeBytes(bytes, start);
        }
        flip(file, Math.max(position, start + RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET));
    }

    private static String hex(final byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static long crcOf(final byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    private static Map<String, String> files(final Path logFolder, final boolean hasIndexes) throws IOException {
        final Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(logFolder)) {
            for (final Path file : files.toList()) {
                final String name = file.getFileName().toString();
                if (name.endsWith(LogFiles.LOG_SUFFIX) || hasIndexes && name.endsWith("index")) {
                    final byte[] bytes = Files.readAllBytes(file);
                    contents.put(name, name.endsWith("index") ? hex(bytes) : "crc " + crcOf(bytes));
                }
            }
        }
        return contents;
    }

    private static void copyTree(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void deleteTree(final Path top) throws IOException {
        if (Files.exists(top)) {
            try (Stream<Path> files = Files.walk(top)) {
                for (final Path file : files.toList().reversed()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void killAtSteps(final long seed) throws IOException {
        final FaultyDisk sound = new FaultyDisk(Files.createDirectory(home.resolve("sound" + seed)), seed);
        new FaultRun(sound, seed, true).run(STEPS);
        final FaultyDisk disk = new FaultyDisk(Files.createDirectory(home.resolve("killed" + seed)), seed);
        final FaultRun run = new FaultRun(disk, seed, true);
        final Random random = new Random(seed);
        final int stride = Math.max(1, (int) sound.steps() / KILLS * 2);
        for (int step = random.nextInt(3); step < sound.steps(); step += 1 + random.nextInt(stride)) {
            final int killed = step;
            disk.beforeStep(killed, () -> checkKilled(disk, run, killed, home.resolve("step" + killed + "of" + seed)));
        }
        run.run(STEPS);
    }

    private void checkKilled(final FaultyDisk disk, final FaultRun run, final int step, final Path copy) {
        final String killed = "killed before step " + step;
        final RecordingObserver seen = new RecordingObserver();
        try (Storage opened = FaultRun.openStorage(disk.afterKill(copy))) {
            final PartitionLog log = FaultRun.openLog(opened, seen);
            final TreeMap<Long, Integer> found = FaultRun.readAll(log);
            assertThat(found).as(killed).containsAllEntriesOf(run.acknowledged());
            assertThat(seen.batches().stream().filter(batch -> batch.nextOffset() > log.logStartOffset()))
                    .as(killed)
                    .hasSameSizeAs(found.keySet());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
