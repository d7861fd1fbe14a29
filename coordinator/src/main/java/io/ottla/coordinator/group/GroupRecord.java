package io.ottla.coordinator.group;

import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;

/** A record of the groups' log. */
sealed interface GroupRecord {
    /**
     * Returns the id of the record's group.
     *
     * @return the group's id.
     */
    String groupId();

    /**
     * Returns whether the record is a tombstone.
     *
     * @return true if the record has no value.
     */
    boolean isTombstone();

    /**
     * A classic group.
     *
     * @param groupId the group's id.
     * @param generation its generation; null for a tombstone.
     */
    record Classic(String groupId, ClassicGeneration generation) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return generation == null;
        }
    }

    /**
     * The committed offset of a group in one partition.
     *
     * @param groupId the group's id.
     * @param topic the topic's name.
     * @param partition the partition's index.
     * @param committed the offset; null for a tombstone.
     */
    record Offset(String groupId, String topic, int partition, CommittedOffset committed) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return committed == null;
        }
    }

    /**
     * The epoch of a consumer group.
     *
     * @param groupId the group's id.
     * @param value the epoch; null for a tombstone of the group.
     */
    record Epoch(String groupId, Value value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }

        /**
         * An epoch.
         *
         * @param epoch its number.
         * @param metadataHash a hash of the group's topics in that epoch.
         */
        record Value(int epoch, long metadataHash) {}
    }

    /**
     * The subscription of a member of a consumer group.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param value the subscription; null for a tombstone of the member.
     */
    record Subscription(String groupId, String memberId, ConsumerSubscription value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    /**
     * The epoch of a consumer group's target assignment.
     *
     * @param groupId the group's id.
     * @param value the epoch; null for a tombstone.
     */
    record TargetEpoch(String groupId, Value value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }

        /**
         * The epoch of a target assignment.
         *
         * @param epoch its number.
         * @param timestampMs the time at which the assignment was computed.
         */
        record Value(int epoch, long timestampMs) {}
    }

    /**
     * The target assignment of a member of a consumer group.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param value partitions by topic; null for a tombstone.
     */
    record Target(String groupId, String memberId, Map<UUID, Set<Integer>> value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    /**
     * The current assignment of a member of a consumer group.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param value the assignment; null for a tombstone.
     */
    record Current(String groupId, String memberId, ConsumerAssignment value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    /**
     * The topics that an expression of a consumer group resolves to.
     *
     * @param groupId the group's id.
     * @param regex the expression.
     * @param value the topics; null for a tombstone.
     */
    record Regex(String groupId, String regex, Value value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }

        /**
         * The topics of an expression.
         *
         * @param topics the topics' names.
         * @param timestampMs the time at which the expression was resolved.
         */
        record Value(SortedSet<String> topics, long timestampMs) {}
    }
}
