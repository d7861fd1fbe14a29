package io.ottla.checks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Follows the links of the repository's pages, apart from those that lead out of it. */
class LinksTest {
    private static final Pattern OUTSIDE = Pattern.compile("^[a-z]+:.*");
    private static final Pattern PAGE_NAME = Pattern.compile("(?<![\\w./-])docs/[\\w/-]+\\.md");

    /** Files that are not text, or may name pages that no longer exist. */
    private static final Set<String> UNREAD = Set.of("zip", "svg", "gz", "jar", "class", "bin", "log", "index");

    static List<Path> pages() throws IOException {
        return Pages.all().stream().map(Pages.ROOT::relativize).toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void shouldLeadSomewhere(final Path page) throws IOException {
        assertThat(dead(page)).as("dead links of " + page).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void shouldDefineEachLinkThatIsDefinedApart(final Path page) throws IOException {
        final Path file = Pages.ROOT.resolve(page);

        assertThat(Pages.definitions(file).keySet())
                .as("links that " + page + " defines and uses")
                .containsExactlyInAnyOrderElementsOf(Pages.references(file));
    }

    @Test
    void shouldNotTakeADeadLinkForOneThatLives() throws IOException {
        final Path page = Files.createTempFile("page", ".md");
        try {
            Files.writeString(page, """
                # One page

                ## What `it` says, and why

                [here](#what-it-says-and-why), [gone](#what-it-said), [file](gone.md), [out](https://example.org/x),
                [apart][label], `[code](gone2.md)`

                ```
                [code](gone3.md)
                # no heading
                ```

                [gone too](#no-heading)

                [label]: gone4.md
                """);

            assertThat(dead(page)).containsExactly("#what-it-said", "gone.md", "#no-heading", "gone4.md");
        } finally {
            Files.delete(page);
        }
    }

    /** Checks the names of pages in comments, messages and scripts too. */
    @Test
    void shouldNameOnlyPagesThatAreThere() throws IOException {
        final List<String> gone = new ArrayList<>();
        for (final Path file : Pages.files(name -> !UNREAD.contains(name.substring(name.lastIndexOf('.') + 1)))) {
            // Each byte as a character: files that are not text have no such names either.
            final String text = Files.readString(file, ISO_8859_1);
            PAGE_NAME
                    .matcher(text)
                    .results()
                    .filter(name -> !Files.exists(Pages.ROOT.resolve(name.group())))
                    .forEach(name -> gone.add(Pages.ROOT.relativize(file) + ": " + name.group()));
        }

        assertThat(gone).isEmpty();
    }

    private static List<String> dead(final Path page) throws IOException {
        final Path file = Pages.ROOT.resolve(page);
        final List<String> dead = new ArrayList<>();
        for (final String link : Pages.links(file)) {
            if (!OUTSIDE.matcher(link).matches() && !leadsSomewhere(file, link)) {
                dead.add(link);
            }
        }
        return dead;
    }

    private static boolean leadsSomewhere(final Path page, final String link) throws IOException {
        final int hash = link.indexOf('#');
        final String path = hash < 0 ? link : link.substring(0, hash);
        final Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        return Files.exists(target) && (hash < 0 || Pages.anchors(target).contains(link.substring(hash + 1)));
    }
}
