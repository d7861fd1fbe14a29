package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests 400 logs in a process with a limit of 256 open files, configured for 2,048. Apache Kafka keeps the files of all
 * segments open, and stops when it cannot open another one.
 */
@EnabledOnOs(OS.LINUX)
final class FewDescriptorsTest {
    @TempDir
    Path folder;

    @Test
    void shouldServeAllLogsWhenProcessMayHaveFewerFilesOpen() throws IOException, InterruptedException {
        final Process process = ChildJvm.start(
                List.of("sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh"), FewDescriptorsMain.class, folder.toString());
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.lines())
                    .containsExactly(
                            "appended 1600", "read 800", "appended with none left some", "appended 1600", "failed 0");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isZero();
    }
}
