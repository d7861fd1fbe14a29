package io.ottla.cli.dump;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Formats keys and values: as text if possible, else as hexadecimal digits. */
final class ByteText {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private ByteText() {}

    /**
     * Decodes UTF-8; returns null if the bytes are not UTF-8, or have control characters other than white space.
     */
    static String textOf(final ByteBuffer bytes) {
        final CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
        } catch (final CharacterCodingException e) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t') {
                return null;
            }
        }
        return text.toString();
    }

    static String hexOf(final ByteBuffer bytes) {
        final StringBuilder hex = new StringBuilder(2 * bytes.remaining());
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            hex.append(DIGITS[bytes.get(i) >> 4 & 0xf]).append(DIGITS[bytes.get(i) & 0xf]);
        }
        return hex.toString();
    }

    /** Returns a text in double quotes, as in JSON. */
    static String quoted(final String text) {
        final StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || Character.isSurrogate(c) && !isPaired(text, i)) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    private static boolean isPaired(final String text, final int index) {
        return Character.isHighSurrogate(text.charAt(index))
                ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
                : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
    }

    /** Returns the readable form: quoted text, {@code 0x...}, or {@code null}. */
    static String shown(final ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        final String text = textOf(bytes);
        return text == null ? "0x" + hexOf(bytes) : quoted(text);
    }
}
