package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Lines of {@code key=value} or {@code key: value} in the small, readable files of a storage. Messages name a damaged
 * file, but do not quote it.
 */
final class PropertyLines {
    private final Path file;
    private final String text;

    PropertyLines(final Path file, final String text) {
        this.file = file;
        this.text = text;
    }

    static void append(final StringBuilder target, final String key, final long value) {
        append(target, key, Long.toString(value));
    }

    static void append(final StringBuilder target, final String key, final String value) {
        target.append(key).append('=').append(value).append('\n');
    }

    boolean endsWith(final String lastLine) {
        return text.endsWith("\n" + lastLine + "\n");
    }

    boolean has(final String key) {
        return text.startsWith(key) || text.contains("\n" + key);
    }

    /**
     * Returns the value of a key.
     *
     * @throws IOException if no line has it.
     */
    String text(final String key) throws IOException {
        for (int start = 0; start < text.length(); ) {
            final int newline = text.indexOf('\n', start);
            final int end = newline < 0 ? text.length() : newline;
            final int separator = start + key.length();
            if (text.startsWith(key, start)
                    && separator < end
                    && (text.charAt(separator) == '=' || text.charAt(separator) == ':')) {
                return printable(text.substring(separator + 1, end).trim(), key);
            }
            start = end + 1;
        }
        throw new IOException(file + " has no line that begins with " + key);
    }

    private String printable(final String value, final String key) throws IOException {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                throw new IOException(file + " has invalid text in the line that begins with " + key);
            }
        }
        return value;
    }

    long number(final String key) throws IOException {
        final String value = text(key);
        try {
            return Long.parseLong(value);
        } catch (final NumberFormatException e) {
            // Its message quotes the text.
            throw new IOException(file + " has no number in the line that begins with " + key);
        }
    }
}
