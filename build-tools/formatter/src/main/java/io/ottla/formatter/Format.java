package io.ottla.formatter;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Formats the project's Java files, so that their format needs no discussion. */
public final class Format {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules", ".venv");

    private Format() {}

    /**
     * Rewrites the files that are not formatted.
     *
     * @param args the project's directory.
     * @throws IOException if a file can't be read or written.
     */
    public static void main(final String[] args) throws IOException {
        for (final Map.Entry<Path, String> file : unformatted(Path.of(args[0])).entrySet()) {
            Files.writeString(file.getKey(), file.getValue());
            System.out.println("formatted " + file.getKey().normalize());
        }
    }

    /**
     * Finds the files that are not formatted.
     *
     * @param root the project's directory.
     * @return the formatted text by file.
     * @throws IOException if a file can't be read or is not Java.
     */
    static Map<Path, String> unformatted(final Path root) throws IOException {
        final Formatter formatter = Formatter.createFormatter(
                JavaFormatterOptions.builder().style(Style.PALANTIR).build());
        final Map<Path, String> unformatted = new TreeMap<>();
        for (final Path file : javaFiles(root)) {
            final String text = Files.readString(file);
            final String formatted;
            try {
                formatted = formatter.formatSourceAndFixImports(text);
            } catch (final FormatterException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
            if (!formatted.equals(text)) {
                unformatted.put(file, formatted);
            }
        }
        return unformatted;
    }

    private static List<Path> javaFiles(final Path root) throws IOException {
        final List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(final Path folder, final BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
                if (file.getFileName().toString().endsWith(".java")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
