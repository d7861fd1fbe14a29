package io.ottla.api;

/** The topics that are the broker's own: the logs of coordinators, by the names that Kafka gives them. */
public final class InternalTopics {
    /** The topics, their configurations, and all else that the cluster itself is. Its log is no topic that clients can see. */
    public static final String CLUSTER_METADATA = "__cluster_metadata";

    /** The members of groups, and what they committed. */
    public static final String CONSUMER_OFFSETS = "__consumer_offsets";

    private static final String TRANSACTION_STATE = "__transaction_state";
    private static final String SHARE_GROUP_STATE = "__share_group_state";

    private InternalTopics() {}

    /**
     * Whether a topic is kept by the broker, so that clients may read but not write it.
     *
     * @param name the topic's name.
     * @return true for the logs of coordinators that clients can see.
     */
    public static boolean contain(final String name) {
        return name.startsWith("__")
                && (name.equals(CONSUMER_OFFSETS) || name.equals(TRANSACTION_STATE) || name.equals(SHARE_GROUP_STATE));
    }
}
