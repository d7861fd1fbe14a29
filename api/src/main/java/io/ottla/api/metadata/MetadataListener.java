package io.ottla.api.metadata;

/**
 * Receives changes when they are committed, on the owning agent's thread, before the request is answered. The
 * {@link MetadataView} already has the change. An exception from a method is logged and does not undo the change.
 */
public interface MetadataListener {
    /**
     * Called when a topic was created.
     *
     * @param topic the new topic.
     */
    void onTopicCreated(TopicImage topic);

    /**
     * Called when a topic has more partitions or other settings.
     *
     * @param before as it was.
     * @param after as it is.
     */
    void onTopicChanged(TopicImage before, TopicImage after);

    /**
     * Called when a topic was deleted.
     *
     * @param topic as it was.
     */
    void onTopicDeleted(TopicImage topic);
}
