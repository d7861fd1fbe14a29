package io.ottla.coordinator.group;

import io.ottla.api.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What can be configured about groups; the keys and defaults are Kafka's unless told otherwise.
 *
 * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}: the shortest session that a member may ask for.
 * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}: the longest one.
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: how long an empty group waits for more members
 *     after the first one. 0 and not Kafka's 3000: one broker on a developer's machine has few members, and each test that
 *     reads from a topic would wait for three seconds.
 * @param sizeMax {@code group.max.size}: how many members a group may have.
 * @param newMemberJoinTimeoutMs how long the join of a new member may wait before it is answered with an error.
 * @param metadataMaxBytes {@code offset.metadata.max.bytes}: how long the note with an offset may be.
 * @param retentionMs {@code offsets.retention.minutes}, in milliseconds: how long unused offsets are kept.
 * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}: how often old offsets are looked for.
 * @param topicPartitions {@code offsets.topic.num.partitions}: how many partitions the topic of groups gets when it is made.
 * @param topicSegmentBytes {@code offsets.topic.segment.bytes}: the size of its segments.
 * @param consumerSessionTimeoutMs {@code group.consumer.session.timeout.ms}: how long a member of a consumer group may be
 *     silent.
 * @param consumerHeartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}: how often it is told to be heard of.
 * @param consumerAssignmentIntervalMs {@code group.consumer.assignment.interval.ms}: for so long a consumer group's targets
 *     are left as they are.
 * @param consumerSizeMax {@code group.consumer.max.size}: how many members a consumer group may have.
 * @param consumerMigrationPolicy {@code group.consumer.migration.policy}: whether classic groups become consumer groups while
 *     they have members, and back: {@code bidirectional}, {@code upgrade}, {@code downgrade} or {@code disabled}.
 * @param consumerAssignors {@code group.consumer.assignors}: the names of the assignors, the default one first.
 * @param memberBytesMax {@code ottla.group.member.bytes.max}: what one member may say when it joins.
 * @param groupBytesMax {@code ottla.group.bytes.max}: what a group's members and their assignments may have together, which is
 *     what one batch in the log may have, too.
 * @param memoryBytesMax {@code ottla.groups.memory.bytes.max}: what all groups may take of the heap.
 */
record GroupConfig(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int initialRebalanceDelayMs,
        int sizeMax,
        int newMemberJoinTimeoutMs,
        int metadataMaxBytes,
        long retentionMs,
        long retentionCheckIntervalMs,
        int topicPartitions,
        int topicSegmentBytes,
        int consumerSessionTimeoutMs,
        int consumerHeartbeatIntervalMs,
        int consumerAssignmentIntervalMs,
        int consumerSizeMax,
        List<String> consumerAssignors,
        String consumerMigrationPolicy,
        int memberBytesMax,
        int groupBytesMax,
        long memoryBytesMax) {
    /** Names the bound of what all groups take. */
    static final String MEMORY_BYTES_MAX = "ottla.groups.memory.bytes.max";

    /** Names the bound of what one group may write. */
    static final String GROUP_BYTES_MAX = "ottla.group.bytes.max";

    /** What Kafka takes in a batch of the topic of groups, unless it is configured. */
    private static final int BATCH_BYTES = 1 << 20;

    private static final int BATCH_BYTES_MAX = 16 << 20;
    private static final String BIDIRECTIONAL = "bidirectional";
    private static final String UPGRADE = "upgrade";
    private static final String DOWNGRADE = "downgrade";
    private static final String DISABLED = "disabled";
    private static final int NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

    /**
     * Reads the configuration.
     *
     * @param properties all of the broker's.
     * @return the part of groups.
     * @throws ConfigException if a value is not a number, or makes no sense.
     */
    static GroupConfig of(final Map<String, String> properties) {
        final int minSessionMs = integer(properties, "group.min.session.timeout.ms", 6_000, 1);
        return new GroupConfig(
                minSessionMs,
                integer(properties, "group.max.session.timeout.ms", Math.max(1_800_000, minSessionMs), minSessionMs),
                integer(properties, "group.initial.rebalance.delay.ms", 0, 0),
                integer(properties, "group.max.size", Integer.MAX_VALUE, 1),
                NEW_MEMBER_JOIN_TIMEOUT_MS,
                integer(properties, "offset.metadata.max.bytes", 4096, 0),
                number(properties, "offsets.retention.minutes", 7 * 24 * 60, 1, Integer.MAX_VALUE) * 60_000,
                number(properties, "offsets.retention.check.interval.ms", 600_000, 1, Long.MAX_VALUE),
                integer(properties, "offsets.topic.num.partitions", 50, 1),
                integer(properties, "offsets.topic.segment.bytes", 100 << 20, 1),
                integer(properties, "group.consumer.session.timeout.ms", 45_000, 1),
                integer(properties, "group.consumer.heartbeat.interval.ms", 5_000, 1),
                integer(properties, "group.consumer.assignment.interval.ms", 1_000, 0),
                integer(properties, "group.consumer.max.size", Integer.MAX_VALUE, 1),
                names(properties.getOrDefault("group.consumer.assignors", "uniform,range")),
                policy(properties.getOrDefault("group.consumer.migration.policy", BIDIRECTIONAL)),
                integer(properties, "ottla.group.member.bytes.max", BATCH_BYTES, 1),
                groupBytesMax(properties),
                memoryBytesMax(properties));
    }

    /** Writing a group takes some four times its size for a moment. */
    private static int groupBytesMax(final Map<String, String> properties) {
        final int configured = integer(properties, GROUP_BYTES_MAX, -1, -1);
        return configured >= 0
                ? configured
                : Math.clamp(Runtime.getRuntime().maxMemory() / 64, BATCH_BYTES, BATCH_BYTES_MAX);
    }

    private static long memoryBytesMax(final Map<String, String> properties) {
        final long configured = number(properties, MEMORY_BYTES_MAX, -1, -1, Long.MAX_VALUE / 2);
        return configured >= 0 ? configured : Runtime.getRuntime().maxMemory() / 4;
    }

    private static String policy(final String text) {
        final String policy = text.trim().toLowerCase(Locale.ROOT);
        if (!List.of(BIDIRECTIONAL, UPGRADE, DOWNGRADE, DISABLED).contains(policy)) {
            throw new ConfigException(
                    "group.consumer.migration.policy must be one of bidirectional, upgrade, downgrade "
                            + "and disabled, and is '" + text + "'");
        }
        return policy;
    }

    boolean isUpgradeEnabled() {
        return consumerMigrationPolicy.equals(BIDIRECTIONAL) || consumerMigrationPolicy.equals(UPGRADE);
    }

    boolean isDowngradeEnabled() {
        return consumerMigrationPolicy.equals(BIDIRECTIONAL) || consumerMigrationPolicy.equals(DOWNGRADE);
    }

    boolean isMigrationDisabled() {
        return consumerMigrationPolicy.equals(DISABLED);
    }

    private static List<String> names(final String text) {
        final List<String> names = new ArrayList<>();
        for (final String name : text.split(",")) {
            if (!name.trim().isEmpty()) {
                names.add(name.trim());
            }
        }
        if (names.isEmpty()) {
            throw new ConfigException("group.consumer.assignors must name at least one assignor, such as uniform");
        }
        return names;
    }

    private static int integer(
            final Map<String, String> properties, final String key, final int defaultValue, final int min) {
        return (int) number(properties, key, defaultValue, min, Integer.MAX_VALUE);
    }

    private static long number(
            final Map<String, String> properties,
            final String key,
            final long defaultValue,
            final long min,
            final long max) {
        final String text = properties.get(key);
        if (text == null) {
            return defaultValue;
        }
        try {
            final long value = Long.parseLong(text.trim());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // Answered below.
        }
        throw new ConfigException(key + " must be a number from " + min + " to " + max + ", and is '" + text + "'");
    }
}
