package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.DOUBLE;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;

/** The broker's keys for logs: segments, retention, compaction, flushes. */
public final class LogKeys {
    static final KeySection SECTION = TopicDefaultKeys.SECTION.next("Logs");

    private static final String NO_TIERS = "there is no tiered storage";
    private static final String ONE_COMPACTOR = "compaction always has one agent";

    static final ConfigKey LOG_SEGMENT_BYTES = SECTION.key("log.segment.bytes", INT, "1073741824")
            .atLeast(1048576)
            .doc("The size at which a new segment is rolled.");
    static final ConfigKey LOG_ROLL_MS =
            SECTION.key("log.roll.ms", LONG, null).doc("The age at which a new segment is rolled.");
    static final ConfigKey LOG_ROLL_HOURS = SECTION.key("log.roll.hours", INT, "168")
            .atLeast(1)
            .doc("The age at which a new segment is rolled, if `log.roll.ms` is not set.");
    static final ConfigKey LOG_ROLL_JITTER_MS = SECTION.key("log.roll.jitter.ms", LONG, null)
            .doc("The maximum time by which a segment is rolled earlier, so that not all are rolled at once.");
    static final ConfigKey LOG_ROLL_JITTER_HOURS = SECTION.key("log.roll.jitter.hours", INT, "0")
            .atLeast(0)
            .doc("The maximum time by which a segment is rolled earlier, so that not all are rolled at once,"
                    + " if `log.roll.jitter.ms` is not set.");
    static final ConfigKey LOG_INDEX_INTERVAL_BYTES = SECTION.key("log.index.interval.bytes", INT, "4096")
            .atLeast(0)
            .doc("The approximate number of bytes of records between two entries of an index.");
    static final ConfigKey LOG_INDEX_SIZE_MAX_BYTES = SECTION.key("log.index.size.max.bytes", INT, "10485760")
            .atLeast(4)
            .inert("indexes grow on demand")
            .doc("The maximum size of the index of a segment.");
    static final ConfigKey LOG_PREALLOCATE = SECTION.key("log.preallocate", BOOLEAN, "false")
            .inert("the storage allocates space in its own way")
            .doc("Whether the file of a new segment is preallocated.");
    static final ConfigKey LOG_RETENTION_MS = SECTION.key("log.retention.ms", LONG, null)
            .doc("The age at which records may be deleted; -1 retains them forever.");
    static final ConfigKey LOG_RETENTION_MINUTES = SECTION.key("log.retention.minutes", INT, null)
            .doc("The age at which records may be deleted, if `log.retention.ms` is not set.");
    static final ConfigKey LOG_RETENTION_HOURS = SECTION.key("log.retention.hours", INT, "168")
            .doc("The age at which records may be deleted, if `log.retention.minutes` is not set either.");
    static final ConfigKey LOG_RETENTION_BYTES = SECTION.key("log.retention.bytes", LONG, "-1")
            .doc("The size of a partition above which its oldest segments are deleted; -1 means no limit.");
    public static final ConfigKey LOG_RETENTION_CHECK_INTERVAL_MS = SECTION.key(
                    "log.retention.check.interval.ms", LONG, "300000")
            .atLeast(1)
            .doc("The interval at which the broker checks for segments to delete.");
    public static final ConfigKey LOG_INITIAL_TASK_DELAY_MS = SECTION.key("log.initial.task.delay.ms", LONG, "30000")
            .atLeast(0)
            .doc("The time from the start to the first check for segments to delete, if that is less than"
                    + " `log.retention.check.interval.ms`.");
    static final ConfigKey LOG_CLEANUP_POLICY = SECTION.key("log.cleanup.policy", LIST, "delete")
            .oneOf("compact", "delete")
            .doc("Whether old segments are deleted, compacted to the last record of each key, both, or (if"
                    + " empty) neither.");
    static final ConfigKey LOG_CLEANER_DELETE_RETENTION_MS = SECTION.key(
                    "log.cleaner.delete.retention.ms", LONG, "86400000")
            .atLeast(0)
            .doc("The time for which compaction retains the tombstone of a deleted key.");
    static final ConfigKey LOG_CLEANER_MIN_COMPACTION_LAG_MS = SECTION.key(
                    "log.cleaner.min.compaction.lag.ms", LONG, "0")
            .atLeast(0)
            .doc("The minimum time for which a record is not compacted.");
    static final ConfigKey LOG_CLEANER_MAX_COMPACTION_LAG_MS = SECTION.key(
                    "log.cleaner.max.compaction.lag.ms", LONG, "9223372036854775807")
            .atLeast(1)
            .doc("The maximum time for which a record is not compacted.");
    static final ConfigKey LOG_CLEANER_MIN_CLEANABLE_RATIO = SECTION.key(
                    "log.cleaner.min.cleanable.ratio", DOUBLE, "0.5")
            .thatIs(0.5)
            .between(0, 1)
            .doc("The minimum ratio of the dirty part of a log to the whole log at which it is compacted.");
    public static final ConfigKey LOG_CLEANER_ENABLE =
            SECTION.key("log.cleaner.enable", BOOLEAN, "true").doc("Whether logs are compacted.");
    static final ConfigKey LOG_CLEANER_THREADS = SECTION.key("log.cleaner.threads", INT, "1")
            .atLeast(0)
            .inert(ONE_COMPACTOR)
            .doc("The number of threads for compaction.");
    public static final ConfigKey LOG_CLEANER_DEDUPE_BUFFER_SIZE = SECTION.key(
                    "log.cleaner.dedupe.buffer.size", LONG, "134217728")
            .atLeast(1024)
            .doc("The maximum off-heap memory for the map of keys while a log is compacted. A key takes 24"
                    + " bytes. If not all keys fit, a log is compacted in several passes.");
    public static final ConfigKey LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = SECTION.key(
                    "log.cleaner.io.buffer.load.factor", DOUBLE, "0.9")
            .between(0, 1)
            .doc("The maximum load factor of the map of keys.");
    public static final ConfigKey LOG_CLEANER_IO_BUFFER_SIZE = SECTION.key("log.cleaner.io.buffer.size", INT, "524288")
            .atLeast(1024)
            .doc("The number of bytes that compaction reads at a time.");
    public static final ConfigKey LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = SECTION.key(
                    "log.cleaner.io.max.bytes.per.second", DOUBLE, "1.7976931348623157E308")
            .atLeast(1)
            .doc("The maximum number of bytes that compaction reads and writes per second.");
    public static final ConfigKey LOG_CLEANER_BACKOFF_MS = SECTION.key("log.cleaner.backoff.ms", LONG, "15000")
            .atLeast(0)
            .doc("The time after which the broker checks again for logs to compact, if there were none.");
    static final ConfigKey LOG_FLUSH_INTERVAL_MESSAGES = SECTION.key(
                    "log.flush.interval.messages", LONG, "9223372036854775807")
            .atLeast(1)
            .doc("The number of records after which a partition is flushed to disk (`fsync`). The record that"
                    + " reaches the number is acknowledged after the flush, so that a power failure loses fewer"
                    + " records than that; with 1, it loses none. One flush serves all records that wait for it.");
    static final ConfigKey LOG_FLUSH_INTERVAL_MS = SECTION.key("log.flush.interval.ms", LONG, null)
            .unlikeKafka("Works without `log.flush.scheduler.interval.ms`. The time begins with the oldest record"
                    + " that is not flushed.")
            .doc("The maximum time in milliseconds after which a record is flushed to disk. Producers do not"
                    + " wait for this flush.");
    public static final ConfigKey LOG_FLUSH_SCHEDULER_INTERVAL_MS = SECTION.key(
                    "log.flush.scheduler.interval.ms", LONG, "9223372036854775807")
            .unlikeKafka("If it is not set, partitions are flushed as soon as their time has come; Kafka never"
                    + " checks then.")
            .doc("The interval at which the broker checks for partitions whose `flush.ms` has passed. It is"
                    + " also the default of `log.flush.interval.ms`.");
    public static final ConfigKey LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS = SECTION.key(
                    "log.flush.offset.checkpoint.interval.ms", INT, "60000")
            .atLeast(0)
            .doc("The interval at which partitions with at least 1 MiB of new records get a new recovery"
                    + " point: they are flushed while appends continue, and after a kill only records past the"
                    + " recovery point are read. A partition also gets a new recovery point after each 64 MiB.");
    public static final ConfigKey STOP_FLUSH_TIMEOUT_MS = SECTION.key("ottla.stop.flush.timeout.ms", LONG, "2000")
            .atLeast(0)
            .doc("The maximum time for which a stop flushes partitions. Partitions that are left are closed"
                    + " as a kill would leave them: nothing is lost, because the operating system writes the files,"
                    + " and the next start reads the records past the last recovery points.");
    static final ConfigKey LOG_SEGMENT_DELETE_DELAY_MS = SECTION.key("log.segment.delete.delay.ms", LONG, "60000")
            .atLeast(0)
            .doc("The time after which the file of a deleted segment or the folder of a deleted partition is"
                    + " removed. Until then its name ends in `.deleted`. A stop of the broker shortens the time.");
    static final ConfigKey LOG_LOCAL_RETENTION_MS = SECTION.key("log.local.retention.ms", LONG, "-2")
            .atLeast(-2)
            .inert(NO_TIERS)
            .doc("The time for which records are retained on this node after they were moved to another tier.");
    static final ConfigKey LOG_LOCAL_RETENTION_BYTES = SECTION.key("log.local.retention.bytes", LONG, "-2")
            .atLeast(-2)
            .inert(NO_TIERS)
            .doc("The number of bytes that are retained on this node after they were moved to another tier.");
    static final ConfigKey LOG_REMOTE_COPY_LAG_MS = SECTION.key("log.remote.copy.lag.ms", LONG, "0")
            .atLeast(-1)
            .inert(NO_TIERS)
            .doc("The minimum age of a segment that is copied to another tier.");
    static final ConfigKey LOG_REMOTE_COPY_LAG_BYTES = SECTION.key("log.remote.copy.lag.bytes", LONG, "-1")
            .atLeast(-1)
            .inert(NO_TIERS)
            .doc("The minimum number of newer bytes in a partition when a segment is copied to another tier.");

    private LogKeys() {}
}
