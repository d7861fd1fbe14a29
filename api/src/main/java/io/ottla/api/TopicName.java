package io.ottla.api;

import org.jspecify.annotations.Nullable;

/** Validates the names of topics by Kafka's rules, which also make them valid file names. */
public final class TopicName {
    /** The largest length of a name, which leaves room for a suffix in a file name of 255 bytes. */
    public static final int LENGTH_MAX = 249;

    private TopicName() {}

    /**
     * Checks a name.
     *
     * @param name the topic's name; may be null.
     * @return null if the name is valid, else what is wrong, in Kafka's words.
     */
    public static @Nullable String problem(final @Nullable String name) {
        if (name == null || name.isEmpty()) {
            return "Topic name is invalid: the empty string is not allowed";
        }
        if (name.equals(".") || name.equals("..")) {
            return "Topic name is invalid: '" + name + "' is not allowed";
        }
        if (name.length() > LENGTH_MAX) {
            return "Topic name is invalid: the length of '" + name + "' is longer than the max allowed length "
                    + LENGTH_MAX;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return "Topic name is invalid: '" + name
                        + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
            }
        }
        return null;
    }

    private static boolean isLegal(final char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
    }
}
