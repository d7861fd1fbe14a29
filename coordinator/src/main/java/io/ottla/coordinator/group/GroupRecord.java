package io.ottla.coordinator.group;

import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;

/** What is written to the log of groups. */
sealed interface GroupRecord {
    /**
     * The group that it is about.
     *
     * @return the group's id.
     */
    String groupId();

    /**
     * Whether it says that something is gone.
     *
     * @return true if it has no value.
     */
    boolean isTombstone();

    /**
     * A classic group.
     *
     * @param groupId its id.
     * @param generation what is to be known of it; null to forget it.
     */
    record Classic(String groupId, ClassicGeneration generation) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return generation == null;
        }
    }

    /**
     * How far a group has come in one partition.
     *
     * @param groupId the group's id.
     * @param topic the topic's name.
     * @param partition the partition's index.
     * @param committed what is to be known of it; null to forget it.
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
     * @param value the epoch; null to forget the group.
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
         * @param metadataHash a hash of the group's topics as they were then.
         */
        record Value(int epoch, long metadataHash) {}
    }

    /**
     * What a member of a consumer group wants.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param value what it wants; null to forget the member.
     */
    record Subscription(String groupId, String memberId, ConsumerSubscription value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    /**
     * The epoch that the targets of a consumer group are for.
     *
     * @param groupId the group's id.
     * @param value the epoch; null to forget it.
     */
    record TargetEpoch(String groupId, Value value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }

        /**
         * An epoch of targets.
         *
         * @param epoch its number.
         * @param timestampMs when they were made.
         */
        record Value(int epoch, long timestampMs) {}
    }

    /**
     * What a member of a consumer group shall have in the end.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param value partitions by topic; null to forget it.
     */
    record Target(String groupId, String memberId, Map<UUID, Set<Integer>> value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    /**
     * What a member of a consumer group may hold now.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param value what it may hold; null to forget it.
     */
    record Current(String groupId, String memberId, ConsumerAssignment value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    /**
     * The topics that an expression of a consumer group stands for.
     *
     * @param groupId the group's id.
     * @param regex the expression.
     * @param value the topics; null to forget it.
     */
    record Regex(String groupId, String regex, Value value) implements GroupRecord {
        @Override
        public boolean isTombstone() {
            return value == null;
        }

        /**
         * What an expression stands for.
         *
         * @param topics the topics' names.
         * @param timestampMs when they were found.
         */
        record Value(SortedSet<String> topics, long timestampMs) {}
    }
}
