package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.STRING;

import io.ottla.server.config.ConfigKey.Definition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All keys of a group's configuration, as in Kafka 4.4. If a broker's key is a synonym of a key, its value is the
 * default.
 */
final class GroupKeys {
    private static final ArrayList<ConfigKey> KEYS = new ArrayList<>(30);

    private static final String GROUP = "Group settings";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey CONSUMER_ASSIGNMENT_INTERVAL_MS =
            likeBroker("consumer.assignment.interval.ms", GroupCoordinatorKeys.GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS);
    static final ConfigKey CONSUMER_ASSIGNOR_OFFLOAD_ENABLE =
            likeBroker("consumer.assignor.offload.enable", GroupCoordinatorKeys.GROUP_CONSUMER_ASSIGNOR_OFFLOAD_ENABLE);
    static final ConfigKey CONSUMER_HEARTBEAT_INTERVAL_MS =
            likeBroker("consumer.heartbeat.interval.ms", GroupCoordinatorKeys.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS);
    static final ConfigKey CONSUMER_SESSION_TIMEOUT_MS =
            likeBroker("consumer.session.timeout.ms", GroupCoordinatorKeys.GROUP_CONSUMER_SESSION_TIMEOUT_MS);
    static final ConfigKey ERRORS_DEADLETTERQUEUE_COPY_RECORD_ENABLE = key(
                    "errors.deadletterqueue.copy.record.enable", BOOLEAN, "false")
            .doc("Whether a record that a share group could not deliver is copied to the dead-letter queue topic.");
    static final ConfigKey ERRORS_DEADLETTERQUEUE_TOPIC_NAME = key("errors.deadletterqueue.topic.name", STRING, "")
            .doc("The dead-letter queue topic of a share group, for records that could not be delivered; empty for"
                    + " none.");
    static final ConfigKey SHARE_ASSIGNMENT_INTERVAL_MS =
            likeBroker("share.assignment.interval.ms", GroupCoordinatorKeys.GROUP_SHARE_ASSIGNMENT_INTERVAL_MS);
    static final ConfigKey SHARE_ASSIGNOR_OFFLOAD_ENABLE =
            likeBroker("share.assignor.offload.enable", GroupCoordinatorKeys.GROUP_SHARE_ASSIGNOR_OFFLOAD_ENABLE);
    static final ConfigKey SHARE_AUTO_OFFSET_RESET = key("share.auto.offset.reset", STRING, "latest")
            .doc("The position at which a share group without an offset starts.");
    static final ConfigKey SHARE_DELIVERY_COUNT_LIMIT =
            likeBroker("share.delivery.count.limit", GroupCoordinatorKeys.GROUP_SHARE_DELIVERY_COUNT_LIMIT);
    static final ConfigKey SHARE_HEARTBEAT_INTERVAL_MS =
            likeBroker("share.heartbeat.interval.ms", GroupCoordinatorKeys.GROUP_SHARE_HEARTBEAT_INTERVAL_MS);
    static final ConfigKey SHARE_ISOLATION_LEVEL = key("share.isolation.level", STRING, "read_uncommitted")
            .oneOf("read_committed", "read_uncommitted")
            .doc("The isolation level of a share group: whether it receives only records of committed transactions.");
    static final ConfigKey SHARE_PARTITION_MAX_RECORD_LOCKS =
            likeBroker("share.partition.max.record.locks", GroupCoordinatorKeys.GROUP_SHARE_PARTITION_MAX_RECORD_LOCKS);
    static final ConfigKey SHARE_RECORD_LOCK_DURATION_MS =
            likeBroker("share.record.lock.duration.ms", GroupCoordinatorKeys.GROUP_SHARE_RECORD_LOCK_DURATION_MS);
    static final ConfigKey SHARE_RENEW_ACKNOWLEDGE_ENABLE = key("share.renew.acknowledge.enable", BOOLEAN, "true")
            .doc("Whether members of a share group may renew the lock of a record.");
    static final ConfigKey SHARE_SESSION_TIMEOUT_MS =
            likeBroker("share.session.timeout.ms", GroupCoordinatorKeys.GROUP_SHARE_SESSION_TIMEOUT_MS);
    static final ConfigKey STREAMS_ACCEPTABLE_RECOVERY_LAG =
            likeBroker("streams.acceptable.recovery.lag", GroupCoordinatorKeys.GROUP_STREAMS_ACCEPTABLE_RECOVERY_LAG);
    static final ConfigKey STREAMS_ASSIGNMENT_INTERVAL_MS =
            likeBroker("streams.assignment.interval.ms", GroupCoordinatorKeys.GROUP_STREAMS_ASSIGNMENT_INTERVAL_MS);
    static final ConfigKey STREAMS_ASSIGNOR_NAME = key("streams.assignor.name", STRING, "sticky")
            .synonym("group.streams.assignors")
            .doc("The assignor of a streams group, by name.");
    static final ConfigKey STREAMS_ASSIGNOR_OFFLOAD_ENABLE =
            likeBroker("streams.assignor.offload.enable", GroupCoordinatorKeys.GROUP_STREAMS_ASSIGNOR_OFFLOAD_ENABLE);
    static final ConfigKey STREAMS_HEARTBEAT_INTERVAL_MS =
            likeBroker("streams.heartbeat.interval.ms", GroupCoordinatorKeys.GROUP_STREAMS_HEARTBEAT_INTERVAL_MS);
    static final ConfigKey STREAMS_INITIAL_REBALANCE_DELAY_MS = likeBroker(
            "streams.initial.rebalance.delay.ms", GroupCoordinatorKeys.GROUP_STREAMS_INITIAL_REBALANCE_DELAY_MS);
    static final ConfigKey STREAMS_NUM_STANDBY_REPLICAS =
            likeBroker("streams.num.standby.replicas", GroupCoordinatorKeys.GROUP_STREAMS_NUM_STANDBY_REPLICAS);
    static final ConfigKey STREAMS_NUM_WARMUP_REPLICAS =
            likeBroker("streams.num.warmup.replicas", GroupCoordinatorKeys.GROUP_STREAMS_NUM_WARMUP_REPLICAS);
    static final ConfigKey STREAMS_RACK_AWARE_ASSIGNMENT_TAGS = likeBroker(
            "streams.rack.aware.assignment.tags", GroupCoordinatorKeys.GROUP_STREAMS_RACK_AWARE_ASSIGNMENT_TAGS);
    static final ConfigKey STREAMS_SESSION_TIMEOUT_MS =
            likeBroker("streams.session.timeout.ms", GroupCoordinatorKeys.GROUP_STREAMS_SESSION_TIMEOUT_MS);
    static final ConfigKey STREAMS_TASK_OFFSET_INTERVAL_MS =
            likeBroker("streams.task.offset.interval.ms", GroupCoordinatorKeys.GROUP_STREAMS_TASK_OFFSET_INTERVAL_MS);

    private GroupKeys() {}

    /**
     * Returns the key with a name.
     *
     * @param name its name.
     * @return the key, or null if there is none.
     */
    static ConfigKey of(final String name) {
        for (final ConfigKey key : KEYS) {
            if (key.name().equals(name)) {
                return key;
            }
        }
        return null;
    }

    /**
     * Returns all keys, in alphabetical order, each at its {@link ConfigKey#index}.
     *
     * @return an unmodifiable view.
     */
    static List<ConfigKey> all() {
        return Collections.unmodifiableList(KEYS);
    }

    private static Definition key(final String name, final ConfigType type, final String defaultText) {
        return new Definition(KEYS, GROUP, name, type, defaultText).inert(NOT_YET);
    }

    private static ConfigKey likeBroker(final String name, final ConfigKey broker) {
        return Definition.like(KEYS, GROUP, name, broker).doc(broker.doc());
    }
}
