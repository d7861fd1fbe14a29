package io.ottla.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The written list of differences between two brokers, each with its reason. A line has eight columns between {@code
 * |}: API, versions ({@code *}, {@code v3} or {@code v3-v7}), case, step, field, the value of the first broker, that of
 * the second, and the reason. In the columns other than the versions and the reason, {@code *} stands for any text.
 * Empty lines and those that begin with {@code #} are ignored.
 */
final class KnownDifferences {
    private static final int COLUMNS = 8;

    private final List<Known> entries = new ArrayList<>();

    /** One line of the list. */
    private static final class Known {
        private final String line;
        private final List<Pattern> patterns;
        private final int first;
        private final int last;
        private boolean met;

        Known(final String line, final List<Pattern> patterns, final int first, final int last) {
            this.line = line;
            this.patterns = patterns;
            this.first = first;
            this.last = last;
        }

        boolean matches(final Difference difference) {
            final int version = difference.of().version();
            return version >= first
                    && version <= last
                    && fits(0, difference.of().api().toString())
                    && fits(1, difference.of().name())
                    && fits(2, difference.step())
                    && fits(3, difference.path())
                    && fits(4, difference.left())
                    && fits(5, difference.right());
        }

        private boolean fits(final int column, final String text) {
            return patterns.get(column).matcher(text).matches();
        }
    }

    private KnownDifferences() {}

    /**
     * Reads a list.
     *
     * @param file the file.
     * @return the list, of which no line has occurred yet.
     * @throws IOException if it cannot be read or a line has not its columns.
     */
    static KnownDifferences read(final Path file) throws IOException {
        final KnownDifferences known = new KnownDifferences();
        for (final String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                known.add(line);
            }
        }
        return known;
    }

    private void add(final String line) throws IOException {
        final String[] columns = line.split("\\|", -1);
        if (columns.length != COLUMNS || columns[COLUMNS - 1].isBlank()) {
            throw new IOException("a known difference needs " + COLUMNS + " columns: " + line);
        }
        final List<Pattern> patterns = new ArrayList<>();
        for (int i = 0; i < COLUMNS - 1; i++) {
            if (i != 1) {
                patterns.add(glob(columns[i].strip()));
            }
        }
        final String[] versions = columns[1].strip().replace("v", "").split("-");
        final boolean any = versions[0].equals("*");
        entries.add(new Known(
                line,
                patterns,
                any ? Short.MIN_VALUE : Integer.parseInt(versions[0]),
                any ? Short.MAX_VALUE : Integer.parseInt(versions[versions.length - 1])));
    }

    private static Pattern glob(final String text) {
        final StringBuilder pattern = new StringBuilder();
        for (final String part : text.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() && !text.startsWith("*") ? "" : ".*")
                    .append(Pattern.quote(part));
        }
        return Pattern.compile(text.equals("*") ? ".*" : pattern.toString(), Pattern.DOTALL);
    }

    /**
     * Leaves out the differences that are on the list.
     *
     * @param differences what was found.
     * @return what is not on the list.
     */
    List<Difference> unknown(final List<Difference> differences) {
        final List<Difference> unknown = new ArrayList<>();
        for (final Difference difference : differences) {
            boolean isKnown = false;
            for (final Known known : entries) {
                if (known.matches(difference)) {
                    known.met = true;
                    isKnown = true;
                }
            }
            if (!isKnown) {
                unknown.add(difference);
            }
        }
        return unknown;
    }

    /**
     * Names the lines that nothing matched: the difference is gone, and the line must go too.
     *
     * @return the lines.
     */
    List<String> unmet() {
        return entries.stream()
                .filter(known -> !known.met)
                .map(known -> known.line)
                .toList();
    }
}
