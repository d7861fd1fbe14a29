package io.ottla.codec.generator;

/** Builds Java text with its indentation. */
final class Source {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /**
     * Adds a line. One that ends with an opening brace indents those after it; one that begins with a closing brace is
     * indented less itself.
     *
     * @param line the line without indentation; an empty one stays empty.
     * @return this.
     */
    Source line(final String line) {
        if (line.startsWith("}")) {
            depth--;
        }
        if (!line.isEmpty()) {
            text.append("    ".repeat(depth)).append(line);
        }
        text.append('\n');
        if (line.endsWith("{")) {
            depth++;
        }
        return this;
    }

    /**
     * Adds a Javadoc comment.
     *
     * @param lines its lines; one alone stays on one line.
     * @return this.
     */
    Source javadoc(final String... lines) {
        if (lines.length == 1) {
            return line("/** " + lines[0] + " */");
        }
        line("/**");
        for (final String line : lines) {
            line(line.isEmpty() ? " *" : " * " + line);
        }
        return line(" */");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
