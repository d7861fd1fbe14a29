package io.ottla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Says the same to Apache Kafka and to Ottla and compares the answers. {@code -Dinterop.cases=REGEX} chooses cases, and
 * {@code -Dinterop.right=kafka} compares Apache Kafka with itself.
 *
 * <p>Runs on request only ({@code -Dinterop.conversation=true}) as long as the list of known differences is not written.
 */
@EnabledIfSystemProperty(named = "interop.conversation", matches = "true")
class ConversationTest {
    private static final Path KNOWN = Path.of("src/test/resources/differences.txt");
    private static final int PARALLEL = 4;

    @TempDir
    private Path folder;

    @Test
    void shouldAnswerAsApacheKafkaDoes() throws IOException {
        final Pattern chosen = Pattern.compile(System.getProperty("interop.cases", ".*"));
        final List<Case> cases = new ArrayList<>();
        for (final Case one : Conversation.cases()) {
            if (chosen.matcher(one.toString()).matches()) {
                cases.add(one);
            }
        }
        final boolean withItself = System.getProperty("interop.right", "ottla").equals("kafka");
        final List<Difference> differences;
        final String printed;
        try (BrokerProcess kafka = kafka("kafka");
                BrokerProcess other = withItself ? kafka("kafka-2") : ottla()) {
            differences = new Conversation(kafka.address(), other.address(), "t").run(cases, PARALLEL);
            printed = other.output();
            kafka.kill();
        }
        if (withItself) {
            assertThat(Summary.of(differences)).isEmpty();
            return;
        }
        final KnownDifferences known = KnownDifferences.read(KNOWN);
        assertThat(Summary.of(known.unknown(differences)))
                .as("differences that are not in %s", KNOWN)
                .isEmpty();
        if (chosen.pattern().equals(".*")) {
            assertThat(known.unmet())
                    .as("lines of %s that describe no difference", KNOWN)
                    .isEmpty();
        }
        assertThat(printed).doesNotContain(" ERROR ");
    }

    private BrokerProcess kafka(final String name) throws IOException {
        return BrokerProcess.start(
                List.of(Path.of("bin/kafka").toAbsolutePath().toString()),
                folder.resolve(name),
                Map.of(
                        "controller.quorum.append.linger.ms", "0",
                        "log.index.size.max.bytes", "65536",
                        // Many records here are of 2023, and retention would delete them half a minute after the start.
                        "log.initial.task.delay.ms", "100000000",
                        "offsets.topic.num.partitions", "2",
                        "transaction.state.log.num.partitions", "2"));
    }

    private BrokerProcess ottla() throws IOException {
        final List<String> jars = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("interop")) {
                jars.add(entry);
            }
        }
        return BrokerProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        String.join(File.pathSeparator, jars),
                        "io.ottla.server.Main"),
                folder.resolve("ottla"),
                Map.of("node.id", "1", "log.index.size.max.bytes", "65536", "offsets.topic.num.partitions", "2"));
    }
}
