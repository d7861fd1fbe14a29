package io.ottla.storage.mmap;

import java.io.IOException;

/** Lines of {@code key=value} or {@code key: value}, of which a storage has a few in small files that people can read too. */
final class PropertyLines {
    private final String text;

    PropertyLines(final String text) {
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
     * The value of a key.
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
                return text.substring(separator + 1, end).trim();
            }
            start = end + 1;
        }
        throw new IOException("no '" + key + "' in: " + text);
    }

    long number(final String key) throws IOException {
        final String value = text(key);
        try {
            return Long.parseLong(value);
        } catch (final NumberFormatException e) {
            throw new IOException("not a number: " + key + '=' + value, e);
        }
    }
}
