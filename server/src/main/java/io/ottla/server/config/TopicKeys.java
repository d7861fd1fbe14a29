package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;

import io.ottla.server.config.ConfigKey.Definition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * All keys of a topic's configuration, as in Kafka 4.4. If a broker's key is a synonym of a key, its value is the
 * default.
 */
public final class TopicKeys {
    private static final ArrayList<ConfigKey> KEYS = new ArrayList<>(40);

    private static final String TOPIC = "Topic settings";
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final String ONE_NODE = "partitions have one replica, because there is one node";
    private static final String NO_TIERS = "there is no tiered storage";

    public static final ConfigKey CLEANUP_POLICY = likeBroker("cleanup.policy", LogKeys.LOG_CLEANUP_POLICY);
    static final ConfigKey COMPRESSION_GZIP_LEVEL =
            likeBroker("compression.gzip.level", TopicDefaultKeys.COMPRESSION_GZIP_LEVEL);
    static final ConfigKey COMPRESSION_LZ4_LEVEL =
            likeBroker("compression.lz4.level", TopicDefaultKeys.COMPRESSION_LZ4_LEVEL);
    static final ConfigKey COMPRESSION_TYPE = likeBroker("compression.type", TopicDefaultKeys.COMPRESSION_TYPE);
    static final ConfigKey COMPRESSION_ZSTD_LEVEL =
            likeBroker("compression.zstd.level", TopicDefaultKeys.COMPRESSION_ZSTD_LEVEL);
    public static final ConfigKey DELETE_RETENTION_MS =
            likeBroker("delete.retention.ms", LogKeys.LOG_CLEANER_DELETE_RETENTION_MS);
    static final ConfigKey ERRORS_DEADLETTERQUEUE_GROUP_ENABLE = key(
                    "errors.deadletterqueue.group.enable", BOOLEAN, "false")
            .inert("share groups are not served yet")
            .doc("Whether share groups may use the topic as a dead-letter queue topic, for records that could not"
                    + " be delivered.");
    static final ConfigKey FILE_DELETE_DELAY_MS =
            likeBroker("file.delete.delay.ms", LogKeys.LOG_SEGMENT_DELETE_DELAY_MS);
    static final ConfigKey FLUSH_MESSAGES = likeBroker("flush.messages", LogKeys.LOG_FLUSH_INTERVAL_MESSAGES);
    static final ConfigKey FLUSH_MS = key("flush.ms", LONG, "9223372036854775807")
            .atLeast(0)
            .synonym("log.flush.interval.ms")
            .synonym("log.flush.scheduler.interval.ms")
            .unlikeKafka(LogKeys.LOG_FLUSH_INTERVAL_MS.difference())
            .doc(LogKeys.LOG_FLUSH_INTERVAL_MS.doc());
    static final ConfigKey FOLLOWER_REPLICATION_THROTTLED_REPLICAS = key(
                    "follower.replication.throttled.replicas", LIST, "")
            .check(new ConfigCheck.Replicas())
            .inert(ONE_NODE)
            .doc("The followers whose replication is throttled.");
    static final ConfigKey INDEX_INTERVAL_BYTES = likeBroker("index.interval.bytes", LogKeys.LOG_INDEX_INTERVAL_BYTES);
    static final ConfigKey INTERNAL_SEGMENT_BYTES = key("internal.segment.bytes", INT, null)
            .internal()
            .doc("Takes precedence over `segment.bytes` and has no lower bound, for tests.");
    static final ConfigKey LEADER_REPLICATION_THROTTLED_REPLICAS = key(
                    "leader.replication.throttled.replicas", LIST, "")
            .check(new ConfigCheck.Replicas())
            .inert(ONE_NODE)
            .doc("The leaders whose replication is throttled.");
    static final ConfigKey LOCAL_RETENTION_BYTES =
            likeBroker("local.retention.bytes", LogKeys.LOG_LOCAL_RETENTION_BYTES);
    static final ConfigKey LOCAL_RETENTION_MS = likeBroker("local.retention.ms", LogKeys.LOG_LOCAL_RETENTION_MS);
    public static final ConfigKey MAX_COMPACTION_LAG_MS =
            likeBroker("max.compaction.lag.ms", LogKeys.LOG_CLEANER_MAX_COMPACTION_LAG_MS);
    static final ConfigKey MAX_DECOMPRESSED_MESSAGE_BYTES =
            likeBroker("max.decompressed.message.bytes", TopicDefaultKeys.MAX_DECOMPRESSED_MESSAGE_BYTES);
    static final ConfigKey MAX_MESSAGE_BYTES = likeBroker("max.message.bytes", TopicDefaultKeys.MESSAGE_MAX_BYTES);
    static final ConfigKey MESSAGE_TIMESTAMP_AFTER_MAX_MS =
            likeBroker("message.timestamp.after.max.ms", TopicDefaultKeys.LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS);
    static final ConfigKey MESSAGE_TIMESTAMP_BEFORE_MAX_MS =
            likeBroker("message.timestamp.before.max.ms", TopicDefaultKeys.LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS);
    static final ConfigKey MESSAGE_TIMESTAMP_TYPE =
            likeBroker("message.timestamp.type", TopicDefaultKeys.LOG_MESSAGE_TIMESTAMP_TYPE);
    public static final ConfigKey MIN_CLEANABLE_DIRTY_RATIO =
            likeBroker("min.cleanable.dirty.ratio", LogKeys.LOG_CLEANER_MIN_CLEANABLE_RATIO);
    public static final ConfigKey MIN_COMPACTION_LAG_MS =
            likeBroker("min.compaction.lag.ms", LogKeys.LOG_CLEANER_MIN_COMPACTION_LAG_MS);
    static final ConfigKey MIN_INSYNC_REPLICAS =
            likeBroker("min.insync.replicas", TopicDefaultKeys.MIN_INSYNC_REPLICAS);
    static final ConfigKey PREALLOCATE = likeBroker("preallocate", LogKeys.LOG_PREALLOCATE);
    static final ConfigKey REMOTE_COPY_LAG_BYTES =
            likeBroker("remote.copy.lag.bytes", LogKeys.LOG_REMOTE_COPY_LAG_BYTES);
    static final ConfigKey REMOTE_COPY_LAG_MS = likeBroker("remote.copy.lag.ms", LogKeys.LOG_REMOTE_COPY_LAG_MS);
    static final ConfigKey REMOTE_LOG_COPY_DISABLE = key("remote.log.copy.disable", BOOLEAN, "false")
            .inert(NO_TIERS)
            .doc("Whether no more segments are moved to another tier.");
    static final ConfigKey REMOTE_LOG_DELETE_ON_DISABLE = key("remote.log.delete.on.disable", BOOLEAN, "false")
            .inert(NO_TIERS)
            .doc("Whether data in another tier is deleted when tiered storage is disabled.");
    static final ConfigKey REMOTE_STORAGE_ENABLE = key("remote.storage.enable", BOOLEAN, "false")
            .unlikeKafka("`true` is refused, as Kafka does if tiered storage is disabled.")
            .doc("Whether segments are moved to another tier.");
    static final ConfigKey RETENTION_BYTES = likeBroker("retention.bytes", LogKeys.LOG_RETENTION_BYTES);
    static final ConfigKey RETENTION_MS = key("retention.ms", LONG, "604800000")
            .atLeast(-1)
            .synonym("log.retention.ms")
            .synonym("log.retention.minutes", MINUTE_MS)
            .synonym("log.retention.hours", HOUR_MS)
            .doc("The age at which records may be deleted; -1 retains them forever.");
    static final ConfigKey SEGMENT_BYTES = likeBroker("segment.bytes", LogKeys.LOG_SEGMENT_BYTES);
    static final ConfigKey SEGMENT_INDEX_BYTES = likeBroker("segment.index.bytes", LogKeys.LOG_INDEX_SIZE_MAX_BYTES);
    static final ConfigKey SEGMENT_JITTER_MS = key("segment.jitter.ms", LONG, "0")
            .atLeast(0)
            .synonym("log.roll.jitter.ms")
            .synonym("log.roll.jitter.hours", HOUR_MS)
            .unlikeKafka("It is not random, but derived from the topic id, the partition and the segment.")
            .doc("The maximum time by which a segment is rolled earlier, so that not all are rolled at once.");
    static final ConfigKey SEGMENT_MS = key("segment.ms", LONG, "604800000")
            .atLeast(1)
            .synonym("log.roll.ms")
            .synonym("log.roll.hours", HOUR_MS)
            .doc("The age at which a new segment is rolled.");
    static final ConfigKey UNCLEAN_LEADER_ELECTION_ENABLE =
            likeBroker("unclean.leader.election.enable", TopicDefaultKeys.UNCLEAN_LEADER_ELECTION_ENABLE);

    private static final Map<String, ConfigKey> BY_NAME = BrokerKeys.byName(KEYS);

    private TopicKeys() {}

    /**
     * Returns all keys, in alphabetical order, each at its {@link ConfigKey#index}.
     *
     * @return an unmodifiable view.
     */
    static List<ConfigKey> all() {
        return Collections.unmodifiableList(KEYS);
    }

    /**
     * Returns the key with a name.
     *
     * @param name the name.
     * @return the key, or null if there is none.
     */
    public static ConfigKey of(final String name) {
        return BY_NAME.get(name);
    }

    private static Definition key(final String name, final ConfigType type, final String defaultText) {
        return new Definition(KEYS, TOPIC, name, type, defaultText);
    }

    private static ConfigKey likeBroker(final String name, final ConfigKey broker) {
        return Definition.like(KEYS, TOPIC, name, broker).doc(broker.doc());
    }
}
