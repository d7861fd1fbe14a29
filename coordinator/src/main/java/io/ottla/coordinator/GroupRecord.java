package io.ottla.coordinator;

/** What is written to the log of groups. */
sealed interface GroupRecord {
    /**
     * The group that it is about.
     *
     * @return the group's id.
     */
    String groupId();

    /**
     * A classic group.
     *
     * @param groupId its id.
     * @param generation what is to be known of it; null to forget it.
     */
    record Classic(String groupId, ClassicGeneration generation) implements GroupRecord {}

    /**
     * How far a group has come in one partition.
     *
     * @param groupId the group's id.
     * @param topic the topic's name.
     * @param partition the partition's index.
     * @param committed what is to be known of it; null to forget it.
     */
    record Offset(String groupId, String topic, int partition, CommittedOffset committed) implements GroupRecord {}
}
