package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.Storage;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Opens the data folders of earlier releases, and compares their contents with the descriptions next to them. Existing
 * folders are never replaced; new ones are added when the format changes: see docs/disk-format.md.
 */
final class FormatFixturesTest {
    /** The system property with which the descriptions of new folders are written. */
    private static final String WRITE_PROPERTY = "ottla.fixtures";

    private static final Path FIXTURES = Path.of("src/test/resources");

    private static final int FILES_MAX = 64;

    @TempDir
    Path temp;

    private Path folder;
    private Path bootIdFile;

    @BeforeEach
    void setUp() {
        folder = temp.resolve("data");
        bootIdFile = temp.resolve("boot_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"format-1/clean", "format-1/killed", "format-2/clean", "format-2/killed"})
    void shouldHaveTheSameLogsWhenAnEarlierReleaseMadeThem(final String name) throws IOException {
        unpack(FIXTURES.resolve(name + ".zip"));
        Files.writeString(bootIdFile, bootIdOfCheckpoints());
        final String contents = contents();
        final Path expected = FIXTURES.resolve(name + ".txt");
        if ("write".equals(System.getProperty(WRITE_PROPERTY))) {
            Files.writeString(expected, contents);
        }
        assertThat(contents).isEqualTo(Files.readString(expected));
        // And again, after this release wrote to it.
        assertThat(withoutObserver(contents())).isEqualTo(withoutObserver(contents));
        assertAppends();
    }

    /**
     * Tests a restart of the machine: writes of a killed broker may be in the page cache only, so more of the logs is
     * read.
     */
    @ParameterizedTest
    @ValueSource(strings = {"format-1/clean", "format-1/killed", "format-2/clean", "format-2/killed"})
    void shouldHaveTheSameLogsWhenTheMachineHasStartedAgainSince(final String name) throws IOException {
        unpack(FIXTURES.resolve(name + ".zip"));
        Files.writeString(bootIdFile, "another run of the machine");

        assertThat(withoutObserver(contents()))
                .isEqualTo(withoutObserver(Files.readString(FIXTURES.resolve(name + ".txt"))));
        assertAppends();
    }

    private static String withoutObserver(final String contents) {
        return contents.replaceAll("observer:.*", "");
    }

    /** Returns the boot id in the checkpoints of all logs of the folder. */
    private String bootIdOfCheckpoints() throws IOException {
        final Set<String> bootIds = new HashSet<>();
        try (DirectoryStream<Path> logFolders = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (final Path logFolder : logFolders) {
                bootIds.add(LogCheckpoint.read(logFolder).bootId());
            }
        }
        assertThat(bootIds).hasSize(1);
        return bootIds.iterator().next();
    }

    private void unpack(final Path zip) throws IOException {
        try (InputStream in = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(in)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                final Path file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(entries, file);
            }
        }
    }

    private Storage open() {
        final Storage storage = new MmapStorage(folder, new ManualClock(), FILES_MAX, FILES_MAX, -1, bootIdFile);
        storage.open();
        return storage;
    }

    private String contents() throws IOException {
        final StringBuilder text = new StringBuilder();
        try (Storage storage = open()) {
            final List<LogId> ids = storage.logs().stream()
                    .sorted(Comparator.comparing(LogId::toString))
                    .toList();
            for (final LogId id : ids) {
                final SummingObserver observer = new SummingObserver();
                final PartitionLog log = storage.openLog(id, LogConfig.DEFAULT, observer);
                text.append("%s, topic id %s: offsets %d to %d, %d bytes, last of the latest records at %d%n"
                        .formatted(
                                id,
                                id.topicId(),
                                log.logStartOffset(),
                                log.logEndOffset(),
                                log.sizeBytes(),
                                log.findMaxTimestamp(0)));
                text.append("  observer: %s%n".formatted(observer));
                for (final SegmentInfo segment : log.segments()) {
                    text.append("  %s%n".formatted(segment));
                }
                appendBatches(text, log);
            }
        }
        return text.toString();
    }

    private static void appendBatches(final StringBuilder text, final PartitionLog log) throws IOException {
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            final Payload payload = log.read(offset, Long.MAX_VALUE, 1, true);
            final ByteBuffer batch = payload.toByteBuffer();
            assertThat(BatchBuilder.crcOf(batch)).isEqualTo(RecordBatchHeader.crc(batch, 0));
            offset = RecordBatchHeader.nextOffset(batch, 0);
            text.append("  batch %d to %d, epoch %d, %d bytes, CRC %08x, latest %d, attributes %x, %d records%n"
                    .formatted(
                            RecordBatchHeader.baseOffset(batch, 0),
                            offset,
                            RecordBatchHeader.leaderEpoch(batch, 0),
                            batch.remaining(),
                            RecordBatchHeader.crc(batch, 0),
                            RecordBatchHeader.maxTimestamp(batch, 0),
                            RecordBatchHeader.attributes(batch, 0),
                            RecordBatchHeader.recordCount(batch, 0)));
            payload.release();
        }
    }

    private void assertAppends() {
        try (Storage storage = open()) {
            for (final LogId id : storage.logs()) {
                final PartitionLog log = storage.openLog(id, LogConfig.DEFAULT, LogObserver.NONE);
                final long end = log.logEndOffset();
                assertThat(log.append(new BatchBuilder().build(), log.leaderEpoch(), null))
                        .isEqualTo(end);
            }
        }
    }

    /** An observer that counts the batches after its restored snapshot. */
    private static final class SummingObserver implements LogObserver {
        private String restored = "";
        private int batchCount;
        private ByteBuffer snapshot = ByteBuffer.allocate(0);

        @Override
        public void restore(final long offset, final ByteBuffer bytes) {
            restored = "offset " + offset
                    + (bytes == null ? " without a snapshot" : " with a snapshot of " + bytes.remaining() + " bytes");
            snapshot = bytes == null ? ByteBuffer.allocate(0) : bytes;
        }

        @Override
        public void onBatch(final ByteBuffer batch) {
            batchCount++;
        }

        @Override
        public ByteBuffer snapshot() {
            return snapshot.duplicate();
        }

        @Override
        public void onRoll(final long baseOffset) {}

        @Override
        public void onHighWatermark(final long highWatermark) {}

        @Override
        public String toString() {
            return restored + ", then " + batchCount + " batches";
        }
    }
}
