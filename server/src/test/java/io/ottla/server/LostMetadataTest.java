package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.storage.StorageException;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests a data folder whose metadata log is missing while the logs of topics exist. If a broker started, it would be a
 * new cluster that treats every log as a stray. Apache Kafka refuses a folder without {@code meta.properties}. If that
 * file exists and only the metadata is missing, Kafka starts without topics.
 */
class LostMetadataTest {
    @TempDir
    private Path home;

    private Path metadata;

    private SteppedBroker start() {
        return new SteppedBroker(
                new ManualClock(),
                null,
                "ottla.storage",
                "mmap",
                "log.dirs",
                home.resolve("data").toString());
    }

    private void writeAndStop() {
        try (SteppedBroker broker = start()) {
            broker.createTopic("orders", 1);
            Batches.append(broker.connect(), "orders", 0, "a", "b");
        }
        metadata = home.resolve("data").resolve("__cluster_metadata-0");
    }

    private void assertRefused() throws IOException {
        final List<String> before = names();
        assertThatThrownBy(this::start)
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll(
                        home.resolve("data").toString(), "__cluster_metadata-0", "restore", "another data folder");
        assertThat(names()).isEqualTo(before);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("data"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void assertServed() {
        try (SteppedBroker broker = start()) {
            assertThat(Fetches.read(broker.connect(), "orders", 0, 0)).containsExactly("0:a", "1:b");
        }
    }

    @Test
    void shouldRefuseToStartUntilTheFolderOfTheMetadataIsBack() throws IOException {
        writeAndStop();
        final Path away = home.resolve("away");
        Files.move(metadata, away);

        assertRefused();
        assertRefused();

        Files.move(away, metadata);
        assertServed();
    }

    @Test
    void shouldRefuseToStartWhenTheMetadataIsEmpty() throws IOException {
        writeAndStop();
        final Path segment = metadata.resolve("00000000000000000000.log");
        final byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, new byte[0]);
        assertRefused();
        Files.delete(segment);
        assertRefused();

        Files.write(segment, bytes);
        assertServed();
    }

    @Test
    void shouldStartWhenOnlyTheIdOfTheMetadataIsLost() throws IOException {
        writeAndStop();
        Files.delete(metadata.resolve("partition.metadata"));

        assertServed();
    }
}
