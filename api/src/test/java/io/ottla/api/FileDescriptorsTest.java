package io.ottla.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileDescriptorsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"20000, 20000", "1024, 1024", "unlimited, 9223372036854775807", "?, -1"})
    void shouldReadTheLimitWhenTheSystemTellsIt(final String soft, final long expected) throws IOException {
        final Path file = Files.writeString(
                folder.resolve("limits"),
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                        + "Max processes             7                    9                    processes \n"
                        + "Max open files            " + soft + "                30000                files     \n");

        assertThat(FileDescriptors.read(file)).isEqualTo(expected);
    }

    @Test
    void shouldKnowNoLimitWhenTheSystemTellsNone() throws IOException {
        assertThat(FileDescriptors.read(folder.resolve("none"))).isEqualTo(FileDescriptors.UNKNOWN);
        assertThat(FileDescriptors.read(Files.writeString(folder.resolve("other"), "nothing")))
                .isEqualTo(FileDescriptors.UNKNOWN);
    }
}
