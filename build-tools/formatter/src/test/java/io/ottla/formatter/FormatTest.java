package io.ottla.formatter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatTest {
    @Test
    void shouldFindNothingToFormatInTheProject() throws IOException {
        final Path root = Path.of(System.getProperty("ottla.root"));

        assertThat(Format.unformatted(root).keySet())
                .describedAs("files to format: run bin/format")
                .isEmpty();
    }

    @Test
    void shouldFormatWhenAFileIsOff(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("A.java");
        Files.writeString(file, "import java.util.List;class A{int a;}");

        Format.main(new String[] {folder.toString()});

        assertThat(file).hasContent("class A {\n    int a;\n}\n");
        assertThat(Format.unformatted(folder)).isEmpty();
    }
}
