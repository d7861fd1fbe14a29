package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

/** The broker's keys for the creation of topics and for their batches. */
public final class TopicDefaultKeys {
    static final KeySection SECTION = NetworkKeys.SECTION.next("Topics");

    private static final String ONE_NODE = "partitions have one replica, because there is one node";
    private static final String ONE_LEVEL = "each compression type has one level";

    static final ConfigKey NUM_PARTITIONS =
            SECTION.key("num.partitions", INT, "1").atLeast(1).doc("The default number of partitions of a topic.");
    static final ConfigKey DEFAULT_REPLICATION_FACTOR = SECTION.key("default.replication.factor", INT, "1")
            .between(1, 1)
            .doc("The default replication factor of a topic. It is 1, because there is one node.");
    static final ConfigKey PARTITIONS_MAX = SECTION.key("ottla.partitions.max", INT, "-1")
            .atLeast(-1)
            .limit("the memory that topics take", "POLICY_VIOLATION", "one for each 4,096 bytes of the heap")
            .doc("The maximum number of partitions of all topics. A topic or an increase that exceeds it gets"
                    + " POLICY_VIOLATION. -1 means one for each 4096 bytes of the maximum heap. (Kafka has no such"
                    + " limit.)");
    static final ConfigKey AUTO_CREATE_TOPICS_ENABLE = SECTION.key("auto.create.topics.enable", BOOLEAN, "true")
            .doc("Whether a topic is created when a client asks for it.");
    public static final ConfigKey DELETE_TOPIC_ENABLE =
            SECTION.key("delete.topic.enable", BOOLEAN, "true").doc("Whether topics may be deleted.");
    static final ConfigKey MIN_INSYNC_REPLICAS = SECTION.key("min.insync.replicas", INT, "1")
            .atLeast(1)
            .inert(ONE_NODE)
            .doc("The minimum number of replicas that must have a record before a producer with `acks=all`"
                    + " gets a response.");
    static final ConfigKey UNCLEAN_LEADER_ELECTION_ENABLE = SECTION.key(
                    "unclean.leader.election.enable", BOOLEAN, "false")
            .inert(ONE_NODE)
            .doc("Whether a replica that is not in sync may become the leader.");
    static final ConfigKey MESSAGE_MAX_BYTES = SECTION.key("message.max.bytes", INT, "1048588")
            .atLeast(0)
            .limit("the memory of consumers and of compaction", "MESSAGE_TOO_LARGE")
            .doc("The maximum size of a batch of records, as it is sent.");
    static final ConfigKey MAX_DECOMPRESSED_MESSAGE_BYTES = SECTION.key(
                    "max.decompressed.message.bytes", INT, "2147483639")
            .between(1, 2147483639)
            .limit("consumers; the broker itself needs no memory for a record", "INVALID_RECORD")
            .doc("The maximum size of a record of a compressed batch after decompression; a"
                    + " larger one is refused as invalid. It also limits lookups of records by timestamp, and"
                    + " compaction. The broker skips records while it decompresses them, so that large ones take no"
                    + " memory.");
    static final ConfigKey COMPRESSION_TYPE = SECTION.key("compression.type", STRING, "producer")
            .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
            .doc("The compression type of batches in the log; `producer` retains that of the producer.");
    static final ConfigKey COMPRESSION_GZIP_LEVEL = SECTION.key("compression.gzip.level", INT, "-1")
            .betweenOrMinusOne(1, 9)
            .inert(ONE_LEVEL)
            .doc("The compression level of `gzip`, if `compression.type` is `gzip`.");
    static final ConfigKey COMPRESSION_LZ4_LEVEL = SECTION.key("compression.lz4.level", INT, "9")
            .between(1, 17)
            .inert(ONE_LEVEL)
            .doc("The compression level of `lz4`, if `compression.type` is `lz4`.");
    static final ConfigKey COMPRESSION_ZSTD_LEVEL = SECTION.key("compression.zstd.level", INT, "3")
            .between(-131072, 22)
            .inert(ONE_LEVEL)
            .doc("The compression level of `zstd`, if `compression.type` is `zstd`.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_TYPE = SECTION.key("log.message.timestamp.type", STRING, "CreateTime")
            .oneOf("CreateTime", "LogAppendTime")
            .doc("Whether the timestamp of a record is that of its producer or the time of the append.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = SECTION.key(
                    "log.message.timestamp.before.max.ms", LONG, "9223372036854775807")
            .atLeast(0)
            .doc("The maximum time by which the timestamp of a producer may lie in the past.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = SECTION.key(
                    "log.message.timestamp.after.max.ms", LONG, "3600000")
            .atLeast(0)
            .doc("The maximum time by which the timestamp of a producer may lie in the future.");

    private TopicDefaultKeys() {}
}
