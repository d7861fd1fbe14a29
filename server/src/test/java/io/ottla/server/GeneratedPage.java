package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of {@code docs/} that is generated from the code. It is compared, or written with {@code -Dottla.docs=write}.
 */
public final class GeneratedPage {
    private GeneratedPage() {}

    /**
     * Returns the command that writes a page.
     *
     * @param test the test that generates the page.
     * @return one line for a shell.
     */
    public static String command(final Class<?> test) {
        return "mvn -pl server -am test -Dtest=" + test.getSimpleName()
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dottla.docs=write";
    }

    /**
     * Fails if a page differs from the code; writes it first if requested.
     *
     * @param test the test that generates the page.
     * @param name the name of the file in {@code docs/}.
     * @param expected the generated page.
     * @throws IOException if the file cannot be read or written.
     */
    public static void check(final Class<?> test, final String name, final String expected) throws IOException {
        final Path file = Path.of("..", "docs", name);
        if ("write".equals(System.getProperty("ottla.docs"))) {
            Files.writeString(file, expected);
        }

        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("docs/" + name + " is out of date; run: " + command(test))
                .isEqualTo(expected);
    }
}
