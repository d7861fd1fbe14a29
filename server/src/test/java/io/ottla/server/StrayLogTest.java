package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests a log whose topic the metadata does not know. A kill during DeleteTopics leaves one: the topic is deleted, its
 * folder is not. Apache Kafka renames such a folder to {@code orders-0.<id>-stray} when it starts, logs a warning, and
 * keeps it until an operator deletes it.
 */
class StrayLogTest {
    @TempDir
    private Path home;

    private final ManualClock clock = new ManualClock();
    private String printed = "";

    private SteppedBroker start(final String... more) {
        final String[] properties = Stream.concat(
                        Stream.of("ottla.storage", "mmap", "log.dirs", data().toString()), Stream.of(more))
                .toArray(String[]::new);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream former = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            return new SteppedBroker(clock, null, properties);
        } finally {
            System.setErr(former);
            printed = bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private Path data() {
        return home.resolve("data");
    }

    private List<String> names(final String part) throws IOException {
        try (Stream<Path> files = Files.list(data())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(part))
                    .sorted()
                    .toList();
        }
    }

    /** Deletes a topic with two records, and leaves its folders like a broker that is killed before it renames them. */
    private void killDuringDeletion() throws IOException {
        try (SteppedBroker broker = start()) {
            broker.createTopic("orders", 2);
            Batches.append(broker.connect(), "orders", 0, "old0", "old1");
            Batches.append(broker.connect(), "orders", 1, "old2");
            for (int partition = 0; partition < 2; partition++) {
                copy(data().resolve("orders-" + partition), home.resolve("kept-" + partition));
            }
            Topics.delete(broker.connect(), "orders");
        }
        for (int partition = 0; partition < 2; partition++) {
            Files.move(home.resolve("kept-" + partition), data().resolve("orders-" + partition));
        }
    }

    private static void copy(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void shouldServeTopicOfTheSameNameWhenTheFormerOnesLogsAreStillThere() throws IOException {
        killDuringDeletion();
        try (SteppedBroker broker = start()) {
            broker.createTopic("orders", 3);

            assertThat(Batches.append(broker.connect(), "orders", 0, "new")).isZero();
            assertThat(Fetches.read(broker.connect(), "orders", 0, 0)).containsExactly("0:new");
            assertThat(Batches.append(broker.connect(), "orders", 1, "new")).isZero();
        }
        try (SteppedBroker broker = start()) {
            assertThat(Fetches.read(broker.connect(), "orders", 0, 0)).containsExactly("0:new");
        }
    }

    @Test
    void shouldSetStrayLogsAsideAndLogWhereTheyAre() throws IOException {
        killDuringDeletion();
        start().close();

        final List<String> strays = names("-stray");
        assertThat(strays).hasSize(2);
        assertThat(strays.get(0)).matches("orders-0\\.[0-9a-f]{32}-stray");
        assertThat(data().resolve(strays.get(0)).resolve("00000000000000000000.log"))
                .isNotEmptyFile();
        assertThat(names("orders")).isEqualTo(strays);
        assertThat(printed.lines().filter(line -> line.contains("stray")))
                .singleElement()
                .asString()
                .contains("WARN", strays.get(0), strays.get(1), "ottla.storage.mmap.stray.retention.ms");

        // One warning per start, while they take space.
        start().close();
        assertThat(names("-stray")).isEqualTo(strays);
        assertThat(printed.lines().filter(line -> line.contains("stray"))).hasSize(1);
    }

    @Test
    void shouldDeleteStrayLogsWhenTheirRetentionIsOver() throws IOException {
        final String key = "ottla.storage.mmap.stray.retention.ms";
        killDuringDeletion();
        try (SteppedBroker broker = start(key, "60000")) {
            broker.advanceMs(59_999);
            assertThat(names("-stray")).hasSize(2);
            broker.advanceMs(2_000);
            assertThat(names("-stray")).isEmpty();
        }

        killDuringDeletion();
        start(key, "60000").close();
        clock.advanceMs(60_000);
        try (SteppedBroker broker = start(key, "60000")) {
            broker.step();
            broker.advanceMs(1_000);
            assertThat(names("-stray")).isEmpty();
        }
        start().close();
        assertThat(printed).doesNotContain("stray");
    }
}
