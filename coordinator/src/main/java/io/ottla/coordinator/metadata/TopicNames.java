package io.ottla.coordinator.metadata;

/** What topics' names have to do with each other, and with the broker's. */
final class TopicNames {
    /** The log that the metadata itself is in. No topic of the users', though a name as good as any. */
    static final String CLUSTER_METADATA = "__cluster_metadata";

    private TopicNames() {}

    /**
     * The form in which names collide: metrics of Kafka's tools are named after topics, with each '.' made a '_'.
     *
     * @param name a good name.
     * @return the same for all names that can't be together.
     */
    static String collisionKey(final String name) {
        return name.replace('.', '_');
    }
}
