package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

/** The keys of how topics are created and what their batches may be. */
public final class TopicDefaultKeys {
    static final KeySection SECTION = NetworkKeys.SECTION.next("Topics");

    private static final String ONE_NODE = "a partition has one replica, on the one node";
    private static final String ONE_LEVEL = "each compression has one level";

    static final ConfigKey NUM_PARTITIONS = SECTION.key("num.partitions", INT, "1")
            .atLeast(1)
            .doc("How many partitions a topic gets if its maker does not say.");
    static final ConfigKey DEFAULT_REPLICATION_FACTOR = SECTION.key("default.replication.factor", INT, "1")
            .between(1, 1)
            .doc("How many replicas a topic gets if its maker does not say. There is one node, so it is 1.");
    static final ConfigKey PARTITIONS_MAX = SECTION.key("ottla.partitions.max", INT, "-1")
            .atLeast(-1)
            .limit("memory from topics", "POLICY_VIOLATION", "one for each 4,096 bytes of the heap")
            .doc("How many partitions all topics may have together. A topic or an increase past it is refused with"
                    + " POLICY_VIOLATION. -1 means one for each 4096 bytes of the largest heap. (Kafka has no such"
                    + " bound.)");
    static final ConfigKey AUTO_CREATE_TOPICS_ENABLE = SECTION.key("auto.create.topics.enable", BOOLEAN, "true")
            .doc("Whether asking for a topic that is not there makes it.");
    public static final ConfigKey DELETE_TOPIC_ENABLE =
            SECTION.key("delete.topic.enable", BOOLEAN, "true").doc("Whether topics may be deleted.");
    static final ConfigKey MIN_INSYNC_REPLICAS = SECTION.key("min.insync.replicas", INT, "1")
            .atLeast(1)
            .inert(ONE_NODE)
            .doc("How many replicas must have a record before `acks=all` is answered.");
    static final ConfigKey UNCLEAN_LEADER_ELECTION_ENABLE = SECTION.key(
                    "unclean.leader.election.enable", BOOLEAN, "false")
            .inert(ONE_NODE)
            .doc("Whether a replica that lacks records may become leader.");
    static final ConfigKey MESSAGE_MAX_BYTES = SECTION.key("message.max.bytes", INT, "1048588")
            .atLeast(0)
            .limit("memory of consumers and of compaction", "MESSAGE_TOO_LARGE")
            .doc("The largest batch of records, as it comes over the wire.");
    static final ConfigKey MAX_DECOMPRESSED_MESSAGE_BYTES = SECTION.key(
                    "max.decompressed.message.bytes", INT, "2147483639")
            .between(1, 2147483639)
            .limit("what an operator sets it for; the broker itself needs no memory for a record", "INVALID_RECORD")
            .doc("The largest record of a compressed batch when it is decompressed; a larger one is"
                    + " refused as invalid. It holds for looking up records by time and for compaction, too."
                    + " Records are passed over as they are decompressed, so that large ones take no memory.");
    static final ConfigKey COMPRESSION_TYPE = SECTION.key("compression.type", STRING, "producer")
            .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
            .doc("How batches are compressed in the log; `producer` keeps what the producer chose.");
    static final ConfigKey COMPRESSION_GZIP_LEVEL = SECTION.key("compression.gzip.level", INT, "-1")
            .betweenOrMinusOne(1, 9)
            .inert(ONE_LEVEL)
            .doc("The level that `gzip` compresses with, if `compression.type` asks for it.");
    static final ConfigKey COMPRESSION_LZ4_LEVEL = SECTION.key("compression.lz4.level", INT, "9")
            .between(1, 17)
            .inert(ONE_LEVEL)
            .doc("The level that `lz4` compresses with, if `compression.type` asks for it.");
    static final ConfigKey COMPRESSION_ZSTD_LEVEL = SECTION.key("compression.zstd.level", INT, "3")
            .between(-131072, 22)
            .inert(ONE_LEVEL)
            .doc("The level that `zstd` compresses with, if `compression.type` asks for it.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_TYPE = SECTION.key("log.message.timestamp.type", STRING, "CreateTime")
            .oneOf("CreateTime", "LogAppendTime")
            .doc("Whether a record keeps its producer's timestamp or gets the time at which it was appended.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = SECTION.key(
                    "log.message.timestamp.before.max.ms", LONG, "9223372036854775807")
            .atLeast(0)
            .doc("How far a producer's timestamp may lie in the past.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = SECTION.key(
                    "log.message.timestamp.after.max.ms", LONG, "3600000")
            .atLeast(0)
            .doc("How far a producer's timestamp may lie in the future.");

    private TopicDefaultKeys() {}
}
