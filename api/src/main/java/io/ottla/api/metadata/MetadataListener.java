package io.ottla.api.metadata;

/**
 * Learns of changes when they are committed, on the owning agent's thread, before whoever asked for them is answered. The
 * {@link MetadataView} shows the change already. What a method throws is logged and changes nothing: the change is committed.
 */
public interface MetadataListener {
    /**
     * A topic is there.
     *
     * @param topic the new topic.
     */
    void onTopicCreated(TopicImage topic);

    /**
     * A topic has more partitions or other settings.
     *
     * @param before as it was.
     * @param after as it is.
     */
    void onTopicChanged(TopicImage before, TopicImage after);

    /**
     * A topic is gone.
     *
     * @param topic as it was.
     */
    void onTopicDeleted(TopicImage topic);
}
