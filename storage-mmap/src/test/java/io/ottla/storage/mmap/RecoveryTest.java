package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the reads when a log is opened, and the handling of damage. */
final class RecoveryTest extends LogFixture {
    @Test
    void shouldReadNothingWhenLogWasClosed() throws IOException {
        append(open(), 8);
        storage.close();
        // The records are not read, so the damage is not detected.
        flip(file(6, ".log"), BATCH_BYTES + 70);
        openStorage();
        final PartitionLog log = open();
        assertThat(observer.batches()).hasSize(8);
        assertThat(observer.batchesSinceRestore()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(8);
        assertThat(log.findByTimestamp(1_007, 0)).isEqualTo(7);
    }

    @Test
    void shouldWriteNothingWhenLogIsOpenedAndClosed() throws IOException {
        append(open(), 8);
        storage.close();
        final List<String> before = listing();
        for (int i = 0; i < 2; i++) {
            openStorage();
            final PartitionLog log = open();
            assertThat(log.findByTimestamp(1_007, 0)).isEqualTo(7);
            assertThat(offsets(log)).hasSize(8);
            storage.close();
            assertThat(listing()).isEqualTo(before);
        }
    }

    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.list(logFolder())) {
            return files.sorted()
                    .map(file -> file.getFileName() + " " + file.toFile().length() + " "
                            + file.toFile().lastModified())
                    .toList();
        }
    }

    @Test
    void shouldReadOnlyLastSegmentWhenKilled() throws IOException {
        append(open(), 8);
        crash();
        // A sealed segment is trusted.
        flip(file(3, ".log"), BATCH_BYTES + 70);
        storage.open();
        final PartitionLog log = open();
        assertThat(observer.batches()).hasSize(8);
        assertThat(observer.batchesSinceRestore()).isEqualTo(2);
        assertThat(log.logEndOffset()).isEqualTo(8);
        append(log, 5);
    }

    @Test
    void shouldReadOnlyWhatWasNotFlushedWhenMachineWentDown() throws IOException {
        final PartitionLog log = open();
        append(log, 4);
        log.flush();
        append(log, 7);
        crash();
        otherBoot();
        flip(file(0, ".log"), 70);
        storage.open();
        assertThat(open().logEndOffset()).isEqualTo(11);
        assertThat(observer.batchesSinceRestore()).isEqualTo(8);
    }

    @Test
    void shouldCutLogAtFirstDamageWhenMachineWentDown() throws IOException {
        append(open(), 11);
        crash();
        otherBoot();
        flip(file(3, ".log"), BATCH_BYTES + 70);
        storage.open();
        final PartitionLog log = open();
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L);
        assertThat(observer.batches()).hasSize(4);
        assertThat(log.segments()).hasSize(2);
        append(log, 3);
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    }

    private void otherBoot() throws IOException {
        final LogCheckpoint checkpoint = LogCheckpoint.read(logFolder());
        assertThat(checkpoint.bootId()).isNotEmpty();
        checkpoint.withBootId("another").write(logFolder(), false);
    }

    @Test
    void shouldCutTornBatchWhenKilledWhileWriting() throws IOException {
        append(open(), 2);
        storage.close();
        for (int sizeBytes = 2 * BATCH_BYTES - 1; sizeBytes > BATCH_BYTES; sizeBytes -= 7) {
            cut(file(0, ".log"), sizeBytes);
            openStorage();
            PartitionLog log = open();
            assertThat(offsets(log)).containsExactly(0L);
            assertThat(observer.batches()).hasSize(1);
            assertThat(Files.size(file(0, ".log"))).isEqualTo(BATCH_BYTES);
            append(log, 1);
            log.close();
            log = open();
            assertThat(offsets(log)).containsExactly(0L, 1L);
            storage.close();
        }
    }

    @Test
    void shouldCutBatchWhenAnyOfItsCheckedBytesIsWrong() throws IOException {
        append(open(), 2);
        storage.close();
        final Path file = file(0, ".log");
        final byte[] whole = Files.readAllBytes(file);
        for (int position = 0; position < BATCH_BYTES; position++) {
            // The checksum covers neither the leader epoch nor the offset, which may grow.
            if (position >= 12 && position < 16 || position >= 4 && position < 8) {
                continue;
            }
            Files.write(file, whole);
            flip(file, BATCH_BYTES + position);
            Files.delete(logFolder().resolve(LogCheckpoint.NAME));
            openStorage();
            assertThat(open().logEndOffset()).as("byte %d", position).isEqualTo(1);
            storage.close();
        }
    }

    @Test
    void shouldEndAtLogStartWhenLastSegmentIsGone() throws IOException {
        final PartitionLog first = open();
        append(first, 8);
        first.trimTo(7);
        storage.close();
        Files.delete(file(6, ".log"));
        openStorage();
        final PartitionLog log = open();
        assertThat(log.logStartOffset()).isEqualTo(7);
        assertThat(log.logEndOffset()).isEqualTo(7);
        append(log, 2);
        assertThat(offsets(log)).containsExactly(7L, 8L);
    }

    @Test
    void shouldMakeIndexesAnewWhenTheyAreGoneOrWrong() throws IOException {
        for (int damage = 0; damage < 6; damage++) {
            append(open(), 8);
            storage.close();
            for (final long base : new long[] {0, 3, 6}) {
                for (final String suffix : List.of(".index", ".timeindex")) {
                    final Path index = file(base, suffix);
                    switch (damage) {
                        case 0 -> Files.delete(index);
                        case 1 -> Files.write(index, new byte[(int) Files.size(index)]);
                        case 2 -> Files.write(index, new byte[5000]);
                        case 3 -> cut(index, 1);
                        case 4 -> flip(index, (int) Files.size(index) - 1);
                        default -> flip(index, (int) Files.size(index) - 5);
                    }
                }
            }
            openStorage();
            final PartitionLog log = open();
            for (long offset = 0; offset < 8; offset++) {
                assertThat(log.findByTimestamp(1_000 + offset, 0))
                        .as("damage %d", damage)
                        .isEqualTo(offset);
            }
            assertThat(offsets(log)).hasSize(8);
            assertThat(log.findMaxTimestamp(0)).isEqualTo(7);
            storage.deleteLog(ID);
        }
    }

    @Test
    void shouldCompleteTrimmingWhenKilledMeanwhile() throws IOException {
        final PartitionLog log = open();
        append(log, 8);
        crash();
        new LogCheckpoint(4, 0, "", -1, -1, -1, null).write(logFolder(), false);
        storage.open();
        assertThat(offsets(open())).containsExactly(4L, 5L, 6L, 7L);
        assertThat(Files.exists(file(0, ".log"))).isFalse();
        assertThat(Files.exists(file(0, ".index"))).isFalse();
        assertThat(Files.exists(file(3, ".log"))).isTrue();
    }

    @Test
    void shouldRemoveWhatIsLeftOverWhenOpened() throws IOException {
        append(open(), 8);
        storage.close();
        final Path deleted = folder.resolve(LogFolder.deletedName(ID));
        Files.createDirectory(deleted);
        Files.write(deleted.resolve("00000000000000000000.log"), new byte[10]);
        final List<Path> leftovers = List.of(
                logFolder().resolve("log.checkpoint.tmp"),
                file(5, ".index"),
                file(5, ".timeindex"),
                file(5, ".observer"),
                file(6, ".observer.tmp"));
        for (final Path leftover : leftovers) {
            Files.write(leftover, new byte[10]);
        }
        openStorage();
        open();
        assertThat(leftovers).noneMatch(Files::exists);
        assertThat(Files.exists(deleted)).isFalse();
    }

    @Test
    void shouldForgetLogWhenKilledWhileDeletingIt() throws IOException {
        append(open(), 8);
        crash();
        Files.move(logFolder(), folder.resolve(LogFolder.deletedName(ID)));
        storage.open();
        assertThat(storage.logs()).isEmpty();
        assertThat(open().logEndOffset()).isZero();
    }

    @Test
    void shouldTakeFolderWhenKilledWhileMakingIt() throws IOException {
        Files.createDirectory(logFolder());
        storage.close();
        openStorage();
        assertThat(storage.logs()).isEmpty();
        append(open(), 1);
        assertThat(storage.logs()).containsExactly(ID);
    }

    @Test
    void shouldKeepStateThatOnlySnapshotsHaveWhenTrimmedAndKilled() throws IOException {
        final PartitionLog log = open();
        append(log, 8);
        log.trimTo(8);
        crash();
        storage.open();
        assertThat(open().logEndOffset()).isEqualTo(8);
        assertThat(observer.batches()).hasSize(8);
        assertThat(observer.batchesSinceRestore()).isZero();
    }

    @Test
    void shouldReadFurtherBackWhenSnapshotIsTorn() throws IOException {
        append(open(), 8);
        crash();
        cut(file(6, ".observer"), 30);
        storage.open();
        open();
        assertThat(observer.batches()).hasSize(8);
        assertThat(observer.batchesSinceRestore()).isEqualTo(5);
    }

    @Test
    void shouldRefuseFilesOfNewerVersions() throws IOException {
        append(open(), 1);
        storage.close();
        final Path checkpoint = logFolder().resolve(LogCheckpoint.NAME);
        final String text = Files.readString(checkpoint);
        final String later = text.substring(0, text.indexOf("crc32c=")).replace("version=1", "version=2");
        CheckedLines.write(checkpoint, new StringBuilder(later), false);
        openStorage();
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll(checkpoint.toString(), "version 2", "version 1");
        storage.close();
        Files.writeString(checkpoint, text);

        final Path format = folder.resolve(MmapStorage.FORMAT_NAME);
        Files.writeString(format, Files.readString(format).replace("version=2", "version=3"));
        assertThatThrownBy(this::openStorage)
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll(folder.toString(), "format version 3", "up to 2");
        storage.close();
        Files.writeString(format, "storage=other\nformat.version=1\n");
        assertThatThrownBy(this::openStorage)
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("'other'", "'mmap'");
    }

    @Test
    void shouldSayWhatIsWrongWhenFolderCanNotBeUsed() throws IOException {
        storage.close();
        folder = home.resolve("file");
        Files.createFile(folder);
        storage = newStorage(java.util.Map.of());
        assertThatThrownBy(storage::open).isInstanceOf(StorageException.class).hasMessageContaining(folder.toString());
        storage.close();
    }

    @Test
    void shouldMakeNoFolderWhenNameIsNotATopics() throws IOException {
        for (final String topic : List.of("", "..", "a/b", "a b", "ü")) {
            final LogId id = new LogId(new UUID(1, 1), topic, 0);
            assertThatThrownBy(() -> storage.openLog(id, THREE_BATCHES, LogObserver.NONE))
                    .isInstanceOf(StorageException.class);
        }
        assertThat(storage.logs()).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(FolderLock.NAME, MmapStorage.FORMAT_NAME);
        }
    }
}
