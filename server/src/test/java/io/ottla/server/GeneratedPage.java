package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of {@code docs/} that is generated from the code: compared with it, or written if {@code -Dottla.docs=write} says so. */
public final class GeneratedPage {
    private GeneratedPage() {}

    /**
     * Returns the command that writes a page.
     *
     * @param test the test that generates it.
     * @return one line for a shell.
     */
    public static String command(final Class<?> test) {
        return "mvn -pl server -am test -Dtest=" + test.getSimpleName()
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dottla.docs=write";
    }

    /**
     * Fails if a page is not what the code says; writes it first if that is asked for.
     *
     * @param test the test that generates it.
     * @param name the file's name in {@code docs/}.
     * @param expected what it should be.
     * @throws IOException if it can't be read or written.
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
