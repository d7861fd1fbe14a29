package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.DOUBLE;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

import io.ottla.server.config.ConfigKey.Definition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All keys of a broker's configuration. Their names, meanings and defaults are those of Kafka 4.3, unless {@link
 * ConfigKey#difference} says why not; Ottla's own begin with {@code ottla.}.
 */
public final class BrokerKeys {
    private static final ArrayList<ConfigKey> KEYS = new ArrayList<>(160);

    private static final String PLACE = "Identity and place";
    private static final String NETWORK = "Listeners and connections";
    private static final String TOPICS = "Topics";
    private static final String LOG = "Logs";
    private static final String REQUESTS = "Requests and producers";
    private static final String GROUPS = "Groups and offsets";
    private static final String TRANSACTIONS = "Transactions";
    private static final String PARTS = "Exchangeable parts";

    private static final String ONE_NODE = "a partition has one replica, on the one node";
    private static final String NO_TIERS = "there is no tiered storage";
    private static final String ONE_COMPACTOR = "one agent compacts, whatever is set";
    private static final String ONE_LEVEL = "each compression has one level";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey NODE_ID = key(PLACE, "node.id", INT, "1")
            .atLeast(0)
            .unlikeKafka("Kafka wants it to be set.")
            .doc("The number that this broker is known by.");
    static final ConfigKey BROKER_ID =
            key(PLACE, "broker.id", INT, "-1").doc("The older name of `node.id`. If both are set, they must be equal.");
    public static final ConfigKey BROKER_RACK =
            key(PLACE, "broker.rack", STRING, null).doc("The rack that this broker tells clients it stands in.");
    static final ConfigKey LOG_DIRS = key(PLACE, "log.dirs", LIST, null)
            .unlikeKafka("Exactly one folder is taken.")
            .doc("The folder that all data is kept in. It is made if it is not there. Stronger than `log.dir`.");
    static final ConfigKey LOG_DIR = key(PLACE, "log.dir", LIST, "ottla-data")
            .unlikeKafka("Kafka's default is below `/tmp`, where systems delete files.")
            .doc("The folder that all data is kept in, if `log.dirs` is not set.");

    static final ConfigKey LISTENERS = key(NETWORK, "listeners", LIST, "PLAINTEXT://127.0.0.1:9092")
            .unlikeKafka("Kafka listens on all addresses. Ottla does so only if told to, because nobody is asked for a "
                    + "password.")
            .doc("Where to listen, as `NAME://host:port`. An empty host means all addresses; port 0 picks a free"
                    + " port.");
    static final ConfigKey ADVERTISED_LISTENERS = key(NETWORK, "advertised.listeners", LIST, null)
            .unlikeKafka("Without it, a client is told the address that it connected to; Kafka tells the listener's.")
            .doc("The addresses that clients are told to connect to, by listener name. Port 0 means the listener's own "
                    + "port.");
    static final ConfigKey LISTENER_SECURITY_PROTOCOL_MAP = key(
                    NETWORK,
                    "listener.security.protocol.map",
                    STRING,
                    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT")
            .unlikeKafka("Only listeners of `PLAINTEXT` can be opened yet; one of another protocol stops the start.")
            .doc("The protocol of each listener name, as `NAME:PROTOCOL`.");
    static final ConfigKey CONTROLLER_LISTENER_NAMES = key(NETWORK, "controller.listener.names", LIST, "")
            .unlikeKafka("Kafka wants it to be set.")
            .doc("Listeners with these names are not opened: Ottla has no controllers of its own to talk to.");
    public static final ConfigKey NUM_NETWORK_THREADS = key(NETWORK, "num.network.threads", INT, "3")
            .atLeast(1)
            .unlikeKafka("If it is not set, there are no more than processors: with more, requests cost up to twice as"
                    + " much.")
            .doc("How many threads serve connections at most. They run the requests, too; all but one start when"
                    + " there is much to do.");
    static final ConfigKey SOCKET_REQUEST_MAX_BYTES = key(NETWORK, "socket.request.max.bytes", INT, "104857600")
            .atLeast(1)
            .limit(
                    "memory, from a length alone",
                    "its connection is closed, with a line in the log",
                    "100 MiB, or half of `queued.max.request.bytes` if that is less")
            .doc("The largest request. A larger one closes its connection, and so does one that is larger than half of"
                    + " `queued.max.request.bytes` where that is not set.");
    static final ConfigKey QUEUED_MAX_REQUEST_BYTES = key(NETWORK, "queued.max.request.bytes", LONG, "-1")
            .atLeast(-1)
            .unlikeKafka("Kafka has no bound by default. Here, -1 means a third of the largest heap, 1 GiB at most.")
            .limit(
                    "memory beside the heap, and the time of the others, from requests that do not come to their end"
                            + " and responses that are not read",
                    "its connection is not read until there is memory; is closed, with a line in the log, if it moves"
                            + " hardly a byte meanwhile, or for a response that does not fit",
                    "a third of the heap, 1 GiB at most")
            .doc("How much memory beside the heap the parts of requests that are not whole may hold together. While"
                    + " there is too little for a request, its connection is not read; the one that waits longest"
                    + " goes on first, and requests of up to 128 KB do not wait. Responses that have not left may"
                    + " hold half as much in addition. While some wait, a connection that holds memory and hardly"
                    + " moves a byte is closed.");
    static final ConfigKey SOCKET_SEND_BUFFER_BYTES = key(NETWORK, "socket.send.buffer.bytes", INT, "-1")
            .unlikeKafka(
                    "Kafka sets 102400. If it is not set, it is 196608 where Linux avoids congestion by pacing (BBR),"
                            + " which makes large sockets dear.")
            .doc("The send buffer of a socket; -1 leaves it to the operating system. Linux holds about twice as many"
                    + " bytes at most, and no more are on their way at a time, so -1 is better for consumers that are"
                    + " far away.");
    public static final ConfigKey SOCKET_RECEIVE_BUFFER_BYTES = key(NETWORK, "socket.receive.buffer.bytes", INT, "-1")
            .unlikeKafka("Kafka sets 102400. The systems of today find better sizes themselves.")
            .doc("The receive buffer of a socket; -1 leaves it to the operating system.");
    public static final ConfigKey SOCKET_LISTEN_BACKLOG_SIZE = key(NETWORK, "socket.listen.backlog.size", INT, "50")
            .atLeast(1)
            .limit("the system's memory", "what the system does: the connection is not taken yet, or refused")
            .doc("How many connections may wait to be accepted.");
    public static final ConfigKey MAX_CONNECTIONS = key(NETWORK, "max.connections", INT, "2147483647")
            .atLeast(0)
            .unlikeKafka(
                    "It counts the connections of all listeners; one too many is closed at once, where Kafka accepts no"
                            + " more until one ends, or closes the one of another listener that was idle longest.")
            .limit(
                    "descriptors and memory",
                    "its connection is closed at once",
                    "half of the files that the process may have open, less 64")
            .doc("How many connections there may be in all. If it is not set and the process may have only so many"
                    + " files open (`ulimit -Hn`), half of them less 64, because logs need descriptors, too.");
    public static final ConfigKey MAX_CONNECTIONS_PER_IP = key(NETWORK, "max.connections.per.ip", INT, "2147483647")
            .atLeast(0)
            .limit(
                    "everybody else's connections from one address that opens too many",
                    "its connection is closed at once")
            .doc("How many connections there may be from one address.");
    public static final ConfigKey CONNECTIONS_MAX_IDLE_MS = key(NETWORK, "connections.max.idle.ms", LONG, "600000")
            .limit("descriptors and memory that connections hold which are forgotten", "its connection is closed")
            .doc("A connection that nothing was read from or written to for this long is closed.");
    public static final ConfigKey MAX_IN_FLIGHT_REQUESTS = key(
                    NETWORK, "ottla.connection.in.flight.requests.max", INT, "16")
            .atLeast(1)
            .limit(
                    "memory, and turns of the other connections",
                    "its next request is not read until an earlier one is answered")
            .doc("How many requests of one connection may be in progress; no more are read until one is answered.");
    public static final ConfigKey MAX_UNSENT_BYTES = key(NETWORK, "ottla.connection.unsent.bytes.max", LONG, "8388608")
            .atLeast(1)
            .limit(
                    "memory from a client that does not read its responses",
                    "its next request is not read until it has read some of them")
            .doc("How many bytes of responses one connection may hold; no more requests are read while it holds more.");

    static final ConfigKey NUM_PARTITIONS = key(TOPICS, "num.partitions", INT, "1")
            .atLeast(1)
            .doc("How many partitions a topic gets if its maker does not say.");
    static final ConfigKey DEFAULT_REPLICATION_FACTOR = key(TOPICS, "default.replication.factor", INT, "1")
            .between(1, 1)
            .doc("How many replicas a topic gets if its maker does not say. There is one node, so it is 1.");
    static final ConfigKey PARTITIONS_MAX = key(TOPICS, "ottla.partitions.max", INT, "-1")
            .atLeast(-1)
            .limit("memory from topics", "POLICY_VIOLATION", "one for each 4,096 bytes of the heap")
            .doc("How many partitions all topics may have together. A topic or an increase past it is refused with"
                    + " POLICY_VIOLATION. -1 means one for each 4096 bytes of the largest heap. (Kafka has no such"
                    + " bound.)");
    static final ConfigKey AUTO_CREATE_TOPICS_ENABLE = key(TOPICS, "auto.create.topics.enable", BOOLEAN, "true")
            .doc("Whether asking for a topic that is not there makes it.");
    public static final ConfigKey DELETE_TOPIC_ENABLE =
            key(TOPICS, "delete.topic.enable", BOOLEAN, "true").doc("Whether topics may be deleted.");
    static final ConfigKey MIN_INSYNC_REPLICAS = key(TOPICS, "min.insync.replicas", INT, "1")
            .atLeast(1)
            .inert(ONE_NODE)
            .doc("How many replicas must have a record before `acks=all` is answered.");
    static final ConfigKey UNCLEAN_LEADER_ELECTION_ENABLE = key(
                    TOPICS, "unclean.leader.election.enable", BOOLEAN, "false")
            .inert(ONE_NODE)
            .doc("Whether a replica that lacks records may become leader.");
    static final ConfigKey MESSAGE_MAX_BYTES = key(TOPICS, "message.max.bytes", INT, "1048588")
            .atLeast(0)
            .limit("memory of consumers and of compaction", "MESSAGE_TOO_LARGE")
            .doc("The largest batch of records, as it comes over the wire.");
    static final ConfigKey MAX_DECOMPRESSED_MESSAGE_BYTES = key(
                    TOPICS, "max.decompressed.message.bytes", INT, "2147483639")
            .between(1, 2147483639)
            .limit("what an operator sets it for; the broker itself needs no memory for a record", "INVALID_RECORD")
            .doc("The largest record of a compressed batch when it is decompressed (Kafka 4.4); a larger one is"
                    + " refused as invalid. It holds for looking up records by time and for compaction, too."
                    + " Records are passed over as they are decompressed, so that large ones take no memory.");
    static final ConfigKey COMPRESSION_TYPE = key(TOPICS, "compression.type", STRING, "producer")
            .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
            .doc("How batches are compressed in the log; `producer` keeps what the producer chose.");
    static final ConfigKey COMPRESSION_GZIP_LEVEL = key(TOPICS, "compression.gzip.level", INT, "-1")
            .betweenOrMinusOne(1, 9)
            .inert(ONE_LEVEL)
            .doc("The level that `gzip` compresses with, if `compression.type` asks for it.");
    static final ConfigKey COMPRESSION_LZ4_LEVEL = key(TOPICS, "compression.lz4.level", INT, "9")
            .between(1, 17)
            .inert(ONE_LEVEL)
            .doc("The level that `lz4` compresses with, if `compression.type` asks for it.");
    static final ConfigKey COMPRESSION_ZSTD_LEVEL = key(TOPICS, "compression.zstd.level", INT, "3")
            .between(-131072, 22)
            .inert(ONE_LEVEL)
            .doc("The level that `zstd` compresses with, if `compression.type` asks for it.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_TYPE = key(TOPICS, "log.message.timestamp.type", STRING, "CreateTime")
            .oneOf("CreateTime", "LogAppendTime")
            .doc("Whether a record keeps its producer's timestamp or gets the time at which it was appended.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = key(
                    TOPICS, "log.message.timestamp.before.max.ms", LONG, "9223372036854775807")
            .atLeast(0)
            .doc("How far a producer's timestamp may lie in the past.");
    static final ConfigKey LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = key(
                    TOPICS, "log.message.timestamp.after.max.ms", LONG, "3600000")
            .atLeast(0)
            .doc("How far a producer's timestamp may lie in the future.");

    static final ConfigKey LOG_SEGMENT_BYTES = key(LOG, "log.segment.bytes", INT, "1073741824")
            .atLeast(1048576)
            .doc("The size at which a partition begins a new segment.");
    static final ConfigKey LOG_ROLL_MS =
            key(LOG, "log.roll.ms", LONG, null).doc("The age at which a partition begins a new segment.");
    static final ConfigKey LOG_ROLL_HOURS = key(LOG, "log.roll.hours", INT, "168")
            .atLeast(1)
            .doc("The age at which a partition begins a new segment, if `log.roll.ms` is not set.");
    static final ConfigKey LOG_ROLL_JITTER_MS = key(LOG, "log.roll.jitter.ms", LONG, null)
            .doc("How much earlier a segment may be ended, so that not all are at once.");
    static final ConfigKey LOG_ROLL_JITTER_HOURS = key(LOG, "log.roll.jitter.hours", INT, "0")
            .atLeast(0)
            .doc("How much earlier a segment may be ended, so that not all are at once, if `log.roll.jitter.ms` is"
                    + " not set.");
    static final ConfigKey LOG_INDEX_INTERVAL_BYTES = key(LOG, "log.index.interval.bytes", INT, "4096")
            .atLeast(0)
            .doc("About how many bytes of records lie between two entries of an index.");
    static final ConfigKey LOG_INDEX_SIZE_MAX_BYTES = key(LOG, "log.index.size.max.bytes", INT, "10485760")
            .atLeast(4)
            .inert("indexes grow as they need")
            .doc("The largest index of a segment.");
    static final ConfigKey LOG_PREALLOCATE = key(LOG, "log.preallocate", BOOLEAN, "false")
            .inert("the storage reserves space in its own way")
            .doc("Whether a new segment's space is reserved at once.");
    static final ConfigKey LOG_RETENTION_MS = key(LOG, "log.retention.ms", LONG, null)
            .doc("The age at which records may be deleted; -1 keeps them for ever.");
    static final ConfigKey LOG_RETENTION_MINUTES = key(LOG, "log.retention.minutes", INT, null)
            .doc("The age at which records may be deleted, if `log.retention.ms` is not set.");
    static final ConfigKey LOG_RETENTION_HOURS = key(LOG, "log.retention.hours", INT, "168")
            .doc("The age at which records may be deleted, if `log.retention.minutes` is not set either.");
    static final ConfigKey LOG_RETENTION_BYTES = key(LOG, "log.retention.bytes", LONG, "-1")
            .doc("The size of a partition above which its oldest segments are deleted; -1 means no limit.");
    public static final ConfigKey LOG_RETENTION_CHECK_INTERVAL_MS = key(
                    LOG, "log.retention.check.interval.ms", LONG, "300000")
            .atLeast(1)
            .doc("How often the broker looks for segments to delete.");
    public static final ConfigKey LOG_INITIAL_TASK_DELAY_MS = key(LOG, "log.initial.task.delay.ms", LONG, "30000")
            .atLeast(0)
            .doc("How long after its start the broker looks for segments to delete for the first time, if that is"
                    + " less than `log.retention.check.interval.ms`.");
    static final ConfigKey LOG_CLEANUP_POLICY = key(LOG, "log.cleanup.policy", LIST, "delete")
            .oneOf("compact", "delete")
            .doc("Whether old segments are deleted, compacted to the latest record of each key, both, or (empty)"
                    + " neither.");
    static final ConfigKey LOG_CLEANER_DELETE_RETENTION_MS = key(
                    LOG, "log.cleaner.delete.retention.ms", LONG, "86400000")
            .atLeast(0)
            .doc("How long compaction keeps the record that says a key was deleted.");
    static final ConfigKey LOG_CLEANER_MIN_COMPACTION_LAG_MS = key(LOG, "log.cleaner.min.compaction.lag.ms", LONG, "0")
            .atLeast(0)
            .doc("How long a record is safe from compaction.");
    static final ConfigKey LOG_CLEANER_MAX_COMPACTION_LAG_MS = key(
                    LOG, "log.cleaner.max.compaction.lag.ms", LONG, "9223372036854775807")
            .atLeast(1)
            .doc("How long a record may go without compaction.");
    static final ConfigKey LOG_CLEANER_MIN_CLEANABLE_RATIO = key(LOG, "log.cleaner.min.cleanable.ratio", DOUBLE, "0.5")
            .thatIs(0.5)
            .between(0, 1)
            .doc("What share of a log must be new since the last compaction before the next one begins.");
    public static final ConfigKey LOG_CLEANER_ENABLE =
            key(LOG, "log.cleaner.enable", BOOLEAN, "true").doc("Whether logs are compacted at all.");
    static final ConfigKey LOG_CLEANER_THREADS = key(LOG, "log.cleaner.threads", INT, "1")
            .atLeast(0)
            .inert(ONE_COMPACTOR)
            .doc("How many threads compact.");
    public static final ConfigKey LOG_CLEANER_DEDUPE_BUFFER_SIZE = key(
                    LOG, "log.cleaner.dedupe.buffer.size", LONG, "134217728")
            .atLeast(1024)
            .doc("The most memory that the map of keys takes while a log is compacted, outside of the heap. A key"
                    + " takes 24 bytes. If there are more keys than fit, a log is compacted piece by piece.");
    public static final ConfigKey LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = key(
                    LOG, "log.cleaner.io.buffer.load.factor", DOUBLE, "0.9")
            .between(0, 1)
            .doc("What part of the map of keys may be in use.");
    public static final ConfigKey LOG_CLEANER_IO_BUFFER_SIZE = key(LOG, "log.cleaner.io.buffer.size", INT, "524288")
            .atLeast(1024)
            .doc("How many bytes compaction reads at a time.");
    public static final ConfigKey LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = key(
                    LOG, "log.cleaner.io.max.bytes.per.second", DOUBLE, "1.7976931348623157E308")
            .atLeast(1)
            .doc("How many bytes compaction may read and write in a second.");
    public static final ConfigKey LOG_CLEANER_BACKOFF_MS = key(LOG, "log.cleaner.backoff.ms", LONG, "15000")
            .atLeast(0)
            .doc("After what time the broker looks again for logs to compact, if it found none.");
    static final ConfigKey LOG_FLUSH_INTERVAL_MESSAGES = key(
                    LOG, "log.flush.interval.messages", LONG, "9223372036854775807")
            .atLeast(1)
            .doc("After how many records a partition is flushed to the disk (`fsync`). The record that reaches the"
                    + " number is acknowledged when it is on the disk, so that fewer can be lost with the power;"
                    + " with 1, none. One flush serves all that wait for it.");
    static final ConfigKey LOG_FLUSH_INTERVAL_MS = key(LOG, "log.flush.interval.ms", LONG, null)
            .unlikeKafka(
                    "It needs no `log.flush.scheduler.interval.ms` to have its effect, and is counted from the oldest"
                            + " record that is not flushed.")
            .doc("After what time in milliseconds a record is flushed to the disk. Nobody waits for that.");
    public static final ConfigKey LOG_FLUSH_SCHEDULER_INTERVAL_MS = key(
                    LOG, "log.flush.scheduler.interval.ms", LONG, "9223372036854775807")
            .unlikeKafka("If it is not set, partitions are flushed when their time has come; Kafka never looks then.")
            .doc("How often the broker looks for partitions whose `flush.ms` is over; it stands in for"
                    + " `log.flush.interval.ms` if that is not set.");
    public static final ConfigKey LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS = key(
                    LOG, "log.flush.offset.checkpoint.interval.ms", INT, "60000")
            .atLeast(0)
            .doc("How often partitions to which at least 1 MiB was appended get a new recovery point: they are flushed"
                    + " beside appends, and after a kill only what is behind the point is read. Each 64 MiB give a"
                    + " partition a new point too.");
    public static final ConfigKey STOP_FLUSH_TIMEOUT_MS = key(LOG, "ottla.stop.flush.timeout.ms", LONG, "2000")
            .atLeast(0)
            .doc("How long a stop flushes partitions at most. What is left then is closed as a kill would leave it:"
                    + " nothing is lost, the operating system writes it out as it does while the broker runs, and"
                    + " the next start reads what came since the last recovery points.");
    static final ConfigKey LOG_SEGMENT_DELETE_DELAY_MS = key(LOG, "log.segment.delete.delay.ms", LONG, "60000")
            .atLeast(0)
            .doc("How long the file with the records of a deleted segment, or the folder of a deleted partition,"
                    + " stays: its name ends in `.deleted` then. A stop of the broker shortens that.");
    static final ConfigKey LOG_LOCAL_RETENTION_MS = key(LOG, "log.local.retention.ms", LONG, "-2")
            .atLeast(-2)
            .inert(NO_TIERS)
            .doc("How long records stay on this node after they were moved to another tier.");
    static final ConfigKey LOG_LOCAL_RETENTION_BYTES = key(LOG, "log.local.retention.bytes", LONG, "-2")
            .atLeast(-2)
            .inert(NO_TIERS)
            .doc("How many bytes stay on this node after they were moved to another tier.");

    static final ConfigKey FETCH_MAX_BYTES = key(REQUESTS, "fetch.max.bytes", INT, "57671680")
            .atLeast(1024)
            .limit("memory and turns of the other connections", "a shorter response")
            .doc("The most that one fetch response holds, apart from a first batch that is larger.");
    public static final ConfigKey MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = key(
                    REQUESTS, "max.incremental.fetch.session.cache.slots", INT, "1000")
            .atLeast(0)
            .limit("memory for the partitions of fetch sessions", "a fetch without a session")
            .doc("How many fetch sessions (KIP-227) are kept.");
    static final ConfigKey FETCH_SESSION_PARTITIONS_MAX = key(REQUESTS, "ottla.fetch.session.partitions.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory for the partitions of fetch sessions",
                    "a fetch without a session",
                    "one for each 2,048 bytes of the heap")
            .doc("How many partitions all fetch sessions may have together. -1 means one for each 2048 bytes of the"
                    + " largest heap.");
    public static final ConfigKey MAX_REQUEST_PARTITION_SIZE_LIMIT = key(
                    REQUESTS, "max.request.partition.size.limit", INT, "2000")
            .atLeast(1)
            .limit("the size of a response", "a cursor to ask on from")
            .doc("How many partitions one DescribeTopicPartitions response holds.");
    static final ConfigKey REQUEST_ELEMENTS_MAX = key(REQUESTS, "ottla.request.elements.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory, and turns of the other connections",
                    "its connection is closed, with a line in the log",
                    "one for each 512 bytes of the heap, 1,500,000 at most")
            .doc("How many elements all arrays of one request may have together: topics, partitions, names. A"
                    + " request with more closes its connection. -1 means one for each 512 bytes of the largest"
                    + " heap, 1500000 at most.");
    public static final ConfigKey PRODUCER_ID_EXPIRATION_MS = key(
                    REQUESTS, "producer.id.expiration.ms", INT, "86400000")
            .atLeast(1)
            .doc("How long an idempotent producer that writes nothing is remembered.");
    public static final ConfigKey PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS = key(
                    REQUESTS, "producer.id.expiration.check.interval.ms", INT, "600000")
            .atLeast(1)
            .internal()
            .doc("How often the broker looks for producers to forget.");

    static final ConfigKey GROUP_MIN_SESSION_TIMEOUT_MS = key(GROUPS, "group.min.session.timeout.ms", INT, "6000")
            .atLeast(1)
            .doc("The shortest session timeout that a member may ask for.");
    static final ConfigKey GROUP_MAX_SESSION_TIMEOUT_MS = key(GROUPS, "group.max.session.timeout.ms", INT, "1800000")
            .atLeast(1)
            .doc("The longest session timeout that a member may ask for.");
    static final ConfigKey GROUP_INITIAL_REBALANCE_DELAY_MS = key(GROUPS, "group.initial.rebalance.delay.ms", INT, "0")
            .atLeast(0)
            .unlikeKafka("Kafka waits 3 seconds. Whoever starts a consumer wants to see records at once, and a second "
                    + "rebalance costs little on one node.")
            .doc("How long an empty group waits for more members before its first rebalance.");
    static final ConfigKey GROUP_MAX_SIZE = key(GROUPS, "group.max.size", INT, "2147483647")
            .atLeast(1)
            .limit("memory and the time of a rebalance", "GROUP_MAX_SIZE_REACHED")
            .doc("How many members a classic group may have.");
    static final ConfigKey GROUP_COORDINATOR_REBALANCE_PROTOCOLS = key(
                    GROUPS, "group.coordinator.rebalance.protocols", LIST, "classic,consumer,streams")
            .oneOf("consumer", "classic", "share", "streams")
            .inert("the set is fixed")
            .doc("The group protocols that are offered.");
    static final ConfigKey GROUP_CONSUMER_SESSION_TIMEOUT_MS = key(
                    GROUPS, "group.consumer.session.timeout.ms", INT, "45000")
            .atLeast(1)
            .doc("When a member of a consumer group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS = key(
                    GROUPS, "group.consumer.heartbeat.interval.ms", INT, "5000")
            .atLeast(1)
            .doc("How often members of consumer groups are told to send heartbeats.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS = key(
                    GROUPS, "group.consumer.assignment.interval.ms", INT, "1000")
            .atLeast(0)
            .doc("The least time between two assignments of a consumer group.");
    static final ConfigKey GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS = key(
                    GROUPS, "group.consumer.min.session.timeout.ms", INT, "45000")
            .atLeast(1)
            .doc("The shortest `consumer.session.timeout.ms` that a group may have.");
    static final ConfigKey GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS = key(
                    GROUPS, "group.consumer.max.session.timeout.ms", INT, "60000")
            .atLeast(1)
            .doc("The longest one.");
    static final ConfigKey GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS = key(
                    GROUPS, "group.consumer.min.heartbeat.interval.ms", INT, "5000")
            .atLeast(1)
            .doc("The shortest `consumer.heartbeat.interval.ms` that a group may have.");
    static final ConfigKey GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS = key(
                    GROUPS, "group.consumer.max.heartbeat.interval.ms", INT, "15000")
            .atLeast(1)
            .doc("The longest one.");
    static final ConfigKey GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS = key(
                    GROUPS, "group.consumer.min.assignment.interval.ms", INT, "0")
            .atLeast(0)
            .doc("The shortest `consumer.assignment.interval.ms` that a group may have.");
    static final ConfigKey GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS = key(
                    GROUPS, "group.consumer.max.assignment.interval.ms", INT, "15000")
            .atLeast(0)
            .doc("The longest one.");
    static final ConfigKey GROUP_CONSUMER_MAX_SIZE = key(GROUPS, "group.consumer.max.size", INT, "2147483647")
            .atLeast(1)
            .limit("memory and the time of an assignment", "GROUP_MAX_SIZE_REACHED")
            .doc("How many members a consumer group may have.");
    static final ConfigKey GROUP_CONSUMER_ASSIGNORS = key(GROUPS, "group.consumer.assignors", LIST, "uniform,range")
            .doc("How consumer groups may divide work, by the assignors' names; the first one is the default.");
    static final ConfigKey GROUP_CONSUMER_MIGRATION_POLICY = key(
                    GROUPS, "group.consumer.migration.policy", STRING, "bidirectional")
            .oneOf("bidirectional", "upgrade", "downgrade", "disabled")
            .doc("Whether a classic group that has members becomes a consumer group, and back, as members of the other "
                    + "protocol come and go.");
    static final ConfigKey GROUP_SHARE_SESSION_TIMEOUT_MS = group("share.session.timeout.ms", "45000", 1)
            .doc("When a member of a share group that sends no heartbeat is removed.");
    static final ConfigKey GROUP_SHARE_HEARTBEAT_INTERVAL_MS = group("share.heartbeat.interval.ms", "5000", 1)
            .doc("How often members of share groups are told to send heartbeats.");
    static final ConfigKey GROUP_SHARE_ASSIGNMENT_INTERVAL_MS = group("share.assignment.interval.ms", "1000", 0)
            .doc("The least time between two assignments of a share group.");
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
    static final ConfigKey GROUP_STREAMS_INITIAL_REBALANCE_DELAY_MS = group(
                    "streams.initial.rebalance.delay.ms", "3000", 0)
            .doc("How long an empty streams group waits for more members before its first assignment.");
    static final ConfigKey GROUP_STREAMS_NUM_STANDBY_REPLICAS = group("streams.num.standby.replicas", "0", 0)
            .doc("How many standby copies of a task's state a streams group keeps.");
    static final ConfigKey OFFSET_METADATA_MAX_BYTES = key(GROUPS, "offset.metadata.max.bytes", INT, "4096")
            .atLeast(0)
            .limit("memory for committed offsets", "OFFSET_METADATA_TOO_LARGE")
            .doc("How long the note may be that is committed with an offset.");
    static final ConfigKey OFFSETS_RETENTION_MINUTES = key(GROUPS, "offsets.retention.minutes", INT, "10080")
            .atLeast(1)
            .doc("How long the offsets of a group without members are kept.");
    static final ConfigKey OFFSETS_RETENTION_CHECK_INTERVAL_MS = key(
                    GROUPS, "offsets.retention.check.interval.ms", LONG, "600000")
            .atLeast(1)
            .doc("How often the broker looks for offsets to forget.");
    static final ConfigKey OFFSETS_COMMIT_TIMEOUT_MS = key(GROUPS, "offsets.commit.timeout.ms", INT, "5000")
            .atLeast(1)
            .inert(ONE_NODE)
            .doc("How long a commit of offsets may take.");
    static final ConfigKey OFFSETS_TOPIC_NUM_PARTITIONS = key(GROUPS, "offsets.topic.num.partitions", INT, "50")
            .atLeast(1)
            .doc("How many partitions `__consumer_offsets` gets. It can't be changed afterwards.");
    static final ConfigKey OFFSETS_TOPIC_REPLICATION_FACTOR = key(GROUPS, "offsets.topic.replication.factor", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka asks for 3 replicas, which one node can't give.")
            .inert(ONE_NODE)
            .doc("How many replicas `__consumer_offsets` gets.");
    static final ConfigKey OFFSETS_TOPIC_SEGMENT_BYTES = key(GROUPS, "offsets.topic.segment.bytes", INT, "104857600")
            .atLeast(1)
            .doc("The size at which a partition of `__consumer_offsets` begins a new segment.");

    static final ConfigKey GROUP_MEMBER_BYTES_MAX = key(GROUPS, "ottla.group.member.bytes.max", INT, "1048576")
            .atLeast(1)
            .limit("memory from one member", "GROUP_MAX_SIZE_REACHED")
            .doc("How many bytes a member of a group may bring when it joins: its protocols with their metadata, or"
                    + " the names of its topics. One with more gets GROUP_MAX_SIZE_REACHED.");
    static final ConfigKey GROUP_BYTES_MAX = key(GROUPS, "ottla.group.bytes.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory from one group, several times while it is written",
                    "GROUP_MAX_SIZE_REACHED when it joins, UNKNOWN_SERVER_ERROR when it assigns or writes",
                    "a 64th of the heap, from 1 to 16 MiB")
            .doc("How many bytes the members and assignments of a classic group may have together, and one batch in"
                    + " `__consumer_offsets`. A member that joins gets GROUP_MAX_SIZE_REACHED past it, and a leader"
                    + " that assigns UNKNOWN_SERVER_ERROR. -1 means a 64th of the largest heap, between 1 MiB and 16"
                    + " MiB. (Kafka's bound is `message.max.bytes`, 1 MB.)");
    static final ConfigKey GROUPS_MEMORY_BYTES_MAX = key(GROUPS, "ottla.groups.memory.bytes.max", LONG, "-1")
            .atLeast(-1)
            .limit(
                    "memory from all groups together",
                    "COORDINATOR_NOT_AVAILABLE, so that it tries again",
                    "a quarter of the heap")
            .doc("How many bytes of the heap all groups and their offsets may take, as estimated. New groups and"
                    + " members get COORDINATOR_NOT_AVAILABLE past it and try again; those that are there may grow"
                    + " by a quarter more. -1 means a quarter of the largest heap.");

    static final ConfigKey TRANSACTIONAL_ID_EXPIRATION_MS = key(
                    TRANSACTIONS, "transactional.id.expiration.ms", INT, "604800000")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("How long a transactional id that is not used is remembered.");
    static final ConfigKey TRANSACTION_MAX_TIMEOUT_MS = key(TRANSACTIONS, "transaction.max.timeout.ms", INT, "900000")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("The longest timeout that a transactional producer may ask for.");
    static final ConfigKey TRANSACTION_STATE_LOG_NUM_PARTITIONS = key(
                    TRANSACTIONS, "transaction.state.log.num.partitions", INT, "50")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("How many partitions `__transaction_state` gets. It can't be changed afterwards.");
    static final ConfigKey TRANSACTION_STATE_LOG_REPLICATION_FACTOR = key(
                    TRANSACTIONS, "transaction.state.log.replication.factor", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka asks for 3 replicas, which one node can't give.")
            .inert(ONE_NODE)
            .doc("How many replicas `__transaction_state` gets.");
    static final ConfigKey TRANSACTION_STATE_LOG_MIN_ISR = key(TRANSACTIONS, "transaction.state.log.min.isr", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka asks for 2 replicas, which one node can't give.")
            .inert(ONE_NODE)
            .doc("How many replicas of `__transaction_state` must have a record before it counts.");

    public static final ConfigKey STORAGE = key(PARTS, "ottla.storage", STRING, "mmap")
            .doc("The storage, by its provider's name: `mmap` keeps files, `memory` forgets everything at the end.");
    public static final ConfigKey TRANSPORT =
            key(PARTS, "ottla.transport", STRING, "nio").doc("The transport, by its provider's name.");
    public static final ConfigKey CODEC =
            key(PARTS, "ottla.codec", STRING, "kafka").doc("The protocol codec, by its provider's name.");
    public static final ConfigKey METADATA =
            key(PARTS, "ottla.metadata", STRING, "log").doc("The metadata coordinator, by its provider's name.");
    public static final ConfigKey GROUP_COORDINATOR =
            key(PARTS, "ottla.groups", STRING, "log").doc("The group coordinator, by its provider's name.");

    private static final Map<String, ConfigKey> BY_NAME = byName(KEYS);

    private BrokerKeys() {}

    /**
     * All keys, each at its {@link ConfigKey#index}.
     *
     * @return an unmodifiable view.
     */
    public static List<ConfigKey> all() {
        return Collections.unmodifiableList(KEYS);
    }

    /**
     * A key by its name.
     *
     * @param name the name.
     * @return the key, or null if there is none.
     */
    public static ConfigKey of(final String name) {
        return BY_NAME.get(name);
    }

    /**
     * Whether a key belongs to a provider, which checks it itself.
     *
     * @param name the key.
     * @return true for keys such as {@code ottla.storage.depth}, below the key that names the provider.
     */
    static boolean isProviders(final String name) {
        if (!name.startsWith("ottla.")) {
            return false;
        }
        final int dot = name.indexOf('.', "ottla.".length());
        if (dot < 0) {
            return false;
        }
        final ConfigKey parent = of(name.substring(0, dot));
        return parent != null && parent.section().equals(PARTS);
    }

    static Map<String, ConfigKey> byName(final List<ConfigKey> keys) {
        final HashMap<String, ConfigKey> byName = new HashMap<>(keys.size() * 2);
        for (int i = 0; i < keys.size(); i++) {
            final ConfigKey key = keys.get(i);
            byName.put(key.name(), key);
        }
        return byName;
    }

    private static Definition key(
            final String section, final String name, final ConfigType type, final String defaultText) {
        return new Definition(KEYS, section, name, type, defaultText);
    }

    private static Definition group(final String name, final String defaultText, final long min) {
        return key(GROUPS, "group." + name, INT, defaultText).atLeast(min).inert(NOT_YET);
    }
}
