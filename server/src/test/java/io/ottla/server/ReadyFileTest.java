package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyFileTest {
    @TempDir
    private Path folder;

    @Test
    void shouldHoldAddressAndProcessWhenWritten() throws IOException {
        final Path file = folder.resolve("ready");
        Files.writeString(file, "of an earlier run");

        ReadyFile.write(file, "127.0.0.1:9092", 4711);

        assertThat(file).hasContent("bootstrap.servers=127.0.0.1:9092\npid=4711\n");
        assertThat(folder).isDirectoryContaining("glob:**/ready").isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void shouldBeGoneWhenCleared() throws IOException {
        final Path file = folder.resolve("ready");
        Files.writeString(file, "of an earlier run");

        ReadyFile.clear(file);
        ReadyFile.clear(file);

        assertThat(file).doesNotExist();
    }
}
