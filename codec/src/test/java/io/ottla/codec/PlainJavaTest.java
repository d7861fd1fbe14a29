package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.compression.ByteSink;
import io.ottla.codec.compression.Compressions;
import io.ottla.codec.compression.Decompressor;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A JVM without any flag says nothing when the codec reads, writes and compresses. */
class PlainJavaTest {
    @Test
    void shouldWarnOfNothing() throws Exception {
        final String home = System.getProperty("java.home");
        final Process process = new ProcessBuilder(
                        Path.of(home, "bin", "java").toString(),
                        "-Xlog:library=info",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        final String said =
                new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said.lines().filter(line -> !line.startsWith("["))).containsExactly("done");
        // What the JDK loads for itself comes from its own folder, so without a path or below its home.
        assertThat(said.lines().filter(line -> line.contains("Loaded library /") && !line.contains(home)))
                .isEmpty();
        assertThat(process.exitValue()).isZero();
    }

    static final class Program {
        private Program() {}

        public static void main(final String[] args) {
            for (int type = 1; type <= 4; type++) {
                final ByteSink sink = new ByteSink(10);
                Compressions.compressor(type).compress(new byte[100_000], 0, 100_000, sink);
                final Decompressor decompressor = Compressions.decompressor(type);
                decompressor.reset(sink.array(), 0, sink.size());
                int total = 0;
                int count;
                while ((count = decompressor.read(new byte[70_000], 0, 70_000)) >= 0) {
                    total += count;
                }
                if (total != 100_000) {
                    throw new AssertionError(type + ": " + total);
                }
            }
            for (final ApiKey key : ApiKey.values()) {
                final GrowingFrameWriter out = new GrowingFrameWriter();
                key.newRequest().write(new MessageWriter(out), key.lowestVersion());
                key.newRequest().read(new MessageReader(out.toByteBuffer()), key.lowestVersion());
            }
            System.out.println("done");
        }
    }
}
