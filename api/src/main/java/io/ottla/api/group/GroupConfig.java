package io.ottla.api.group;

import java.util.List;

/**
 * The configuration of groups. The broker, which defines the keys, fills in defaults. A component that Kafka has a key
 * for is named after that key.
 *
 * @param classic classic groups.
 * @param consumer consumer groups (KIP-848).
 * @param offsets committed offsets and their topic.
 * @param memory the memory that groups may use.
 */
public record GroupConfig(Classic classic, Consumer consumer, Offsets offsets, Memory memory) {
    /**
     * The configuration of classic groups.
     *
     * @param sessionTimeoutMsMin {@code group.min.session.timeout.ms}: the shortest session timeout that a member may
     *     ask for.
     * @param sessionTimeoutMsMax {@code group.max.session.timeout.ms}: the longest session timeout.
     * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: how long an empty group waits for more
     *     members after its first one.
     * @param sizeMax {@code group.max.size}: how many members a group may have.
     */
    public record Classic(int sessionTimeoutMsMin, int sessionTimeoutMsMax, int initialRebalanceDelayMs, int sizeMax) {}

    /**
     * The configuration of all consumer groups. {@link ConsumerGroupSettings} has the settings that each group may
     * override.
     *
     * @param sizeMax {@code group.consumer.max.size}: how many members a group may have.
     * @param assignors {@code group.consumer.assignors}: the names of the assignors, the default one first.
     * @param migration {@code group.consumer.migration.policy}: which groups may change their type while they have
     *     members.
     */
    public record Consumer(int sizeMax, List<String> assignors, Migration migration) {}

    /** The policy for groups that change their type while they have members (KIP-848). */
    public enum Migration {
        /** Classic groups become consumer groups, and back. */
        BIDIRECTIONAL,
        /** Classic groups become consumer groups. */
        UPGRADE,
        /** Consumer groups become classic groups. */
        DOWNGRADE,
        /** No group changes its type. */
        DISABLED;

        /**
         * Returns whether classic groups become consumer groups.
         *
         * @return true if they do.
         */
        public boolean upgrades() {
            return this == BIDIRECTIONAL || this == UPGRADE;
        }

        /**
         * Returns whether consumer groups become classic groups.
         *
         * @return true if they do.
         */
        public boolean downgrades() {
            return this == BIDIRECTIONAL || this == DOWNGRADE;
        }
    }

    /**
     * The configuration of committed offsets.
     *
     * @param metadataBytesMax {@code offset.metadata.max.bytes}: the largest metadata of a committed offset.
     * @param retentionMs {@code offsets.retention.minutes}, in milliseconds: how long unused offsets are retained.
     * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}: how often expired offsets are
     *     removed.
     * @param topicPartitions {@code offsets.topic.num.partitions}: the number of partitions of
     *     {@code __consumer_offsets} when it is created.
     * @param topicSegmentBytes {@code offsets.topic.segment.bytes}: the size of its segments.
     */
    public record Offsets(
            int metadataBytesMax,
            long retentionMs,
            long retentionCheckIntervalMs,
            int topicPartitions,
            int topicSegmentBytes) {}

    /**
     * The memory that groups may use.
     *
     * @param memberBytesMax {@code ottla.group.member.bytes.max}: the largest size of what one member sends when it
     *     joins.
     * @param groupBytesMax {@code ottla.group.bytes.max}: the largest size of a group's members and their assignments
     *     together, which is also that of one batch in the log.
     * @param bytesMax {@code ottla.groups.memory.bytes.max}: the heap that all groups may use.
     */
    public record Memory(int memberBytesMax, int groupBytesMax, long bytesMax) {}
}
