package io.ottla.server;

/** Which topics are the broker's own. */
final class TopicNames {
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
}
