package io.ottla.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that Java in the docs is a copy of code that the build compiles and runs: a comment
 * {@code <!-- snippet: FILE#REGION -->} before the block names the lines between {@code // region: REGION} and
 * {@code // endregion}.
 */
class SnippetsTest {
    private static final Path ROOT = Path.of(System.getProperty("ottla.root"));
    private static final Pattern SNIPPET =
            Pattern.compile("<!-- snippet: (\\S+)#(\\S+) -->\n```java\n(.*?)```\n", Pattern.DOTALL);

    record Snippet(Path doc, String file, String region, String text) {
        @Override
        public String toString() {
            return doc.getFileName() + ": " + file + "#" + region;
        }
    }

    static List<Snippet> snippets() throws IOException {
        final List<Snippet> snippets = new ArrayList<>();
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            for (final Path doc : docs.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                final Matcher matcher = SNIPPET.matcher(Files.readString(doc));
                while (matcher.find()) {
                    snippets.add(new Snippet(doc, matcher.group(1), matcher.group(2), matcher.group(3)));
                }
            }
        }
        return snippets;
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void shouldShowTheCodeAsItIs(final Snippet snippet) throws IOException {
        assertThat(snippet.text()).isEqualTo(region(ROOT.resolve(snippet.file()), snippet.region()));
    }

    @Test
    void shouldShowNoOtherJavaInTheGuides() throws IOException {
        for (final String guide : List.of("assemble-a-broker.md", "use-one-module.md", "write-a-storage.md")) {
            final String text = Files.readString(ROOT.resolve("docs").resolve(guide));
            final long blocks = Pattern.compile("^```java$", Pattern.MULTILINE)
                    .matcher(text)
                    .results()
                    .count();
            final long checked = SNIPPET.matcher(text).results().count();

            assertThat(checked)
                    .describedAs("checked Java blocks of " + guide)
                    .isEqualTo(blocks)
                    .isPositive();
        }
    }

    /** Returns the lines of a region, without their common indentation. */
    private static String region(final Path file, final String name) throws IOException {
        final List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (final String line : Files.readAllLines(file)) {
            if (line.strip().equals("// region: " + name)) {
                inside = true;
            } else if (line.strip().equals("// endregion")) {
                inside = false;
            } else if (inside) {
                lines.add(line);
            }
        }
        final int indentation = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        final StringBuilder text = new StringBuilder();
        for (final String line : lines) {
            text.append(line.isBlank() ? "" : line.substring(indentation)).append('\n');
        }
        return text.toString();
    }
}
