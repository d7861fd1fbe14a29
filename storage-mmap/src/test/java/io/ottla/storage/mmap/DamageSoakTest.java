package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageException;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.RecordingObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages one file of a log, opens it, and compares all answers with those of the undamaged log. Damage to data derived
 * from the batches (indexes, snapshots) must not change any answer. With damaged batches, an answer is the right one,
 * an error, or a batch with a wrong checksum, which a client detects.
 *
 * <p>Apache Kafka checks indexes only after an unclean stop, and only their last entry; it returns the wrong data of a
 * damaged one.
 *
 * <p>{@code ottla.damages} is the number of damages. A failure prints its seed; the system property {@code ottla.seed}
 * runs that one only.
 */
final class DamageSoakTest {
    private static final int DAMAGES_DEFAULT = 240;
    private static final int LOGS = 6;
    private static final int BATCHES = 90;
    private static final LogConfig CONFIG = new LogConfig(5_000, Long.MAX_VALUE, 150);

    @TempDir
    Path home;

    /** The answers of an undamaged log. */
    private record Answers(
            long startOffset, long endOffset, TreeMap<Long, Integer> batches, List<Long> byTime, long latest) {}

    private enum Mode {
        /** The log was closed. */
        CLEAN,
        /** The process was killed. */
        KILLED
    }

    @Test
    void shouldAnswerAsBeforeOrWithAnErrorWhenAnyFileIsDamaged() throws IOException {
        final Long given = Long.getLong("ottla.seed");
        final int count = given == null ? Integer.getInteger("ottla.damages", DAMAGES_DEFAULT) : 1;
        final long first = given == null ? new Random().nextLong() : given;
        System.out.println("damages: " + count + ", first seed: " + first);
        final Map<String, Integer> kinds = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            final long seed = first + i;
            kinds.merge(damageOnce(seed), 1, Integer::sum);
        }
        System.out.println("as before or with an error: " + kinds);
    }

    private String damageOnce(final long seed) throws IOException {
        // Random sequences of neighbouring seeds are similar.
        final Random random = new Random(new SplittableRandom(seed).nextLong());
        final Mode mode = Mode.values()[random.nextInt(Mode.values().length)];
        final int which = random.nextInt(LOGS);
        final Path original = home.resolve(mode + "-" + which);
        if (!Files.exists(original)) {
            make(original, mode, which);
        }
        final Answers expected = expected(original);
        final Path copy = home.resolve("damaged");
        deleteAll(copy);
        copyAll(original, copy);
        final String damage = new Damage(random, copy.resolve("faulty-3")).inflict();
        try {
            check(copy, expected, damage);
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError(
                    mode + " log " + which + ", " + damage + ": " + e + "\nwith -Dottla.seed=" + seed, e);
        }
        return damage.substring(0, damage.indexOf(' '));
    }

    private void make(final Path folder, final Mode mode, final int which) throws IOException {
        final Path live = home.resolve("live");
        deleteAll(live);
        final Random random = new Random(which);
        final Storage storage = open(live);
        final PartitionLog log = openLog(storage);
        long timestampMs = 1_000_000;
        for (int i = 0; i < BATCHES; i++) {
            // In half of the logs time goes back now and then, or stands still.
            timestampMs += which % 2 == 0 ? 1 + random.nextInt(50) : random.nextInt(60) - 20;
            final ByteBuffer batch = new BatchBuilder()
                    .records(random.nextInt(1, 4))
                    .value(random.nextInt(200), (byte) random.nextInt(256))
                    .timestamp(timestampMs)
                    .build();
            assertThat(log.append(batch, 0, null)).isNotNegative();
            if (i == BATCHES / 3) {
                log.trimTo(log.logEndOffset() / 4);
            } else if (i == BATCHES - 3) {
                log.checkpoint(1).run();
            }
        }
        if (mode == Mode.KILLED) {
            copyAll(live, folder);
            storage.close();
        } else {
            storage.close();
            copyAll(live, folder);
        }
    }

    private final Map<Path, Answers> known = new TreeMap<>();

    private Answers expected(final Path original) throws IOException {
        Answers answers = known.get(original);
        if (answers == null) {
            final Path copy = home.resolve("sound");
            deleteAll(copy);
            copyAll(original, copy);
            try (Storage storage = open(copy)) {
                answers = answers(openLog(storage));
            }
            assertThat(answers.batches).hasSizeGreaterThan(BATCHES / 2);
            known.put(original, answers);
        }
        return answers;
    }

    private static Storage open(final Path folder) {
        final Storage storage =
                new MmapStorageProvider().create(new StorageContext(folder, new ManualClock(), Map.of()));
        storage.open();
        return storage;
    }

    private static PartitionLog openLog(final Storage storage) {
        return storage.openLog(FaultRun.ID, CONFIG, new RecordingObserver());
    }

    private static Answers answers(final PartitionLog log) throws IOException {
        final TreeMap<Long, Integer> batches = FaultRun.readAll(log);
        final List<Long> byTime = new ArrayList<>();
        for (final long timestampMs : times()) {
            byTime.add(log.findByTimestamp(timestampMs, 0));
        }
        return new Answers(log.logStartOffset(), log.logEndOffset(), batches, byTime, log.findMaxTimestamp(0));
    }

    private static List<Long> times() {
        final List<Long> times = new ArrayList<>();
        for (long timestampMs = 999_000; timestampMs < 1_004_000; timestampMs += 7) {
            times.add(timestampMs);
        }
        return times;
    }

    private static void check(final Path folder, final Answers expected, final String damage) throws IOException {
        final boolean isOfBatches = damage.contains(".log ");
        final boolean isOfCheckpoint = damage.contains(LogCheckpoint.NAME);
        try (Storage storage = open(folder)) {
            final PartitionLog log = openLog(storage);
            if (!isOfBatches) {
                assertThat(log.logEndOffset()).as("end").isEqualTo(expected.endOffset);
            }
            if (isOfCheckpoint) {
                // The log start offset is lost, so the log may start earlier.
                assertThat(log.logStartOffset()).as("start").isLessThanOrEqualTo(expected.startOffset);
            } else {
                assertThat(log.logStartOffset()).as("start").isEqualTo(expected.startOffset);
            }
            boolean isSound = log.logEndOffset() == expected.endOffset;
            for (long offset = expected.startOffset; offset < log.logEndOffset(); offset++) {
                isSound &= checkRead(log, offset, expected.batches, isOfBatches);
            }
            if (isSound && !isOfCheckpoint) {
                for (int i = 0; i < times().size(); i++) {
                    assertThat(log.findByTimestamp(times().get(i), 0))
                            .as("the first batch from %d on", times().get(i))
                            .isEqualTo(expected.byTime.get(i));
                }
                assertThat(log.findMaxTimestamp(0)).as("the latest").isEqualTo(expected.latest);
            }
            // The log is not needed on the disk.
            log.abandon();
        } catch (final StorageException e) {
            assertThat(isOfBatches).as("an error, " + e).isTrue();
        }
    }

    /** Checks a read; returns false if a client detects the damage. */
    private static boolean checkRead(
            final PartitionLog log, final long offset, final TreeMap<Long, Integer> batches, final boolean mayFail)
            throws IOException {
        final Payload payload;
        try {
            payload = log.read(offset, log.logEndOffset(), 1, true);
        } catch (final StorageException e) {
            assertThat(mayFail).as("an error, " + e).isTrue();
            return false;
        }
        final ByteBuffer batch = payload.toByteBuffer();
        payload.release();
        assertThat(batch.remaining()).as("bytes at %d", offset).isGreaterThanOrEqualTo(RecordBatchHeader.SIZE);
        if (mayFail && RecordBatchHeader.crc(batch, 0) != BatchBuilder.crcOf(batch)) {
            return false;
        }
        final Map.Entry<Long, Integer> expected = batches.floorEntry(offset);
        if (mayFail && RecordBatchHeader.baseOffset(batch, 0) > offset) {
            // The rest of a segment is lost, which was logged when the log was opened.
            return false;
        }
        if (mayFail && RecordBatchHeader.baseOffset(batch, 0) != expected.getKey()) {
            // The offset of a batch is not in its checksum, in Kafka's format.
            assertThat(batches).containsValue(RecordBatchHeader.crc(batch, 0));
            return false;
        }
        assertThat(RecordBatchHeader.baseOffset(batch, 0))
                .as("batch of %d", offset)
                .isEqualTo(expected.getKey());
        assertThat(RecordBatchHeader.crc(batch, 0)).as("batch of %d", offset).isEqualTo(expected.getValue());
        return true;
    }

    private static void copyAll(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void deleteAll(final Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> {
                    try {
                        Files.delete(file);
                    } catch (final IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    /** Damages a file. */
    private record Damage(Random random, Path folder) {
        String inflict() throws IOException {
            final List<Path> files;
            try (Stream<Path> all = Files.list(folder)) {
                files = all.filter(file -> file.toFile().length() > 0 && !file.endsWith(LogFolder.METADATA_NAME))
                        .sorted()
                        .toList();
            }
            final Path file = files.get(random.nextInt(files.size()));
            final byte[] former = Files.readAllBytes(file);
            byte[] bytes = former.clone();
            final String kind;
            switch (random.nextInt(6)) {
                case 0 -> {
                    kind = "flip";
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                }
                case 1 -> {
                    kind = "zeros";
                    final int from = random.nextInt(bytes.length);
                    Arrays.fill(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(64)), (byte) 0);
                }
                case 2 -> {
                    kind = "cut";
                    bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
                }
                case 3 -> {
                    kind = "swap";
                    final int size = file.toString().endsWith(LogFiles.TIME_INDEX_SUFFIX)
                            ? TimeIndex.ENTRY_BYTES
                            : OffsetIndex.ENTRY_BYTES;
                    final int count = bytes.length / size;
                    if (count > 1) {
                        final int one = random.nextInt(count) * size;
                        final int other = random.nextInt(count) * size;
                        System.arraycopy(former, one, bytes, other, size);
                        System.arraycopy(former, other, bytes, one, size);
                    }
                }
                case 4 -> {
                    kind = "noise";
                    final int from = random.nextInt(bytes.length);
                    for (int i = from; i < Math.min(bytes.length, from + 1 + random.nextInt(40)); i++) {
                        bytes[i] = (byte) random.nextInt(256);
                    }
                }
                default -> {
                    kind = "foreign";
                    final Path other = files.get(random.nextInt(files.size()));
                    bytes = Files.readAllBytes(other);
                }
            }
            Files.write(file, bytes);
            return kind + " of " + file.getFileName() + " (" + former.length + " bytes, now " + bytes.length + ")";
        }
    }
}
