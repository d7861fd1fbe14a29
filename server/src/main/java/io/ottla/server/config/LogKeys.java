package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.BOOLEAN;
import static io.ottla.server.config.ConfigType.DOUBLE;
import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;

/** The keys of logs: segments, retention, compaction, flushes. */
public final class LogKeys {
    static final KeySection SECTION = TopicDefaultKeys.SECTION.next("Logs");

    private static final String NO_TIERS = "there is no tiered storage";
    private static final String ONE_COMPACTOR = "one agent compacts, whatever is set";

    static final ConfigKey LOG_SEGMENT_BYTES = SECTION.key("log.segment.bytes", INT, "1073741824")
            .atLeast(1048576)
            .doc("The size at which a partition begins a new segment.");
    static final ConfigKey LOG_ROLL_MS =
            SECTION.key("log.roll.ms", LONG, null).doc("The age at which a partition begins a new segment.");
    static final ConfigKey LOG_ROLL_HOURS = SECTION.key("log.roll.hours", INT, "168")
            .atLeast(1)
            .doc("The age at which a partition begins a new segment, if `log.roll.ms` is not set.");
    static final ConfigKey LOG_ROLL_JITTER_MS = SECTION.key("log.roll.jitter.ms", LONG, null)
            .doc("How much earlier a segment may be ended, so that not all are at once.");
    static final ConfigKey LOG_ROLL_JITTER_HOURS = SECTION.key("log.roll.jitter.hours", INT, "0")
            .atLeast(0)
            .doc("How much earlier a segment may be ended, so that not all are at once, if `log.roll.jitter.ms` is"
                    + " not set.");
    static final ConfigKey LOG_INDEX_INTERVAL_BYTES = SECTION.key("log.index.interval.bytes", INT, "4096")
            .atLeast(0)
            .doc("About how many bytes of records lie between two entries of an index.");
    static final ConfigKey LOG_INDEX_SIZE_MAX_BYTES = SECTION.key("log.index.size.max.bytes", INT, "10485760")
            .atLeast(4)
            .inert("indexes grow as they need")
            .doc("The largest index of a segment.");
    static final ConfigKey LOG_PREALLOCATE = SECTION.key("log.preallocate", BOOLEAN, "false")
            .inert("the storage reserves space in its own way")
            .doc("Whether a new segment's space is reserved at once.");
    static final ConfigKey LOG_RETENTION_MS = SECTION.key("log.retention.ms", LONG, null)
            .doc("The age at which records may be deleted; -1 keeps them for ever.");
    static final ConfigKey LOG_RETENTION_MINUTES = SECTION.key("log.retention.minutes", INT, null)
            .doc("The age at which records may be deleted, if `log.retention.ms` is not set.");
    static final ConfigKey LOG_RETENTION_HOURS = SECTION.key("log.retention.hours", INT, "168")
            .doc("The age at which records may be deleted, if `log.retention.minutes` is not set either.");
    static final ConfigKey LOG_RETENTION_BYTES = SECTION.key("log.retention.bytes", LONG, "-1")
            .doc("The size of a partition above which its oldest segments are deleted; -1 means no limit.");
    public static final ConfigKey LOG_RETENTION_CHECK_INTERVAL_MS = SECTION.key(
                    "log.retention.check.interval.ms", LONG, "300000")
            .atLeast(1)
            .doc("How often the broker looks for segments to delete.");
    public static final ConfigKey LOG_INITIAL_TASK_DELAY_MS = SECTION.key("log.initial.task.delay.ms", LONG, "30000")
            .atLeast(0)
            .doc("How long after its start the broker looks for segments to delete for the first time, if that is"
                    + " less than `log.retention.check.interval.ms`.");
    static final ConfigKey LOG_CLEANUP_POLICY = SECTION.key("log.cleanup.policy", LIST, "delete")
            .oneOf("compact", "delete")
            .doc("Whether old segments are deleted, compacted to the latest record of each key, both, or (empty)"
                    + " neither.");
    static final ConfigKey LOG_CLEANER_DELETE_RETENTION_MS = SECTION.key(
                    "log.cleaner.delete.retention.ms", LONG, "86400000")
            .atLeast(0)
            .doc("How long compaction keeps the record that says a key was deleted.");
    static final ConfigKey LOG_CLEANER_MIN_COMPACTION_LAG_MS = SECTION.key(
                    "log.cleaner.min.compaction.lag.ms", LONG, "0")
            .atLeast(0)
            .doc("How long a record is safe from compaction.");
    static final ConfigKey LOG_CLEANER_MAX_COMPACTION_LAG_MS = SECTION.key(
                    "log.cleaner.max.compaction.lag.ms", LONG, "9223372036854775807")
            .atLeast(1)
            .doc("How long a record may go without compaction.");
    static final ConfigKey LOG_CLEANER_MIN_CLEANABLE_RATIO = SECTION.key(
                    "log.cleaner.min.cleanable.ratio", DOUBLE, "0.5")
            .thatIs(0.5)
            .between(0, 1)
            .doc("What share of a log must be new since the last compaction before the next one begins.");
    public static final ConfigKey LOG_CLEANER_ENABLE =
            SECTION.key("log.cleaner.enable", BOOLEAN, "true").doc("Whether logs are compacted at all.");
    static final ConfigKey LOG_CLEANER_THREADS = SECTION.key("log.cleaner.threads", INT, "1")
            .atLeast(0)
            .inert(ONE_COMPACTOR)
            .doc("How many threads compact.");
    public static final ConfigKey LOG_CLEANER_DEDUPE_BUFFER_SIZE = SECTION.key(
                    "log.cleaner.dedupe.buffer.size", LONG, "134217728")
            .atLeast(1024)
            .doc("The most memory that the map of keys takes while a log is compacted, outside of the heap. A key"
                    + " takes 24 bytes. If there are more keys than fit, a log is compacted piece by piece.");
    public static final ConfigKey LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = SECTION.key(
                    "log.cleaner.io.buffer.load.factor", DOUBLE, "0.9")
            .between(0, 1)
            .doc("What part of the map of keys may be in use.");
    public static final ConfigKey LOG_CLEANER_IO_BUFFER_SIZE = SECTION.key("log.cleaner.io.buffer.size", INT, "524288")
            .atLeast(1024)
            .doc("How many bytes compaction reads at a time.");
    public static final ConfigKey LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = SECTION.key(
                    "log.cleaner.io.max.bytes.per.second", DOUBLE, "1.7976931348623157E308")
            .atLeast(1)
            .doc("How many bytes compaction may read and write in a second.");
    public static final ConfigKey LOG_CLEANER_BACKOFF_MS = SECTION.key("log.cleaner.backoff.ms", LONG, "15000")
            .atLeast(0)
            .doc("After what time the broker looks again for logs to compact, if it found none.");
    static final ConfigKey LOG_FLUSH_INTERVAL_MESSAGES = SECTION.key(
                    "log.flush.interval.messages", LONG, "9223372036854775807")
            .atLeast(1)
            .doc("After how many records a partition is flushed to the disk (`fsync`). The record that reaches the"
                    + " number is acknowledged when it is on the disk, so that fewer can be lost with the power;"
                    + " with 1, none. One flush serves all that wait for it.");
    static final ConfigKey LOG_FLUSH_INTERVAL_MS = SECTION.key("log.flush.interval.ms", LONG, null)
            .unlikeKafka(
                    "It needs no `log.flush.scheduler.interval.ms` to have its effect, and is counted from the oldest"
                            + " record that is not flushed.")
            .doc("After what time in milliseconds a record is flushed to the disk. Nobody waits for that.");
    public static final ConfigKey LOG_FLUSH_SCHEDULER_INTERVAL_MS = SECTION.key(
                    "log.flush.scheduler.interval.ms", LONG, "9223372036854775807")
            .unlikeKafka("If it is not set, partitions are flushed when their time has come; Kafka never looks then.")
            .doc("How often the broker looks for partitions whose `flush.ms` is over; it stands in for"
                    + " `log.flush.interval.ms` if that is not set.");
    public static final ConfigKey LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS = SECTION.key(
                    "log.flush.offset.checkpoint.interval.ms", INT, "60000")
            .atLeast(0)
            .doc("How often partitions to which at least 1 MiB was appended get a new recovery point: they are flushed"
                    + " beside appends, and after a kill only what is behind the point is read. Each 64 MiB give a"
                    + " partition a new point too.");
    public static final ConfigKey STOP_FLUSH_TIMEOUT_MS = SECTION.key("ottla.stop.flush.timeout.ms", LONG, "2000")
            .atLeast(0)
            .doc("How long a stop flushes partitions at most. What is left then is closed as a kill would leave it:"
                    + " nothing is lost, the operating system writes it out as it does while the broker runs, and"
                    + " the next start reads what came since the last recovery points.");
    static final ConfigKey LOG_SEGMENT_DELETE_DELAY_MS = SECTION.key("log.segment.delete.delay.ms", LONG, "60000")
            .atLeast(0)
            .doc("How long the file with the records of a deleted segment, or the folder of a deleted partition,"
                    + " stays: its name ends in `.deleted` then. A stop of the broker shortens that.");
    static final ConfigKey LOG_LOCAL_RETENTION_MS = SECTION.key("log.local.retention.ms", LONG, "-2")
            .atLeast(-2)
            .inert(NO_TIERS)
            .doc("How long records stay on this node after they were moved to another tier.");
    static final ConfigKey LOG_LOCAL_RETENTION_BYTES = SECTION.key("log.local.retention.bytes", LONG, "-2")
            .atLeast(-2)
            .inert(NO_TIERS)
            .doc("How many bytes stay on this node after they were moved to another tier.");
    static final ConfigKey LOG_REMOTE_COPY_LAG_MS = SECTION.key("log.remote.copy.lag.ms", LONG, "0")
            .atLeast(-1)
            .inert(NO_TIERS)
            .doc("How old a segment is before it is copied to another tier.");
    static final ConfigKey LOG_REMOTE_COPY_LAG_BYTES = SECTION.key("log.remote.copy.lag.bytes", LONG, "-1")
            .atLeast(-1)
            .inert(NO_TIERS)
            .doc("How many newer bytes a partition has before a segment is copied to another tier.");

    private LogKeys() {}
}
