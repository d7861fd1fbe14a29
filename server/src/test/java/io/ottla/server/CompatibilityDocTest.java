package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.ApiKey;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.testkit.SteppedBroker;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.internals.AppInfoParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/compatibility.md} with the handlers, and requires a test for each of them. */
class CompatibilityDocTest {
    private static final String INTRODUCTION = """
        # Compatibility

        <!-- Generated from the families of handlers in the code. To generate it again: %4$s -->

        A broker of Apache Kafka %1$s has %2$d APIs, and Ottla serves %3$d of them. The versions are those of their messages. An API
        or a version that is not served is not advertised either: clients see in `ApiVersions` that it is not there. The tests are
        below `server/src/test/java/io/ottla/server`; each goes through all versions of its APIs.

        Produce is advertised from version 0 on, as Kafka does it, because old librdkafka does not compress for brokers that
        do not name these versions; requests before version 3 are refused by both.

        | API | Key | Ottla | Kafka %1$s | Proven by |
        |---|---|---|---|---|
        """;

    private final SteppedBroker broker = new SteppedBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void shouldListTheServedApis() throws IOException {
        GeneratedPage.check(CompatibilityDocTest.class, "compatibility.md", page());
    }

    @Test
    void shouldServeNothingBeyondWhatIsStable() {
        for (final ApiHandler<?> handler : handlers()) {
            assertThat(handler.maxVersion())
                    .as(handler.api().apiName())
                    .isLessThanOrEqualTo(handler.api().highestVersion());
            assertThat(handler.minVersion())
                    .as(handler.api().apiName())
                    .isGreaterThanOrEqualTo(handler.api().lowestVersion());
        }
    }

    private List<ApiHandler<?>> handlers() {
        return BrokerInternals.handlers(broker).all();
    }

    private String page() throws IOException {
        final Map<ApiKey, TreeSet<String>> tests = tests();
        final Map<ApiKey, ApiHandler<?>> handlers = new EnumMap<>(ApiKey.class);
        for (final ApiHandler<?> handler : handlers()) {
            handlers.put(handler.api(), handler);
        }
        final EnumSet<ApiKeys> kafkas = ApiKeys.apisForListener(ListenerType.BROKER);
        final StringBuilder page = new StringBuilder(INTRODUCTION.formatted(
                AppInfoParser.getVersion(),
                kafkas.size(),
                handlers.size(),
                GeneratedPage.command(CompatibilityDocTest.class)));
        for (final ApiKeys kafka : kafkas) {
            final ApiKey api = ApiKey.forId(kafka.id);
            final ApiHandler<?> handler = handlers.remove(api);
            page.append("| ")
                    .append(api.apiName())
                    .append(" | ")
                    .append(api.id())
                    .append(" | ")
                    .append(
                            handler == null
                                    ? "not served"
                                    : range(handler.advertisedMinVersion(), handler.maxVersion()))
                    .append(" | ")
                    .append(range(api == ApiKey.PRODUCE ? 0 : api.lowestVersion(), api.highestVersion()))
                    .append(" | ")
                    .append(handler == null ? "" : provenBy(api, tests))
                    .append(" |\n");
        }
        assertThat(handlers).as("APIs that no broker of Kafka has").isEmpty();
        return page.toString();
    }

    private static String provenBy(final ApiKey api, final Map<ApiKey, TreeSet<String>> tests) {
        assertThat(tests).as("no test has @Proves(ApiKey." + api + ")").containsKey(api);
        return '`' + String.join("`, `", tests.get(api)) + '`';
    }

    private static String range(final int first, final int last) {
        return first == last ? Integer.toString(first) : first + " to " + last;
    }

    private static Map<ApiKey, TreeSet<String>> tests() throws IOException {
        final Map<ApiKey, TreeSet<String>> tests = new EnumMap<>(ApiKey.class);
        final Path root = classes();
        try (Stream<Path> files = Files.walk(root)) {
            for (final Path file : files.toList()) {
                final String name = root.relativize(file).toString();
                if (name.endsWith("Test.class")) {
                    final Class<?> test = load(
                            name.substring(0, name.length() - ".class".length()).replace(File.separatorChar, '.'));
                    final Proves proves = test.getAnnotation(Proves.class);
                    for (final ApiKey api : proves == null ? new ApiKey[0] : proves.value()) {
                        tests.computeIfAbsent(api, key -> new TreeSet<>()).add(test.getSimpleName());
                    }
                }
            }
        }
        return tests;
    }

    private static Path classes() {
        try {
            return Path.of(CompatibilityDocTest.class
                            .getResource("CompatibilityDocTest.class")
                            .toURI())
                    .getParent();
        } catch (final URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> load(final String name) {
        try {
            return Class.forName(
                    CompatibilityDocTest.class.getPackageName() + "." + name,
                    false,
                    CompatibilityDocTest.class.getClassLoader());
        } catch (final ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
