package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.DiskFault;
import io.ottla.testkit.FaultyDisk;
import io.ottla.testkit.RecordingObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests every fault of a disk at every step of a run, kills and power failures: acknowledged records exist afterwards,
 * flushed records survive a power failure, and lost records are reported.
 *
 * <p>A failure prints its seed; the system property {@code ottla.seed} runs that one only, and {@code ottla.sequences}
 * is the number of runs.
 */
final class DiskFaultTest {
    private static final int STEPS = 40;
    private static final int SEEDS_DEFAULT = 1;
    private static final int FAULTS_PER_SEED = 25;

    @TempDir
    Path home;

    private int folderCount;

    private interface Case {
        void run(long seed) throws IOException;
    }

    private static void forSeeds(final int factor, final Case body) throws IOException {
        final Long given = Long.getLong("ottla.seed");
        final long first = given == null ? new Random().nextLong() : given;
        final int count = given == null ? factor * Integer.getInteger("ottla.sequences", SEEDS_DEFAULT) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                body.run(seed);
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError(e.getMessage() + "\nwith -Dottla.seed=" + seed, e);
            }
        }
    }

    private Path newFolder() {
        return home.resolve(Integer.toString(++folderCount));
    }

    private FaultyDisk newDisk(final long seed) throws IOException {
        return new FaultyDisk(Files.createDirectory(newFolder()), seed);
    }

    @ParameterizedTest
    @EnumSource(DiskFault.class)
    void shouldHaveWhatWasAcknowledgedWhenAnyStepHasFault(final DiskFault fault) throws IOException {
        forSeeds(1, seed -> {
            final FaultyDisk sound = newDisk(seed);
            final boolean canTruncate = fault != DiskFault.BIT_FLIP;
            new FaultRun(sound, seed, canTruncate).run(STEPS);
            final int total = (int) sound.steps();
            final Random random = new Random(seed);
            for (int i = 0; i < FAULTS_PER_SEED; i++) {
                final int step = random.nextInt(total);
                try {
                    runWithFault(seed, fault, step, canTruncate);
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError(fault + " at step " + step + ": " + e.getMessage(), e);
                }
            }
        });
    }

    private void runWithFault(final long seed, final DiskFault fault, final int step, final boolean canTruncate)
            throws IOException {
        final FaultyDisk disk = newDisk(seed);
        disk.failAt(step, fault);
        final FaultRun run = new FaultRun(disk, seed, canTruncate);
        run.run(STEPS);
        checkAfterKill(disk, run);
    }

    /**
     * Tests that an operation that failed before any write can be retried: an append, a roll, a flush, a compaction's
     * swap or an opening. After such a failure Apache Kafka takes the whole log directory offline, and stops if it was
     * the only one.
     */
    @Test
    void shouldTakeAppendsWithoutOpeningAgainWhenFilesCouldNotBeOpenedOnceAtAnyStep() throws IOException {
        forSeeds(1, seed -> {
            final FaultyDisk sound = newDisk(seed);
            new FaultRun(sound, seed, true, true).run(STEPS);
            for (int step = 0; step < sound.steps(); step++) {
                try {
                    final FaultyDisk disk = newDisk(seed);
                    disk.failAt(step, DiskFault.TOO_MANY_FILES);
                    final FaultRun run = new FaultRun(disk, seed, true, true);
                    run.run(STEPS);
                    assertThat(run.failures()).isZero();
                    checkAfterKill(disk, run);
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError("at step " + step + ": " + e.getMessage(), e);
                }
            }
        });
    }

    private void checkAfterKill(final FaultyDisk disk, final FaultRun run) throws IOException {
        try (Storage storage = FaultRun.openStorage(disk.afterKill(newFolder()))) {
            final RecordingObserver observer = new RecordingObserver();
            final PartitionLog log = FaultRun.openLog(storage, observer);
            run.check(log);
            final TreeMap<Long, Integer> found = FaultRun.readAll(log);
            assertThat(found).as("after a kill").containsAllEntriesOf(run.acknowledged());
            if (run.rewrittenTo() == 0) {
                assertThat(observer.batches().stream().filter(batch -> batch.nextOffset() > log.logStartOffset()))
                        .as("observed")
                        .hasSameSizeAs(found.keySet());
            }
            assertThat(log.append(new BatchBuilder().build(), 0, null)).isEqualTo(log.logEndOffset() - 1);
        }
    }

    @Test
    void shouldHaveWhatWasFlushedWhenPowerIsLost() throws IOException {
        forSeeds(12, seed -> {
            final Random random = new Random(seed);
            final FaultyDisk disk = newDisk(seed);
            if (random.nextInt(3) == 0) {
                disk.failAt(random.nextInt(400), DiskFault.SYNC_ERROR);
            }
            final FaultRun run = new FaultRun(disk, seed, true);
            run.run(random.nextInt(STEPS));
            for (int i = 0; i < 4; i++) {
                checkAfterPowerLoss(disk.afterPowerLoss(newFolder(), i == 0), run);
            }
        });
    }

    /**
     * Tests that a log without truncations keeps its records up to some offset. (A power failure may undo an unflushed
     * truncation.)
     */
    @Test
    void shouldHaveNoOtherHolesThanCompactionLeftWhenPowerIsLost() throws IOException {
        forSeeds(12, seed -> {
            final Random random = new Random(seed);
            final FaultyDisk measured = newDisk(seed);
            new FaultRun(measured, seed, false, true).run(STEPS);
            final FaultyDisk disk = newDisk(seed);
            final FaultRun run = new FaultRun(disk, seed, false, true);
            for (int i = 0; i < 8; i++) {
                final boolean keepsNothing = random.nextInt(4) == 0;
                disk.beforeStep(random.nextLong(measured.steps()), () -> checkHoles(disk, run, keepsNothing));
            }
            run.run(STEPS);
        });
    }

    private void checkHoles(final FaultyDisk disk, final FaultRun run, final boolean keepsNothing) {
        try {
            final Path left = disk.afterPowerLoss(newFolder(), keepsNothing);
            otherBoot(left);
            for (int i = 0; i < 2; i++) {
                try (Storage storage = FaultRun.openStorage(left)) {
                    final PartitionLog log = FaultRun.openLog(storage, new RecordingObserver());
                    final TreeMap<Long, Integer> found = FaultRun.readAll(log);
                    assertThat(found)
                            .as("flushed up to %d, rewritten up to %d", run.flushedEnd(), run.rewrittenTo())
                            .containsAllEntriesOf(run.acknowledged().headMap(run.flushedEnd()))
                            .containsAllEntriesOf(run.acknowledged().headMap(log.logEndOffset()));
                    assertThat(log.logEndOffset()).isGreaterThanOrEqualTo(run.flushedEnd());
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkAfterPowerLoss(final Path folder, final FaultRun run) throws IOException {
        otherBoot(folder);
        final Map<Long, Integer> expected = run.acknowledged().headMap(run.flushedEnd());
        try (Storage storage = FaultRun.openStorage(folder)) {
            final RecordingObserver observer = new RecordingObserver();
            final PartitionLog log = FaultRun.openLog(storage, observer);
            final TreeMap<Long, Integer> found = FaultRun.readAll(log);
            assertThat(found).as("after a loss of power").containsAllEntriesOf(expected);
            final long end = log.logEndOffset();
            assertThat(log.append(new BatchBuilder().build(), 0, null)).isEqualTo(end);
        }
    }

    /** Simulates a restart of the machine. */
    static void otherBoot(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file :
                    files.filter(each -> each.endsWith(LogCheckpoint.NAME)).toList()) {
                final LogCheckpoint checkpoint = LogCheckpoint.read(file.getParent());
                if (checkpoint != LogCheckpoint.NONE && !checkpoint.bootId().isEmpty()) {
                    checkpoint.withBootId("another").write(file.getParent(), false);
                }
            }
        }
    }

    @Test
    void shouldNeverGiveOtherRecordsWhenAnyBitIsFlipped() throws IOException {
        forSeeds(20, seed -> {
            final Random random = new Random(seed);
            final FaultyDisk disk = newDisk(seed);
            final FaultRun run = new FaultRun(disk, seed, true);
            run.run(STEPS);
            for (int i = 0; i < 5; i++) {
                final Path folder = disk.afterKill(newFolder());
                final String flipped = flipAnyBit(folder, random);
                try {
                    checkAfterFlip(folder, run);
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError(flipped + ": " + e.getMessage(), e);
                }
            }
        });
    }

    private static String flipAnyBit(final Path folder, final Random random) throws IOException {
        final List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .sorted()
                    .toList();
        }
        final Path file = files.get(random.nextInt(files.size()));
        final byte[] bytes = Files.readAllBytes(file);
        final int at = random.nextInt(bytes.length);
        bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        Files.write(file, bytes);
        return "bit flipped at " + at + " of " + file;
    }

    private static void checkAfterFlip(final Path folder, final FaultRun run) throws IOException {
        try (Storage storage = FaultRun.openStorage(folder)) {
            final PartitionLog log = FaultRun.openLog(storage, new RecordingObserver());
            for (final Map.Entry<Long, Integer> batch : run.acknowledged().entrySet()) {
                checkOne(log, batch.getKey(), batch.getValue());
            }
        } catch (final StorageException e) {
            assertThat(e).hasMessageContaining(folder.toString());
        }
    }

    private static void checkOne(final PartitionLog log, final long offset, final int crc) throws IOException {
        if (offset < log.logStartOffset() || offset >= log.logEndOffset()) {
            return;
        }
        final var payload = log.read(offset, log.logEndOffset(), 1, true);
        final var bytes = payload.toByteBuffer();
        payload.release();
        final boolean isSound = bytes.remaining() >= RecordBatchHeader.SIZE
                && BatchBuilder.crcOf(bytes) == RecordBatchHeader.crc(bytes, 0);
        // The client verifies the checksum, too; a batch that passes must be the right one.
        if (isSound && RecordBatchHeader.baseOffset(bytes, 0) == offset) {
            assertThat(RecordBatchHeader.crc(bytes, 0)).isEqualTo(crc);
        }
    }
}
