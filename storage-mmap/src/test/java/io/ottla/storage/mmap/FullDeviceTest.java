package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a real device that is full: a small one in memory, which on Linux a user can mount for one process. */
final class FullDeviceTest {
    @TempDir
    Path device;

    @Test
    @Timeout(300)
    void shouldFailAppendsAndLoseNothingWhenDeviceIsFull() throws IOException, InterruptedException {
        final List<String> mount = List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=2m tmpfs \"$0\" || exit 77; exec \"$@\"",
                device.toString());
        final Process process;
        try {
            process = ChildJvm.start(mount, FullDeviceMain.class, device.toString());
        } catch (final IOException e) {
            Assumptions.abort("no way to mount a small device here: " + e.getMessage());
            return;
        }
        try {
            final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            Assumptions.assumeTrue(process.exitValue() != 77 && !out.isEmpty(), "mounting is not allowed here");
            assertThat(out.lines())
                    .containsExactly(
                            "appended true, then failed 0",
                            "readable true",
                            "with room again true",
                            "readable true",
                            "same end true, readable true");
        } finally {
            process.destroyForcibly();
        }
    }
}
