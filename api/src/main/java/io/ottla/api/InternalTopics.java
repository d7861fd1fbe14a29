package io.ottla.api;

/** Kafka's names of the broker's internal topics, which are the logs of its coordinators. */
public final class InternalTopics {
    /** The log of topics, configurations and other cluster metadata. Clients do not see it as a topic. */
    public static final String CLUSTER_METADATA = "__cluster_metadata";

    /** The log of groups, their members and their committed offsets. */
    public static final String CONSUMER_OFFSETS = "__consumer_offsets";

    private static final String TRANSACTION_STATE = "__transaction_state";
    private static final String SHARE_GROUP_STATE = "__share_group_state";

    private InternalTopics() {}

    /**
     * Returns whether a topic is internal: clients may read but not write it.
     *
     * @param name the topic's name.
     * @return true for the logs of coordinators that clients can see.
     */
    public static boolean contain(final String name) {
        return name.startsWith("__")
                && (name.equals(CONSUMER_OFFSETS) || name.equals(TRANSACTION_STATE) || name.equals(SHARE_GROUP_STATE));
    }
}
