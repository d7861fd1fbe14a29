package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

import io.ottla.server.config.ConfigKey.Definition;

/** The broker's keys for groups and committed offsets. {@link GroupKeys} has the keys of a single group. */
final class GroupCoordinatorKeys {
    static final KeySection SECTION = RequestKeys.SECTION.next("Groups and offsets");

    private static final String ONE_NODE = "partitions have one replica, because there is one node";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey GROUP_MIN_SESSION_TIMEOUT_MS = SECTION.key("group.min.session.timeout.ms", INT, "6000")
            .atLeast(1)
            .doc("The minimum session timeout of a member of a classic group.");
    static final ConfigKey GROUP_MAX_SESSION_TIMEOUT_MS = SECTION.key("group.max.session.timeout.ms", INT, "1800000")
            .atLeast(1)
            .doc("The maximum session timeout of a member of a classic group.");
    static final ConfigKey GROUP_INITIAL_REBALANCE_DELAY_MS = SECTION.key("group.initial.rebalance.delay.ms", INT, "0")
            .atLeast(0)
            .unlikeKafka("Kafka waits 3 seconds. Ottla does not wait, because a consumer should receive"
                    + " records at once and a second rebalance is cheap on one node.")
            .doc("The time an empty group waits for more members before its first rebalance.");
    static final ConfigKey GROUP_MAX_SIZE = SECTION.key("group.max.size", INT, "2147483647")
            .atLeast(1)
            .limit("memory, and the time of a rebalance", "GROUP_MAX_SIZE_REACHED")
            .doc("The maximum number of members of a classic group.");
    static final ConfigKey GROUP_COORDINATOR_REBALANCE_PROTOCOLS = SECTION.key(
                    "group.coordinator.rebalance.protocols", LIST, "classic,consumer,streams")
            .oneOf("consumer", "classic", "share", "streams")
            .inert("the set is fixed")
            .doc("The group protocols that are enabled.");
    static final ConfigKey GROUP_CONSUMER_SESSION_TIMEOUT_MS = SECTION.key(
                    "group.consumer.session.timeout.ms", INT, "45000")
            .atLeast(1)
            .doc("The time after which a member of a consumer group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS = SECTION.key(
                    "group.consumer.heartbeat.interval.ms", INT, "5000")
            .atLeast(1)
            .doc("The interval at which members of consumer groups send heartbeats.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS = SECTION.key(
                    "group.consumer.assignment.interval.ms", INT, "1000")
            .atLeast(0)
            .doc("The minimum time between two assignments of a consumer group.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNOR_OFFLOAD_ENABLE = SECTION.key(
                    "group.consumer.assignor.offload.enable", BOOLEAN, "true")
            .inert("the coordinator's agent computes assignments itself")
            .internal()
            .doc("Whether a separate thread computes the assignments of consumer groups.");
    static final ConfigKey GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS = SECTION.key(
                    "group.consumer.min.session.timeout.ms", INT, "45000")
            .atLeast(1)
            .doc("The minimum of `consumer.session.timeout.ms` of a group.");
    static final ConfigKey GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS = SECTION.key(
                    "group.consumer.max.session.timeout.ms", INT, "60000")
            .atLeast(1)
            .doc("The maximum of `consumer.session.timeout.ms` of a group.");
    static final ConfigKey GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS = SECTION.key(
                    "group.consumer.min.heartbeat.interval.ms", INT, "5000")
            .atLeast(1)
            .doc("The minimum of `consumer.heartbeat.interval.ms` of a group.");
    static final ConfigKey GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS = SECTION.key(
                    "group.consumer.max.heartbeat.interval.ms", INT, "15000")
            .atLeast(1)
            .doc("The maximum of `consumer.heartbeat.interval.ms` of a group.");
    static final ConfigKey GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS = SECTION.key(
                    "group.consumer.min.assignment.interval.ms", INT, "0")
            .atLeast(0)
            .doc("The minimum of `consumer.assignment.interval.ms` of a group.");
    static final ConfigKey GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS = SECTION.key(
                    "group.consumer.max.assignment.interval.ms", INT, "15000")
            .atLeast(0)
            .doc("The maximum of `consumer.assignment.interval.ms` of a group.");
    static final ConfigKey GROUP_CONSUMER_MAX_SIZE = SECTION.key("group.consumer.max.size", INT, "2147483647")
            .atLeast(1)
            .limit("memory, and the time of an assignment", "GROUP_MAX_SIZE_REACHED")
            .doc("The maximum number of members of a consumer group.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNORS = SECTION.key("group.consumer.assignors", LIST, "uniform,range")
            .doc("The assignors of consumer groups, by name; the first one is the default.");
    static final ConfigKey GROUP_CONSUMER_MIGRATION_POLICY = SECTION.key(
                    "group.consumer.migration.policy", STRING, "bidirectional")
            .oneOf("bidirectional", "upgrade", "downgrade", "disabled")
            .doc("Whether a classic group with members is converted to a consumer group, and back, when"
                    + " members of the other protocol join and leave.");
    static final ConfigKey GROUP_SHARE_SESSION_TIMEOUT_MS = group("share.session.timeout.ms", "45000", 1)
            .doc("The time after which a member of a share group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_SHARE_HEARTBEAT_INTERVAL_MS = group("share.heartbeat.interval.ms", "5000", 1)
            .doc("The interval at which members of share groups send heartbeats.");
    static final ConfigKey GROUP_SHARE_ASSIGNMENT_INTERVAL_MS = group("share.assignment.interval.ms", "1000", 0)
            .doc("The minimum time between two assignments of a share group.");
    static final ConfigKey GROUP_SHARE_ASSIGNOR_OFFLOAD_ENABLE = SECTION.key(
                    "group.share.assignor.offload.enable", BOOLEAN, "true")
            .inert(NOT_YET)
            .internal()
            .doc("Whether a separate thread computes the assignments of share groups.");
    static final ConfigKey GROUP_SHARE_DELIVERY_COUNT_LIMIT = group("share.delivery.count.limit", "5", 2)
            .between(2, 10)
            .doc("The maximum number of times that a share group delivers a record.");
    static final ConfigKey GROUP_SHARE_PARTITION_MAX_RECORD_LOCKS = group(
                    "share.partition.max.record.locks", "2000", 100)
            .between(100, 10000)
            .doc("The maximum number of records of a partition that a share group may lock.");
    static final ConfigKey GROUP_SHARE_RECORD_LOCK_DURATION_MS = group("share.record.lock.duration.ms", "30000", 1000)
            .between(1000, 3600000)
            .doc("The time after which a record that a member of a share group has not acknowledged is released.");
    static final ConfigKey GROUP_STREAMS_SESSION_TIMEOUT_MS = group("streams.session.timeout.ms", "45000", 1)
            .doc("The time after which a member of a streams group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_STREAMS_HEARTBEAT_INTERVAL_MS = group("streams.heartbeat.interval.ms", "5000", 1)
            .doc("The interval at which members of streams groups send heartbeats.");
    static final ConfigKey GROUP_STREAMS_ASSIGNMENT_INTERVAL_MS = group("streams.assignment.interval.ms", "1000", 0)
            .doc("The minimum time between two assignments of a streams group.");
    static final ConfigKey GROUP_STREAMS_ASSIGNORS = SECTION.key("group.streams.assignors", LIST, "sticky")
            .inert(NOT_YET)
            .doc("The assignors of streams groups, by name; the first one is the default.");
    static final ConfigKey GROUP_STREAMS_ASSIGNOR_OFFLOAD_ENABLE = SECTION.key(
                    "group.streams.assignor.offload.enable", BOOLEAN, "true")
            .inert(NOT_YET)
            .internal()
            .doc("Whether a separate thread computes the assignments of streams groups.");
    static final ConfigKey GROUP_STREAMS_ACCEPTABLE_RECOVERY_LAG = SECTION.key(
                    "group.streams.acceptable.recovery.lag", LONG, "10000")
            .atLeast(0)
            .inert(NOT_YET)
            .internal()
            .doc("The maximum lag, in offsets, at which a replica of a task's state may take over the task.");
    static final ConfigKey GROUP_STREAMS_INITIAL_REBALANCE_DELAY_MS = group(
                    "streams.initial.rebalance.delay.ms", "3000", 0)
            .doc("The time an empty streams group waits for more members before its first assignment.");
    static final ConfigKey GROUP_STREAMS_NUM_STANDBY_REPLICAS = group("streams.num.standby.replicas", "0", 0)
            .doc("The number of standby replicas of each task of a streams group.");
    static final ConfigKey GROUP_STREAMS_NUM_WARMUP_REPLICAS = group("streams.num.warmup.replicas", "2", 0)
            .internal()
            .doc("The maximum number of warmup replicas of a streams group.");
    static final ConfigKey GROUP_STREAMS_RACK_AWARE_ASSIGNMENT_TAGS = SECTION.key(
                    "group.streams.rack.aware.assignment.tags", LIST, "")
            .inert(NOT_YET)
            .doc("The client tags by which standby replicas are distributed.");
    static final ConfigKey GROUP_STREAMS_TASK_OFFSET_INTERVAL_MS = group("streams.task.offset.interval.ms", "60000", 1)
            .internal()
            .doc("The interval at which members of streams groups send the offsets of their tasks.");
    static final ConfigKey OFFSET_METADATA_MAX_BYTES = SECTION.key("offset.metadata.max.bytes", INT, "4096")
            .atLeast(0)
            .limit("the memory of committed offsets", "OFFSET_METADATA_TOO_LARGE")
            .doc("The maximum size of the metadata that is committed with an offset.");
    static final ConfigKey OFFSETS_RETENTION_MINUTES = SECTION.key("offsets.retention.minutes", INT, "10080")
            .atLeast(1)
            .doc("The time for which the offsets of a group without members are retained.");
    static final ConfigKey OFFSETS_RETENTION_CHECK_INTERVAL_MS = SECTION.key(
                    "offsets.retention.check.interval.ms", LONG, "600000")
            .atLeast(1)
            .doc("The interval at which the broker checks for expired offsets.");
    static final ConfigKey OFFSETS_COMMIT_TIMEOUT_MS = SECTION.key("offsets.commit.timeout.ms", INT, "5000")
            .atLeast(1)
            .inert(ONE_NODE)
            .doc("The maximum time of an offset commit.");
    static final ConfigKey OFFSETS_TOPIC_NUM_PARTITIONS = SECTION.key("offsets.topic.num.partitions", INT, "50")
            .atLeast(1)
            .doc("The number of partitions of `__consumer_offsets`. It cannot be changed after the topic was created.");
    static final ConfigKey OFFSETS_TOPIC_REPLICATION_FACTOR = SECTION.key("offsets.topic.replication.factor", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka requires 3 replicas, which is not possible on one node.")
            .inert(ONE_NODE)
            .doc("The replication factor of `__consumer_offsets`.");
    static final ConfigKey OFFSETS_TOPIC_SEGMENT_BYTES = SECTION.key("offsets.topic.segment.bytes", INT, "104857600")
            .atLeast(1)
            .doc("The segment size of `__consumer_offsets`.");

    static final ConfigKey GROUP_MEMBER_BYTES_MAX = SECTION.key("ottla.group.member.bytes.max", INT, "1048576")
            .atLeast(1)
            .limit("the memory that one member takes", "GROUP_MAX_SIZE_REACHED")
            .doc("The maximum number of bytes that a member may send when it joins a group: its protocols"
                    + " with their metadata, or its topic names. A larger request gets GROUP_MAX_SIZE_REACHED.");
    static final ConfigKey GROUP_BYTES_MAX = SECTION.key("ottla.group.bytes.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "the memory that one group takes, which is several times its size while the group is written",
                    "GROUP_MAX_SIZE_REACHED for a join, UNKNOWN_SERVER_ERROR for an assignment or a write",
                    "1/64 of the heap, between 1 MiB and 16 MiB")
            .doc("The maximum number of bytes of the members and assignments of a classic group, and of one"
                    + " batch in `__consumer_offsets`. If it is exceeded, a member that joins gets"
                    + " GROUP_MAX_SIZE_REACHED, and a leader that sends an assignment gets UNKNOWN_SERVER_ERROR. -1"
                    + " means 1/64 of the maximum heap, between 1 MiB and 16 MiB. (Kafka's limit is"
                    + " `message.max.bytes`, 1 MB.)");
    static final ConfigKey GROUPS_MEMORY_BYTES_MAX = SECTION.key("ottla.groups.memory.bytes.max", LONG, "-1")
            .atLeast(-1)
            .limit(
                    "the memory that all groups take",
                    "COORDINATOR_NOT_AVAILABLE, which clients retry",
                    "1/4 of the heap")
            .doc("The estimated number of bytes of the heap that all groups and their offsets may take. If it"
                    + " is exceeded, new groups and members get COORDINATOR_NOT_AVAILABLE, which clients retry;"
                    + " existing ones may still grow by 1/4 of it. -1 means 1/4 of the maximum heap.");

    private GroupCoordinatorKeys() {}

    private static Definition group(final String name, final String defaultText, final long min) {
        return SECTION.key("group." + name, INT, defaultText).atLeast(min).inert(NOT_YET);
    }
}
