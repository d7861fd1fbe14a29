package io.ottla.api;

/** Which names topics may have: Kafka's rules, which make them good names of files, too. */
public final class TopicName {
    /** The longest name, which leaves room for a suffix in a file's name of 255 bytes. */
    public static final int LENGTH_MAX = 249;

    private TopicName() {}

    /**
     * Checks a name.
     *
     * @param name what a topic is to be called; may be null.
     * @return null if it may, else what is wrong, in Kafka's words, for people.
     */
    public static String problem(final String name) {
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
