package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

import io.ottla.server.config.ConfigKey.Definition;

/** The keys of groups and committed offsets. {@link GroupKeys} has those of one group. */
final class GroupCoordinatorKeys {
    static final KeySection SECTION = RequestKeys.SECTION.next("Groups and offsets");

    private static final String ONE_NODE = "a partition has one replica, on the one node";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey GROUP_MIN_SESSION_TIMEOUT_MS = SECTION.key("group.min.session.timeout.ms", INT, "6000")
            .atLeast(1)
            .doc("The shortest session timeout that a member may ask for.");
    static final ConfigKey GROUP_MAX_SESSION_TIMEOUT_MS = SECTION.key("group.max.session.timeout.ms", INT, "1800000")
            .atLeast(1)
            .doc("The longest session timeout that a member may ask for.");
    static final ConfigKey GROUP_INITIAL_REBALANCE_DELAY_MS = SECTION.key("group.initial.rebalance.delay.ms", INT, "0")
            .atLeast(0)
            .unlikeKafka("Kafka waits 3 seconds. Whoever starts a consumer wants to see records at once, and a second "
                    + "rebalance costs little on one node.")
            .doc("How long an empty group waits for more members before its first rebalance.");
    static final ConfigKey GROUP_MAX_SIZE = SECTION.key("group.max.size", INT, "2147483647")
            .atLeast(1)
            .limit("memory and the time of a rebalance", "GROUP_MAX_SIZE_REACHED")
            .doc("How many members a classic group may have.");
    static final ConfigKey GROUP_COORDINATOR_REBALANCE_PROTOCOLS = SECTION.key(
                    "group.coordinator.rebalance.protocols", LIST, "classic,consumer,streams")
            .oneOf("consumer", "classic", "share", "streams")
            .inert("the set is fixed")
            .doc("The group protocols that are offered.");
    static final ConfigKey GROUP_CONSUMER_SESSION_TIMEOUT_MS = SECTION.key(
                    "group.consumer.session.timeout.ms", INT, "45000")
            .atLeast(1)
            .doc("When a member of a consumer group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS = SECTION.key(
                    "group.consumer.heartbeat.interval.ms", INT, "5000")
            .atLeast(1)
            .doc("How often members of consumer groups are told to send heartbeats.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS = SECTION.key(
                    "group.consumer.assignment.interval.ms", INT, "1000")
            .atLeast(0)
            .doc("The least time between two assignments of a consumer group.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNOR_OFFLOAD_ENABLE = SECTION.key(
                    "group.consumer.assignor.offload.enable", BOOLEAN, "true")
            .inert("the coordinator's agent computes assignments itself")
            .internal()
            .doc("Whether assignments of consumer groups are computed by a thread of their own.");
    static final ConfigKey GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS = SECTION.key(
                    "group.consumer.min.session.timeout.ms", INT, "45000")
            .atLeast(1)
            .doc("The shortest `consumer.session.timeout.ms` that a group may have.");
    static final ConfigKey GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS = SECTION.key(
                    "group.consumer.max.session.timeout.ms", INT, "60000")
            .atLeast(1)
            .doc("The longest one.");
    static final ConfigKey GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS = SECTION.key(
                    "group.consumer.min.heartbeat.interval.ms", INT, "5000")
            .atLeast(1)
            .doc("The shortest `consumer.heartbeat.interval.ms` that a group may have.");
    static final ConfigKey GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS = SECTION.key(
                    "group.consumer.max.heartbeat.interval.ms", INT, "15000")
            .atLeast(1)
            .doc("The longest one.");
    static final ConfigKey GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS = SECTION.key(
                    "group.consumer.min.assignment.interval.ms", INT, "0")
            .atLeast(0)
            .doc("The shortest `consumer.assignment.interval.ms` that a group may have.");
    static final ConfigKey GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS = SECTION.key(
                    "group.consumer.max.assignment.interval.ms", INT, "15000")
            .atLeast(0)
            .doc("The longest one.");
    static final ConfigKey GROUP_CONSUMER_MAX_SIZE = SECTION.key("group.consumer.max.size", INT, "2147483647")
            .atLeast(1)
            .limit("memory and the time of an assignment", "GROUP_MAX_SIZE_REACHED")
            .doc("How many members a consumer group may have.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNORS = SECTION.key("group.consumer.assignors", LIST, "uniform,range")
            .doc("How consumer groups may divide work, by the assignors' names; the first one is the default.");
    static final ConfigKey GROUP_CONSUMER_MIGRATION_POLICY = SECTION.key(
                    "group.consumer.migration.policy", STRING, "bidirectional")
            .oneOf("bidirectional", "upgrade", "downgrade", "disabled")
            .doc("Whether a classic group that has members becomes a consumer group, and back, as members of the other "
                    + "protocol come and go.");
    static final ConfigKey GROUP_SHARE_SESSION_TIMEOUT_MS = group("share.session.timeout.ms", "45000", 1)
            .doc("When a member of a share group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_SHARE_HEARTBEAT_INTERVAL_MS = group("share.heartbeat.interval.ms", "5000", 1)
            .doc("How often members of share groups are told to send heartbeats.");
    static final ConfigKey GROUP_SHARE_ASSIGNMENT_INTERVAL_MS = group("share.assignment.interval.ms", "1000", 0)
            .doc("The least time between two assignments of a share group.");
    static final ConfigKey GROUP_SHARE_ASSIGNOR_OFFLOAD_ENABLE = SECTION.key(
                    "group.share.assignor.offload.enable", BOOLEAN, "true")
            .inert(NOT_YET)
            .internal()
            .doc("Whether assignments of share groups are computed by a thread of their own.");
    static final ConfigKey GROUP_SHARE_DELIVERY_COUNT_LIMIT = group("share.delivery.count.limit", "5", 2)
            .between(2, 10)
            .doc("How often a share group delivers a record before it gives up.");
    static final ConfigKey GROUP_SHARE_PARTITION_MAX_RECORD_LOCKS = group(
                    "share.partition.max.record.locks", "2000", 100)
            .between(100, 10000)
            .doc("How many records of a partition a share group may have locked.");
    static final ConfigKey GROUP_SHARE_RECORD_LOCK_DURATION_MS = group("share.record.lock.duration.ms", "30000", 1000)
            .between(1000, 3600000)
            .doc("How long a member of a share group keeps a record that it did not acknowledge.");
    static final ConfigKey GROUP_STREAMS_SESSION_TIMEOUT_MS = group("streams.session.timeout.ms", "45000", 1)
            .doc("When a member of a streams group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_STREAMS_HEARTBEAT_INTERVAL_MS = group("streams.heartbeat.interval.ms", "5000", 1)
            .doc("How often members of streams groups are told to send heartbeats.");
    static final ConfigKey GROUP_STREAMS_ASSIGNMENT_INTERVAL_MS = group("streams.assignment.interval.ms", "1000", 0)
            .doc("The least time between two assignments of a streams group.");
    static final ConfigKey GROUP_STREAMS_ASSIGNORS = SECTION.key("group.streams.assignors", LIST, "sticky")
            .inert(NOT_YET)
            .doc("How streams groups may divide work, by the assignors' names; the first one is the default.");
    static final ConfigKey GROUP_STREAMS_ASSIGNOR_OFFLOAD_ENABLE = SECTION.key(
                    "group.streams.assignor.offload.enable", BOOLEAN, "true")
            .inert(NOT_YET)
            .internal()
            .doc("Whether assignments of streams groups are computed by a thread of their own.");
    static final ConfigKey GROUP_STREAMS_ACCEPTABLE_RECOVERY_LAG = SECTION.key(
                    "group.streams.acceptable.recovery.lag", LONG, "10000")
            .atLeast(0)
            .inert(NOT_YET)
            .internal()
            .doc("How many offsets a copy of a task's state may be behind to take over the task.");
    static final ConfigKey GROUP_STREAMS_INITIAL_REBALANCE_DELAY_MS = group(
                    "streams.initial.rebalance.delay.ms", "3000", 0)
            .doc("How long an empty streams group waits for more members before its first assignment.");
    static final ConfigKey GROUP_STREAMS_NUM_STANDBY_REPLICAS = group("streams.num.standby.replicas", "0", 0)
            .doc("How many standby copies of a task's state a streams group keeps.");
    static final ConfigKey GROUP_STREAMS_NUM_WARMUP_REPLICAS = group("streams.num.warmup.replicas", "2", 0)
            .internal()
            .doc("How many copies of tasks' state a streams group warms up at a time.");
    static final ConfigKey GROUP_STREAMS_RACK_AWARE_ASSIGNMENT_TAGS = SECTION.key(
                    "group.streams.rack.aware.assignment.tags", LIST, "")
            .inert(NOT_YET)
            .doc("The tags of clients by which standby copies are spread.");
    static final ConfigKey GROUP_STREAMS_TASK_OFFSET_INTERVAL_MS = group("streams.task.offset.interval.ms", "60000", 1)
            .internal()
            .doc("How often members of streams groups send the offsets of their tasks.");
    static final ConfigKey OFFSET_METADATA_MAX_BYTES = SECTION.key("offset.metadata.max.bytes", INT, "4096")
            .atLeast(0)
            .limit("memory for committed offsets", "OFFSET_METADATA_TOO_LARGE")
            .doc("How long the note may be that is committed with an offset.");
    static final ConfigKey OFFSETS_RETENTION_MINUTES = SECTION.key("offsets.retention.minutes", INT, "10080")
            .atLeast(1)
            .doc("How long the offsets of a group without members are kept.");
    static final ConfigKey OFFSETS_RETENTION_CHECK_INTERVAL_MS = SECTION.key(
                    "offsets.retention.check.interval.ms", LONG, "600000")
            .atLeast(1)
            .doc("How often the broker looks for offsets to forget.");
    static final ConfigKey OFFSETS_COMMIT_TIMEOUT_MS = SECTION.key("offsets.commit.timeout.ms", INT, "5000")
            .atLeast(1)
            .inert(ONE_NODE)
            .doc("How long a commit of offsets may take.");
    static final ConfigKey OFFSETS_TOPIC_NUM_PARTITIONS = SECTION.key("offsets.topic.num.partitions", INT, "50")
            .atLeast(1)
            .doc("How many partitions `__consumer_offsets` gets. It can't be changed afterwards.");
    static final ConfigKey OFFSETS_TOPIC_REPLICATION_FACTOR = SECTION.key("offsets.topic.replication.factor", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka asks for 3 replicas, which one node can't give.")
            .inert(ONE_NODE)
            .doc("How many replicas `__consumer_offsets` gets.");
    static final ConfigKey OFFSETS_TOPIC_SEGMENT_BYTES = SECTION.key("offsets.topic.segment.bytes", INT, "104857600")
            .atLeast(1)
            .doc("The size at which a partition of `__consumer_offsets` begins a new segment.");

    static final ConfigKey GROUP_MEMBER_BYTES_MAX = SECTION.key("ottla.group.member.bytes.max", INT, "1048576")
            .atLeast(1)
            .limit("memory from one member", "GROUP_MAX_SIZE_REACHED")
            .doc("How many bytes a member of a group may bring when it joins: its protocols with their metadata, or"
                    + " the names of its topics. One with more gets GROUP_MAX_SIZE_REACHED.");
    static final ConfigKey GROUP_BYTES_MAX = SECTION.key("ottla.group.bytes.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory from one group, several times while it is written",
                    "GROUP_MAX_SIZE_REACHED when it joins, UNKNOWN_SERVER_ERROR when it assigns or writes",
                    "a 64th of the heap, from 1 to 16 MiB")
            .doc("How many bytes the members and assignments of a classic group may have together, and one batch in"
                    + " `__consumer_offsets`. A member that joins gets GROUP_MAX_SIZE_REACHED past it, and a leader"
                    + " that assigns UNKNOWN_SERVER_ERROR. -1 means a 64th of the largest heap, between 1 MiB and 16"
                    + " MiB. (Kafka's bound is `message.max.bytes`, 1 MB.)");
    static final ConfigKey GROUPS_MEMORY_BYTES_MAX = SECTION.key("ottla.groups.memory.bytes.max", LONG, "-1")
            .atLeast(-1)
            .limit(
                    "memory from all groups together",
                    "COORDINATOR_NOT_AVAILABLE, so that it tries again",
                    "a quarter of the heap")
            .doc("How many bytes of the heap all groups and their offsets may take, as estimated. New groups and"
                    + " members get COORDINATOR_NOT_AVAILABLE past it and try again; those that are there may grow"
                    + " by a quarter more. -1 means a quarter of the largest heap.");

    private GroupCoordinatorKeys() {}

    private static Definition group(final String name, final String defaultText, final long min) {
        return SECTION.key("group." + name, INT, defaultText).atLeast(min).inert(NOT_YET);
    }
}
