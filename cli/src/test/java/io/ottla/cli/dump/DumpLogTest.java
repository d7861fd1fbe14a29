package io.ottla.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Providers;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the dumps of the data folders of earlier releases, which are in the test resources. */
final class DumpLogTest {
    /** The system property with which the dumps are written again after an intended change. */
    private static final String WRITE_PROPERTY = "ottla.fixtures";

    private static final Path FIXTURES = Path.of("../storage-mmap/src/test/resources/format-1");
    private static final Path DUMPS = Path.of("src/test/resources/dump");
    private static final String FIRST = "orders-0/00000000000000000000.log";
    private static final String SECOND = "orders-0/00000000000000000015.log";
    private static final String SECOND_INDEX = "orders-0/00000000000000000015.index";
    private static final String SECOND_TIME_INDEX = "orders-0/00000000000000000015.timeindex";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(final String... args) {
        out.reset();
        err.reset();
        return DumpLog.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8).replace(folder.toString(), "DATA");
    }

    private void unpack(final String name) throws IOException {
        try (InputStream in = Files.newInputStream(FIXTURES.resolve(name + ".zip"));
                ZipInputStream entries = new ZipInputStream(in)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                final Path file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(entries, file);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "clean, --no-records, ., batches.txt",
        "clean, --json, ., clean.json",
        "clean, --hex, orders-0, hex.txt",
        "killed, --json, orders-0, killed.json"
    })
    void shouldPrintTheSameAsEverWhenTheFilesAreTheSame(
            final String fixture, final String option, final String path, final String dump) throws IOException {
        unpack(fixture);
        final int exitCode = run(option, folder.resolve(path).normalize().toString());
        if ("write".equals(System.getProperty(WRITE_PROPERTY))) {
            Files.createDirectories(DUMPS);
            Files.writeString(DUMPS.resolve(dump), said());
        }
        assertThat(exitCode).isZero();
        assertThat(said()).isEqualTo(Files.readString(DUMPS.resolve(dump)));
        assertThat(err.size()).isZero();
    }

    @Test
    void shouldSayUpToWhereALogWasCompacted() throws IOException {
        unpack("../format-2/clean");
        assertThat(run("--no-records", folder.toString())).isZero();
        assertThat(said()).containsOnlyOnce("compacted.offset").contains(" compacted.offset=15\n");
    }

    @Test
    void shouldSayThatTheEndIsNotWholeWhenBrokerWasKilled() throws IOException {
        unpack("killed");
        assertThat(run(folder.toString())).isZero();
        assertThat(said()).contains("      2 1767225600001 key \"deleted\" value null");
        assertThat(said()).contains("the last 70 bytes are not a whole batch").contains("nothing damaged");
    }

    @Test
    void shouldPrintOneBatchWhenAnOffsetIsNamed() throws IOException {
        unpack("clean");
        assertThat(run("--offset", "25", folder.resolve("orders-0").toString())).isZero();
        assertThat(said())
                .contains("offsets 20 to 29")
                .doesNotContain("offsets 19 to")
                .doesNotContain("offsets 30 to")
                .contains("1 segment, 1 batch, 1 record;");
    }

    @Test
    void shouldLeaveRecordsOutWhenToldSo() throws IOException {
        unpack("clean");
        assertThat(run("--no-records", folder.resolve(FIRST).toString())).isZero();
        assertThat(said()).contains("5 batches, 0 records").doesNotContain("key-0");
    }

    @ParameterizedTest
    @ValueSource(strings = {SECOND, SECOND_INDEX, SECOND_TIME_INDEX})
    void shouldPrintTheSegmentWhenOneOfItsFilesIsNamed(final String file) throws IOException {
        unpack("clean");
        assertThat(run(folder.resolve(file).toString())).isZero();
        assertThat(said()).contains("0 logs, 1 segment, 7 batches").contains("015.timeindex: 3 entries");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // A value in a record; the length of a record, with a right CRC; the format's version.
                FIRST + "|100|The CRC of the batch at 0 is wrong",
                FIRST + "|302|bytes at 286 are not a whole batch, and another segment follows",
                SECOND_INDEX + "|7|entry 0 says position",
                SECOND_INDEX + "|3|entry 0 says offset",
                SECOND_TIME_INDEX + "|7|entry 0 says timestamp",
                SECOND_TIME_INDEX + "|11|with which no batch ends",
                "orders-0/00000000000000000015.observer|20|the CRC is wrong",
                "orders-0/00000000000000000015.observer|15|is of offset"
            })
    void shouldSayWhatIsDamagedWhenABitIsFlipped(final String name, final int position, final String complaint)
            throws IOException {
        unpack("clean");
        final Path file = folder.resolve(name);
        final byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 0x04;
        Files.write(file, bytes);
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(said())
                .containsIgnoringCase("DAMAGED: " + file.getFileName())
                .containsIgnoringCase(complaint);
        assertThat(run("--json", folder.toString())).isEqualTo(1);
        assertThat(said()).doesNotContain("\"problems\": []");
        assertThat(run("--hex", folder.toString())).isEqualTo(1);
    }

    @Test
    void shouldSayWhatIsDamagedWhenAnIndexIsCut() throws IOException {
        unpack("clean");
        final Path index = folder.resolve(SECOND_TIME_INDEX);
        Files.write(index, java.util.Arrays.copyOf(Files.readAllBytes(index), 25));
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(said()).contains("its size, 25 bytes, is not a number of entries of 12");
    }

    @Test
    void shouldSayWhatIsMissingWhenASealedSegmentsTimeIndexLacksItsLastEntry() throws IOException {
        unpack("killed");
        final Path index = folder.resolve(SECOND_TIME_INDEX);
        Files.write(index, java.util.Arrays.copyOf(Files.readAllBytes(index), 24));
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(said()).contains("has no entry for the largest timestamp");
    }

    @Test
    void shouldReadAndChangeNothingWhenTheStorageIsInUse() throws IOException {
        final Path data = folder.resolve("data");
        try (Storage storage = Providers.find(
                        StorageProvider.class, StorageProvider.SPI_VERSION, "ottla.storage", "mmap")
                .create(new StorageContext(data, new ManualClock(), Map.of()))) {
            storage.open();
            final PartitionLog log = storage.openLog(
                    new LogId(new UUID(1, 2), "live", 0), new LogConfig(1000, Long.MAX_VALUE, 100), LogObserver.NONE);
            for (int i = 1; i <= 30; i++) {
                assertThat(log.append(new BatchBuilder().build(), log.leaderEpoch(), null))
                        .isEqualTo(i - 1);
                final Map<String, String> before = filesOf(data);
                assertThat(run(data.toString())).as(said()).isZero();
                assertThat(said())
                        .contains(
                                i == 1
                                        ? ", 1 batch, 1 record; nothing"
                                        : ", " + i + " batches, " + i + " records; nothing");
                assertThat(filesOf(data)).isEqualTo(before);
            }
        }
    }

    /** Returns each file with its time and contents. */
    private static Map<String, String> filesOf(final Path data) throws IOException {
        final Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (final Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        file.toString(),
                        Files.getLastModifiedTime(file) + " " + java.util.Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    @Test
    void shouldComplainInOneLineWhenOptionsAreWrong() throws IOException {
        assertRefused("which file or folder?");
        assertRefused("unknown option --hax", "--hax", folder.toString());
        assertRefused("--offset needs a number", "--offset");
        assertRefused("--offset needs a number", "--offset", "x", folder.toString());
        assertRefused("--hex and --json exclude each other", "--hex", "--json", folder.toString());
        assertRefused("there is no such file or folder", folder.resolve("none").toString());
        assertThat(run("--help")).isZero();
        assertThat(said()).startsWith("Usage: ottla dump-log");
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(said()).contains("neither a data folder nor a log's folder");
        assertThat(run(Files.write(folder.resolve("notes.txt"), new byte[1]).toString()))
                .isEqualTo(1);
        assertThat(said()).contains("not a file of a log");
    }

    private void assertRefused(final String complaint, final String... args) {
        assertThat(run(args)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("ottla: ")
                .contains(complaint)
                .hasLineCount(1);
        assertThat(out.size()).isZero();
    }
}
