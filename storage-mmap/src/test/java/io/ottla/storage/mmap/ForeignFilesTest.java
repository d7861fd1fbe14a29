package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageException;
import io.ottla.testkit.DiskFault;
import io.ottla.testkit.FaultyDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that foreign files are neither deleted nor renamed, whatever their suffix, and that links are not followed.
 * Apache Kafka deletes a folder whose name ends in {@code -delete} with all that is in it, and each file in a log's
 * folder that ends in {@code .deleted}, {@code .cleaned} or {@code .swap}.
 */
final class ForeignFilesTest extends LogFixture {
    private static final String DELETED = ID.topicId() + "-7.deleted";
    private static final String STRAY = "orders-7.0123456789abcdef0123456789abcdef-stray";

    /** A folder elsewhere with a file whose name is one of a log's. */
    private Path outside;

    @BeforeEach
    void makeOutside() throws IOException {
        outside = Files.createDirectory(home.resolve("outside"));
        Files.writeString(outside.resolve("00000000000000000000.log"), "mine");
    }

    private void assertOutsideIsWhole() {
        assertThat(outside.resolve("00000000000000000000.log")).hasContent("mine");
    }

    private static Path folderOf(final Path parent, final String name, final String file) throws IOException {
        final Path made = Files.createDirectory(parent.resolve(name));
        Files.writeString(made.resolve(file), "mine");
        return made.resolve(file);
    }

    private void reopen(final Map<String, String> properties) {
        storage.close();
        storage = newStorage(properties);
        storage.open();
    }

    @Test
    void shouldLeaveFoldersOfOthersAloneWhenOpened() throws IOException {
        final Path backup = folderOf(folder, "backup.deleted", "notes.txt");
        final Path dated = folderOf(folder, "backup-2026", "notes.txt");
        final Path almost = folderOf(folder, ID.topicId() + "-x.deleted", "notes.txt");
        final Path file = Files.writeString(folder.resolve("1" + DELETED), "mine");
        final Path ours = Files.writeString(folder.resolve(DELETED), "of the right name, and no folder");
        final Path stray = folderOf(folder, "lost-stray", "notes.txt");

        reopen(Map.of(MmapStorageProvider.STRAY_RETENTION_MS_KEY, "0"));
        storage.setAsideStrays(Set.of());
        storage.deleteDue();

        assertThat(backup).hasContent("mine");
        assertThat(dated).hasContent("mine");
        assertThat(dated.resolveSibling(CompactedMark.NAME)).doesNotExist();
        assertThat(almost).hasContent("mine");
        assertThat(file).hasContent("mine");
        assertThat(ours).isRegularFile();
        assertThat(stray).hasContent("mine");
        assertThat(storage.logs()).isEmpty();
    }

    @Test
    void shouldLeaveFoldersOfOthersAloneWhenConverted() throws IOException {
        final Path dated = folderOf(folder, "backup-2026", "notes.txt");
        storage.close();
        Files.writeString(folder.resolve(MmapStorage.FORMAT_NAME), "storage=mmap\nformat.version=1\n");
        storage = newStorage(Map.of());
        storage.open();

        assertThat(dated.getParent()).isDirectoryNotContaining("glob:**log.compacted");
    }

    @Test
    void shouldNotFollowLinksWhenOpened() throws IOException {
        Files.createSymbolicLink(folder.resolve("x.deleted"), outside);
        Files.createSymbolicLink(folder.resolve(DELETED), outside);
        Files.createSymbolicLink(folder.resolve(STRAY), outside);

        reopen(Map.of(MmapStorageProvider.STRAY_RETENTION_MS_KEY, "0"));
        storage.setAsideStrays(Set.of());
        storage.deleteDue();

        assertOutsideIsWhole();
        assertThat(folder.resolve(DELETED)).isSymbolicLink();
    }

    @Test
    void shouldDeleteOnlyFilesOfALogWhenItsFolderIsDeleted() throws IOException {
        append(open(), 8);
        Files.writeString(logFolder().resolve("notes.txt"), "mine");
        Files.createSymbolicLink(
                logFolder().resolve("00000000000000000099.log"), outside.resolve("00000000000000000000.log"));

        storage.deleteLog(ID);

        final Path deleted = folder.resolve(DELETED);
        assertThat(deleted.resolve("notes.txt")).hasContent("mine");
        assertThat(deleted.resolve("00000000000000000000.log")).doesNotExist();
        assertOutsideIsWhole();
        reopen(Map.of());
        assertThat(deleted.resolve("notes.txt")).hasContent("mine");
        Files.delete(deleted.resolve("notes.txt"));
        Files.delete(deleted.resolve("00000000000000000099.log"));
        reopen(Map.of());
        assertThat(deleted).doesNotExist();
    }

    @Test
    void shouldNotEmptyTheFolderThatALogsFolderIsALinkTo() throws IOException {
        append(open(), 3);
        storage.close();
        final Path moved = home.resolve("moved");
        Files.move(logFolder(), moved);
        Files.createSymbolicLink(logFolder(), moved);
        storage = newStorage(Map.of());
        storage.open();
        assertThat(offsets(open())).containsExactly(0L, 1L, 2L);

        storage.deleteLog(ID);

        assertThat(moved.resolve("00000000000000000000.log")).isNotEmptyFile();
        assertThat(storage.logs()).isEmpty();
        append(open(), 1);
    }

    @Test
    void shouldLeaveFilesOfOthersAloneWhenALogIsOpened() throws IOException {
        append(open(), 8);
        storage.close();
        final String[] names = {
            "notes.tmp",
            "notes.deleted",
            "00000000000000000000.index.deleted",
            "0.log.deleted",
            "notes.cleaned",
            "notes.swap",
            "00000000000000000000.log.swap",
            "00000000000000000003-00000000000000000000.log.swap",
            "+0000000000000000003.log",
            "notes.index"
        };
        for (final String name : names) {
            Files.writeString(logFolder().resolve(name), "mine");
        }
        storage = newStorage(Map.of());
        storage.open();

        final PartitionLog log = open();

        assertThat(offsets(log)).hasSize(8);
        append(log, 4);
        log.trimTo(9);
        for (final String name : names) {
            assertThat(logFolder().resolve(name)).hasContent("mine");
        }
    }

    @Test
    void shouldNotFollowLinksWhenALogIsOpened() throws IOException {
        append(open(), 8);
        storage.close();
        final Path target = outside.resolve("00000000000000000000.log");
        final String[] names = {
            "00000000000000000000.log.deleted",
            "00000000000000000000.log.cleaned",
            "00000000000000000000-00000000000000000006.log.swap",
            "log.checkpoint.tmp",
            "log.compacted.tmp",
            "partition.metadata.tmp",
            "00000000000000000006.observer.tmp"
        };
        for (final String name : names) {
            Files.createSymbolicLink(logFolder().resolve(name), target);
        }
        Files.createSymbolicLink(folder.resolve(MmapStorage.FORMAT_NAME + ".tmp"), target);
        Files.writeString(folder.resolve(MmapStorage.FORMAT_NAME), "storage=mmap\nformat.version=1\n");
        Files.delete(logFolder().resolve(LogFolder.METADATA_NAME));
        storage = newStorage(Map.of());
        storage.open();

        final PartitionLog log = open();

        assertThat(offsets(log)).hasSize(8);
        append(log, 4);
        log.close();
        assertOutsideIsWhole();
        assertThat(open().logEndOffset()).isEqualTo(12);
    }

    @Test
    void shouldOpenWhenALeftoverCanNotBeDeleted() throws IOException {
        append(open(), 8);
        storage.close();
        folderOf(logFolder(), "00000000000000000000.log.deleted", "notes.txt");
        folderOf(logFolder(), "00000000000000000000.index.cleaned", "notes.txt");
        folderOf(folder, DELETED, "notes.txt");
        storage = newStorage(Map.of());
        storage.open();

        assertThat(offsets(open())).hasSize(8);
    }

    @Test
    void shouldOpenWhenTheDeviceFailsToDelete() throws IOException {
        final long without = stepsOfOpening(-1);
        folderOf(folder, DELETED, "00000000000000000000.log");
        final long with = stepsOfOpening(-1);
        assertThat(folder.resolve(DELETED)).doesNotExist();
        assertThat(with).isGreaterThan(without);
        for (long step = without; step < with; step++) {
            folderOf(folder, DELETED, "00000000000000000000.log");
            stepsOfOpening(step);
            stepsOfOpening(-1);
            assertThat(folder.resolve(DELETED)).doesNotExist();
        }
    }

    /** Opens the storage on a disk that fails at a step, and returns the number of steps. */
    private long stepsOfOpening(final long failingStep) throws IOException {
        storage.close();
        final Path real = folder;
        final FaultyDisk disk = new FaultyDisk(real, 1);
        if (failingStep >= 0) {
            disk.failAt(failingStep, DiskFault.NAME_ERROR);
        }
        folder = disk.root();
        storage = newStorage(Map.of());
        folder = real;
        storage.open();
        final long steps = disk.steps();
        storage.close();
        return steps;
    }

    @Test
    void shouldServeTheNextTopicOfANameWhenTheFormersDeletionFailed() throws IOException {
        storage.close();
        final FaultyDisk disk = new FaultyDisk(Files.createDirectory(home.resolve("faulty")), 1);
        folder = disk.root();
        storage = newStorage(Map.of());
        storage.open();
        append(open(LogConfig.DEFAULT), 2);
        disk.failAt(disk.steps(), DiskFault.NAME_ERROR);
        assertThatThrownBy(() -> storage.deleteLog(ID)).isInstanceOf(StorageException.class);
        final LogId next = new LogId(new UUID(1, 1), ID.topic(), ID.partition());

        final PartitionLog log = storage.openLog(next, THREE_BATCHES, observer);

        append(log, 1);
        assertThat(storage.logs()).containsExactly(next);
        assertThat(Files.exists(logFolder(), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
}
