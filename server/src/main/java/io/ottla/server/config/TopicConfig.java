package io.ottla.server.config;

import io.ottla.api.ConfigException;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.codec.record.CompressionType;
import java.util.List;
import java.util.Map;

/**
 * The settings of a topic: its own, over the broker's defaults. The keys are in {@link TopicKeys}. Immutable; what the
 * path of a request needs are plain fields.
 */
public final class TopicConfig {
    /** Spreads numbers that are near each other over all 64 bits. */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final Object[] values;
    private final int maxMessageBytes;
    private final int maxDecompressedMessageBytes;
    private final boolean logAppendTime;
    private final long timestampBeforeMaxMs;
    private final long timestampAfterMaxMs;
    private final String compressionType;

    /** What batches are compressed with; null if that is the producer's business. */
    private final CompressionType compression;

    private final boolean compacted;
    private final boolean deleted;
    private final long retentionMs;
    private final long retentionBytes;
    private final long segmentJitterMs;
    private final LogConfig logConfig;
    private final long flushMessages;
    private final long flushMs;

    private TopicConfig(final Object[] values) {
        this.values = values;
        maxMessageBytes = intValue(TopicKeys.MAX_MESSAGE_BYTES);
        maxDecompressedMessageBytes = intValue(TopicKeys.MAX_DECOMPRESSED_MESSAGE_BYTES);
        logAppendTime = text(TopicKeys.MESSAGE_TIMESTAMP_TYPE).equals("LogAppendTime");
        timestampBeforeMaxMs = longValue(TopicKeys.MESSAGE_TIMESTAMP_BEFORE_MAX_MS);
        timestampAfterMaxMs = longValue(TopicKeys.MESSAGE_TIMESTAMP_AFTER_MAX_MS);
        compressionType = text(TopicKeys.COMPRESSION_TYPE);
        compression =
                compressionType.equals("uncompressed") ? CompressionType.NONE : CompressionType.ofName(compressionType);
        final List<?> policy = (List<?>) value(TopicKeys.CLEANUP_POLICY);
        compacted = policy.contains("compact");
        deleted = policy.contains("delete");
        retentionMs = longValue(TopicKeys.RETENTION_MS);
        retentionBytes = longValue(TopicKeys.RETENTION_BYTES);
        segmentJitterMs = longValue(TopicKeys.SEGMENT_JITTER_MS);
        flushMessages = longValue(TopicKeys.FLUSH_MESSAGES);
        flushMs = longValue(TopicKeys.FLUSH_MS);
        final Integer internalSegmentBytes = (Integer) value(TopicKeys.INTERNAL_SEGMENT_BYTES);
        logConfig = new LogConfig(
                internalSegmentBytes == null ? intValue(TopicKeys.SEGMENT_BYTES) : internalSegmentBytes,
                // Only what is in a segment that has ended can be compacted.
                compacted
                        ? Math.min(longValue(TopicKeys.SEGMENT_MS), longValue(TopicKeys.MAX_COMPACTION_LAG_MS))
                        : longValue(TopicKeys.SEGMENT_MS),
                intValue(TopicKeys.INDEX_INTERVAL_BYTES),
                longValue(TopicKeys.FILE_DELETE_DELAY_MS));
    }

    /**
     * The settings of topics without any of their own.
     *
     * @param broker a configuration whose values are read already.
     * @return the settings.
     * @throws ConfigException if a broker's value can't be a topic's.
     */
    public static TopicConfig defaults(final BrokerConfig broker) {
        final List<ConfigKey> keys = TopicKeys.all();
        final Object[] values = new Object[keys.size()];
        for (final ConfigKey key : keys) {
            Object value = key.defaultValue();
            for (final ConfigKey.Synonym synonym : key.synonyms()) {
                final Object brokers = broker.value(BrokerKeys.of(synonym.name()));
                if (brokers != null) {
                    value = convert(key, synonym, brokers);
                    break;
                }
            }
            values[key.index()] = value;
        }
        return new TopicConfig(values);
    }

    private static Object convert(final ConfigKey key, final ConfigKey.Synonym synonym, final Object value) {
        Object converted = value;
        if (key.type() == ConfigType.LONG) {
            final long number = ((Number) value).longValue();
            converted = number * synonym.factor();
            if (key == TopicKeys.RETENTION_MS) {
                if (number == 0) {
                    throw ConfigCheck.invalid(synonym.name(), value, "Value must be unlimited (-1) or at least 1");
                }
                converted = number < 0 ? -1L : number * synonym.factor();
            }
        }
        if (key.check() != null) {
            key.check().check(synonym.name(), converted);
        }
        return converted;
    }

    /**
     * The settings of a topic. Keys that are not known and values that are not permitted, which an older or newer version
     * may have stored, are passed over.
     *
     * @param defaults the broker's.
     * @param overrides the topic's own.
     * @return the settings.
     */
    public static TopicConfig of(final TopicConfig defaults, final Map<String, String> overrides) {
        final Object[] values = defaults.values.clone();
        for (final Map.Entry<String, String> override : overrides.entrySet()) {
            final ConfigKey key = TopicKeys.of(override.getKey());
            if (key != null) {
                try {
                    values[key.index()] = key.parse(override.getValue());
                } catch (final ConfigException e) {
                    values[key.index()] = defaults.values[key.index()];
                }
            }
        }
        return new TopicConfig(values);
    }

    /**
     * Checks settings that somebody wants to give to a topic.
     *
     * @param defaults the broker's.
     * @param overrides all of the topic's own settings, as they would be.
     * @throws ConfigException if they are not permitted; the message is Kafka's, for a client to see.
     */
    public static void validate(final TopicConfig defaults, final Map<String, String> overrides) {
        final StringBuilder nulls = new StringBuilder();
        for (final Map.Entry<String, String> override : overrides.entrySet()) {
            if (override.getValue() == null) {
                nulls.append(nulls.isEmpty() ? "" : ",").append(override.getKey());
            }
        }
        if (!nulls.isEmpty()) {
            throw new ConfigException("Null value not supported for topic configs: " + nulls);
        }
        for (final Map.Entry<String, String> override : overrides.entrySet()) {
            final ConfigKey key = TopicKeys.of(override.getKey());
            if (key == null) {
                throw new ConfigException("Unknown topic config name: " + override.getKey());
            }
            key.parse(override.getValue());
        }
        final TopicConfig topic = of(defaults, overrides);
        final long minLagMs = topic.longValue(TopicKeys.MIN_COMPACTION_LAG_MS);
        final long maxLagMs = topic.longValue(TopicKeys.MAX_COMPACTION_LAG_MS);
        if (minLagMs > maxLagMs) {
            throw new ConfigException("conflict topic config setting min.compaction.lag.ms (" + minLagMs
                    + ") > max.compaction.lag.ms (" + maxLagMs + ")");
        }
        if ((Boolean) topic.value(TopicKeys.REMOTE_STORAGE_ENABLE)) {
            throw new ConfigException("Tiered Storage functionality is disabled in the broker. "
                    + "Topic cannot be configured with remote log storage.");
        }
    }

    /**
     * {@code max.message.bytes}.
     *
     * @return the largest batch, in bytes.
     */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * {@code max.decompressed.message.bytes}.
     *
     * @return how large a record of a compressed batch may be when it is decompressed.
     */
    public int maxDecompressedMessageBytes() {
        return maxDecompressedMessageBytes;
    }

    /**
     * {@code message.timestamp.type}.
     *
     * @return true for LogAppendTime, false for CreateTime.
     */
    public boolean isLogAppendTime() {
        return logAppendTime;
    }

    /**
     * {@code message.timestamp.before.max.ms}.
     *
     * @return milliseconds that a timestamp may lie in the past.
     */
    public long timestampBeforeMaxMs() {
        return timestampBeforeMaxMs;
    }

    /**
     * {@code message.timestamp.after.max.ms}.
     *
     * @return milliseconds that a timestamp may lie in the future.
     */
    public long timestampAfterMaxMs() {
        return timestampAfterMaxMs;
    }

    /**
     * {@code compression.type}.
     *
     * @return {@code producer}, {@code uncompressed} or the name of a compression.
     */
    String compressionType() {
        return compressionType;
    }

    /**
     * What a batch is to be compressed with, by {@code compression.type}.
     *
     * @param producers what the producer compressed it with.
     * @return that, if the topic does not say otherwise.
     */
    public CompressionType compression(final CompressionType producers) {
        return compression == null ? producers : compression;
    }

    /**
     * Whether {@code cleanup.policy} has {@code compact}.
     *
     * @return true if records need keys.
     */
    public boolean isCompacted() {
        return compacted;
    }

    /**
     * Whether {@code cleanup.policy} has {@code delete}.
     *
     * @return true if old segments are deleted.
     */
    public boolean isDeleted() {
        return deleted;
    }

    /**
     * {@code retention.ms}.
     *
     * @return the age in milliseconds at which records may be deleted, or -1 for none.
     */
    public long retentionMs() {
        return retentionMs;
    }

    /**
     * {@code retention.bytes}.
     *
     * @return how many bytes of a partition are kept, or -1 for all.
     */
    public long retentionBytes() {
        return retentionBytes;
    }

    /**
     * How the topic's logs divide themselves into segments, but for {@code segment.jitter.ms}.
     *
     * @return the plain settings.
     */
    public LogConfig logConfig() {
        return logConfig;
    }

    /**
     * {@code flush.messages}.
     *
     * @return fewer records of a partition are committed without being flushed; {@link Long#MAX_VALUE} if any number may be.
     */
    public long flushMessages() {
        return flushMessages;
    }

    /**
     * {@code flush.ms}.
     *
     * @return after how many milliseconds a partition's records are flushed; {@link Long#MAX_VALUE} if they need not be.
     */
    public long flushMs() {
        return flushMs;
    }

    /**
     * Whether the topic's segments end earlier than {@code segment.ms} says.
     *
     * @return true if there is a {@code segment.jitter.ms}.
     */
    public boolean isJittered() {
        return segmentJitterMs > 0;
    }

    /**
     * How a log of a jittered topic divides itself into segments. Kafka draws {@code segment.jitter.ms} by chance; here it comes of the segment
     * itself, so that segments that were begun at one time end at different ones, and a restart changes nothing.
     *
     * @param id the log.
     * @param baseOffset where the segment begins that is appended to.
     * @return for {@code Storage}.
     */
    public LogConfig logConfig(final LogId id, final long baseOffset) {
        final long mixed = (id.hashCode() + 31 * baseOffset) * GOLDEN_RATIO;
        return new LogConfig(
                logConfig.segmentBytes(),
                logConfig.segmentMs()
                        - Math.floorMod(
                                mixed ^ mixed >>> Integer.SIZE, Math.min(segmentJitterMs, logConfig.segmentMs())),
                logConfig.indexIntervalBytes(),
                logConfig.fileDeleteDelayMs());
    }

    /**
     * The value of a key.
     *
     * @param key any key of {@link TopicKeys}.
     * @return as from {@link ConfigKey#parse}, or null if there is none.
     */
    public Object value(final ConfigKey key) {
        return values[key.index()];
    }

    /**
     * The value of a key of type INT.
     *
     * @param key the key; it has a default.
     * @return the value, in the unit that the key's name ends in.
     */
    int intValue(final ConfigKey key) {
        return (Integer) value(key);
    }

    /**
     * The value of a key of type LONG.
     *
     * @param key the key.
     * @return the value, in the unit that the key's name ends in.
     */
    public long longValue(final ConfigKey key) {
        return (Long) value(key);
    }

    /**
     * The value of a key of type DOUBLE.
     *
     * @param key the key; it has a default.
     * @return the value.
     */
    public double doubleValue(final ConfigKey key) {
        return (Double) value(key);
    }

    private String text(final ConfigKey key) {
        return (String) value(key);
    }
}
