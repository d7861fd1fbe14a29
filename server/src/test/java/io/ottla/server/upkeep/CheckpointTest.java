package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.Batches;
import io.ottla.server.testkit.SteppedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that logs get recovery points, and that idle ones cost nothing. */
class CheckpointTest {
    private static final String POINT = "recovery.offset=";
    private static final String LARGE_VALUE = "x".repeat(600_000);

    @TempDir
    Path folder;

    private Path checkpoint() {
        return folder.resolve("topic-0").resolve("log.checkpoint");
    }

    private String point() throws IOException {
        return Files.readString(checkpoint())
                .lines()
                .filter(line -> line.startsWith(POINT))
                .findFirst()
                .orElse("");
    }

    @Test
    void shouldNoteHowFarLogIsFlushedWhenEnoughWasAppended() throws IOException {
        try (SteppedBroker broker = new SteppedBroker("ottla.storage", "mmap", "log.dirs", folder.toString())) {
            broker.createTopic("topic", 1);
            for (int i = 0; i < 3; i++) {
                Batches.append(broker.admin(), "topic", 0, LARGE_VALUE);
            }
            broker.advanceMs(59_000);
            assertThat(Files.exists(checkpoint())).isFalse();
            broker.advanceMs(1_000);
            assertThat(point()).isEqualTo(POINT + 3);
            final var written = Files.getLastModifiedTime(checkpoint());

            // Too few bytes at first, then enough.
            Batches.append(broker.admin(), "topic", 0, LARGE_VALUE);
            broker.advanceMs(60_000);
            assertThat(Files.getLastModifiedTime(checkpoint())).isEqualTo(written);
            Batches.append(broker.admin(), "topic", 0, LARGE_VALUE);
            broker.advanceMs(60_000);
            assertThat(point()).isEqualTo(POINT + 5);
        }
        assertThat(point()).isEmpty();
    }

    @Test
    void shouldNotWaitForTheIntervalWhenVeryMuchWasAppended() throws IOException {
        try (SteppedBroker broker = new SteppedBroker("ottla.storage", "mmap", "log.dirs", folder.toString())) {
            broker.createTopic("topic", 1);
            for (int i = 0; i < 70; i++) {
                Batches.append(broker.admin(), "topic", 0, LARGE_VALUE, LARGE_VALUE.substring(200_000));
            }
            broker.advanceMs(1_000);
            assertThat(point()).isEqualTo(POINT + 140);
        }
    }
}
