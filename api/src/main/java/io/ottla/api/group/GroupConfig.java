package io.ottla.api.group;

import java.util.List;

/**
 * What is configured about groups. Defaults are filled in by the broker, which defines its keys once. What Kafka has a key for is named as
 * that key.
 *
 * @param classic classic groups.
 * @param consumer consumer groups (KIP-848).
 * @param offsets committed offsets and their topic.
 * @param memory what groups may take.
 */
public record GroupConfig(Classic classic, Consumer consumer, Offsets offsets, Memory memory) {
    /**
     * What is configured about classic groups.
     *
     * @param sessionTimeoutMsMin {@code group.min.session.timeout.ms}: the shortest session that a member may ask for.
     * @param sessionTimeoutMsMax {@code group.max.session.timeout.ms}: the longest one.
     * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: how long an empty group waits for more members after the
     *     first one.
     * @param sizeMax {@code group.max.size}: how many members a group may have.
     */
    public record Classic(int sessionTimeoutMsMin, int sessionTimeoutMsMax, int initialRebalanceDelayMs, int sizeMax) {}

    /**
     * What is configured about all consumer groups. {@link ConsumerGroupSettings} has what a group may have settings of its own for.
     *
     * @param sizeMax {@code group.consumer.max.size}: how many members a group may have.
     * @param assignors {@code group.consumer.assignors}: the names of the assignors, the default one first.
     * @param migration {@code group.consumer.migration.policy}: which groups change their type while they have members.
     */
    public record Consumer(int sizeMax, List<String> assignors, Migration migration) {}

    /** Which groups change their type while they have members (KIP-848). */
    public enum Migration {
        /** Classic groups become consumer groups, and back. */
        BIDIRECTIONAL,
        /** Classic groups become consumer groups. */
        UPGRADE,
        /** Consumer groups become classic groups. */
        DOWNGRADE,
        /** None. */
        DISABLED;

        /**
         * Whether classic groups become consumer groups.
         *
         * @return true if they do.
         */
        public boolean upgrades() {
            return this == BIDIRECTIONAL || this == UPGRADE;
        }

        /**
         * Whether consumer groups become classic groups.
         *
         * @return true if they do.
         */
        public boolean downgrades() {
            return this == BIDIRECTIONAL || this == DOWNGRADE;
        }
    }

    /**
     * What is configured about committed offsets.
     *
     * @param metadataBytesMax {@code offset.metadata.max.bytes}: how long the note with an offset may be.
     * @param retentionMs {@code offsets.retention.minutes}, in milliseconds: how long unused offsets are kept.
     * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}: how often old offsets are looked for.
     * @param topicPartitions {@code offsets.topic.num.partitions}: how many partitions the topic of groups gets when it is created.
     * @param topicSegmentBytes {@code offsets.topic.segment.bytes}: the size of its segments.
     */
    public record Offsets(
            int metadataBytesMax,
            long retentionMs,
            long retentionCheckIntervalMs,
            int topicPartitions,
            int topicSegmentBytes) {}

    /**
     * What groups may take.
     *
     * @param memberBytesMax {@code ottla.group.member.bytes.max}: what one member may say when it joins.
     * @param groupBytesMax {@code ottla.group.bytes.max}: what a group's members and their assignments may have together, which is what one
     *     batch in the log may have, too.
     * @param bytesMax {@code ottla.groups.memory.bytes.max}: what all groups may take of the heap.
     */
    public record Memory(int memberBytesMax, int groupBytesMax, long bytesMax) {}
}
