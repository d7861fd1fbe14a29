package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.compression.ByteSink;
import io.ottla.codec.compression.Compressions;
import io.ottla.codec.compression.Decompressor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that a JVM without flags prints no warning when the codec reads, writes and compresses. */
class PlainJavaTest {
    private static final String HOME = System.getProperty("java.home");

    @Test
    void shouldWarnOfNothingAndLoadNoNativeCode() throws Exception {
        final List<String> said = run("-Xlog:library=info", Everything.class);
        assertThat(said.stream().filter(line -> !line.startsWith("["))).containsExactly("done");
        // The JDK loads its own libraries from its own directory: without a path, or below its home.
        assertThat(said.stream().filter(line -> line.contains("Loaded library /") && !line.contains(HOME)))
                .isEmpty();
    }

    @Test
    void shouldLoadOnlyTheMessagesThatAreUsed() throws Exception {
        final List<String> said = run("-Xlog:class+load", OneMessage.class);
        assertThat(said.stream().filter(line -> line.contains("io.ottla.codec.message.")))
                .hasSize(1)
                .allMatch(line -> line.contains("ApiVersionsRequest"));
    }

    private static List<String> run(final String option, final Class<?> program) throws Exception {
        final Process process = new ProcessBuilder(
                        Path.of(HOME, "bin", "java").toString(),
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName())
                .redirectErrorStream(true)
                .start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    static final class OneMessage {
        private OneMessage() {}

        public static void main(final String[] args) {
            ApiKey.API_VERSIONS.newRequest();
        }
    }

    static final class Everything {
        private Everything() {}

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
