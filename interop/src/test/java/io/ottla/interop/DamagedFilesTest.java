package io.ottla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedFilesTest {
    @TempDir
    private Path folder;

    private Path data;
    private DamagedFiles files;

    @BeforeEach
    void setUp() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        files = new DamagedFiles(data, folder.resolve("outside"), 7);
        files.addForeign();
    }

    @Test
    void shouldMissNothingWhenNothingWasTouched() throws IOException {
        assertThat(files.missing()).isNull();
    }

    @Test
    void shouldMissAFileWhenItWasDeletedThroughALink() throws IOException {
        Files.delete(folder.resolve("outside/x.deleted/kept"));

        assertThat(files.missing()).isEqualTo(data.resolve("x.deleted/kept") + " is gone");
    }

    @Test
    void shouldMissAFileWhenItWasChanged() throws IOException {
        Files.writeString(data.resolve("README.txt"), "other");

        assertThat(files.missing()).isEqualTo(data.resolve("README.txt") + " was changed");
    }

    @Test
    void shouldDamageOnlyHostileTopicsWhenThereAreOthers() throws IOException {
        final Path spared = log("good-0");
        final Path damaged = log(HostileNames.PREFIX + "1-0");
        for (int i = 0; i < 10; i++) {
            files.damage();
        }

        assertThat(files.damages()).isPositive();
        assertThat(spared).hasContent("records");
        assertThat(Files.exists(damaged) && Files.readString(damaged).equals("records"))
                .isFalse();
        assertThat(files.missing()).isNull();
    }

    private Path log(final String topic) throws IOException {
        return Files.writeString(
                Files.createDirectories(data.resolve(topic)).resolve("00000000000000000000.log"), "records");
    }
}
