package io.ottla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps the list of differences in docs/interop.md; {@code -Dottla.docs=write} writes it. */
class DifferencesDocTest {
    private static final Path LIST = Path.of("src/test/resources/differences.txt");
    private static final Path PAGE = Path.of("../docs/interop.md");
    private static final String BEGIN = "<!-- Made from interop/src/test/resources/differences.txt: begin -->\n";
    private static final String END = "<!-- end -->\n";

    @Test
    void shouldTellEveryDifference() throws IOException {
        final String page = Files.readString(PAGE);
        final String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
        final String after = page.substring(page.indexOf(END));
        final String expected = before + tables() + after;
        if ("write".equals(System.getProperty("ottla.docs"))) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE))
                .as("%s is not what %s says; run this test with -Dottla.docs=write", PAGE, LIST)
                .isEqualTo(expected);
    }

    private static String tables() throws IOException {
        final StringBuilder tables = new StringBuilder();
        for (final String line : Files.readAllLines(LIST)) {
            if (line.startsWith("# --- ")) {
                tables.append("\n### ")
                        .append(line.substring("# --- ".length()))
                        .append("\n\n| API | versions | case | step | field | Apache Kafka | Ottla | why |\n")
                        .append("|---|---|---|---|---|---|---|---|\n");
            } else if (!line.isBlank() && !line.startsWith("#")) {
                tables.append(row(line));
            }
        }
        return tables.append('\n').toString();
    }

    private static String row(final String line) {
        final StringBuilder row = new StringBuilder("|");
        final String[] columns = line.split("\\|", -1);
        for (int i = 0; i < columns.length; i++) {
            final String text = columns[i].strip();
            row.append(' ')
                    .append(i == columns.length - 1 || text.isEmpty() ? text : "`" + text + "`")
                    .append(" |");
        }
        return row.append('\n').toString();
    }
}
