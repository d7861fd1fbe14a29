package io.ottla.server;

/** Which names topics may have, and which are the broker's own. */
final class TopicNames {
    private static final int LENGTH_MAX = 249;

    private TopicNames() {}

    /**
     * Whether a topic is kept by the broker, so that clients may read but not write it.
     *
     * @param name the topic's name.
     * @return true for the logs of coordinators.
     */
    static boolean isInternal(final String name) {
        return name.startsWith("__")
                && (name.equals("__consumer_offsets")
                        || name.equals("__transaction_state")
                        || name.equals("__share_group_state"));
    }

    /**
     * Checks a name.
     *
     * @param name what a client wants to call a topic.
     * @return null if it may, else what is wrong, for people.
     */
    static String problem(final String name) {
        if (name.isEmpty()) {
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
            final char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
                    && c != '.'
                    && c != '_'
                    && c != '-') {
                return "Topic name is invalid: '" + name
                        + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
            }
        }
        return null;
    }
}
