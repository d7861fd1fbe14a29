package io.ottla.coordinator;

/** What a topic may be called: Kafka's rules. */
final class TopicNames {
    /** The longest name that leaves room for a folder's suffix in a file name of 255 bytes. */
    static final int LENGTH_MAX = 249;

    /** The log that the metadata itself is in. No topic of the users', though a name as good as any. */
    static final String CLUSTER_METADATA = "__cluster_metadata";

    private TopicNames() {}

    /**
     * What is wrong with a name.
     *
     * @param name the name; may be null.
     * @return a message for whoever sent it, or null if the name is good.
     */
    static String complaint(final String name) {
        if (name == null || name.isEmpty()) {
            return "A topic's name can't be empty.";
        }
        if (name.equals(".") || name.equals("..")) {
            return "A topic can't be called '" + name + "'.";
        }
        if (name.length() > LENGTH_MAX) {
            return "A topic's name has at most " + LENGTH_MAX + " characters; '" + name + "' has " + name.length()
                    + ".";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return "A topic's name is made of ASCII letters, digits, '.', '_' and '-'; '" + name
                        + "' has another character at position " + i + ".";
            }
        }
        return null;
    }

    /**
     * The form in which names collide: metrics of Kafka's tools are named after topics, with each '.' made a '_'.
     *
     * @param name a good name.
     * @return the same for all names that can't be together.
     */
    static String collisionKey(final String name) {
        return name.replace('.', '_');
    }

    private static boolean isLegal(final char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
    }
}
