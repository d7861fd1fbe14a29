package io.ottla.server.config;

import io.ottla.api.ConfigException;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.codec.record.CompressionType;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a topic: its overrides on top of the broker's defaults. {@link TopicKeys} has the keys.
 * Immutable. The values that a request needs are plain fields.
 */
public final class TopicConfig {
    /** Spreads numbers that are close to each other over all 64 bits. */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final Object[] values;
    private final int maxMessageBytes;
    private final int maxDecompressedMessageBytes;
    private final boolean logAppendTime;
    private final long timestampBeforeMaxMs;
    private final long timestampAfterMaxMs;
    private final String compressionType;

    /** The compression of batches in the log; null to retain that of the producer. */
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
                // Only records in segments that have been rolled can be compacted.
                compacted
                        ? Math.min(longValue(TopicKeys.SEGMENT_MS), longValue(TopicKeys.MAX_COMPACTION_LAG_MS))
                        : longValue(TopicKeys.SEGMENT_MS),
                intValue(TopicKeys.INDEX_INTERVAL_BYTES),
                longValue(TopicKeys.FILE_DELETE_DELAY_MS));
    }

    /**
     * Returns the configuration of a topic without overrides.
     *
     * @param broker a configuration that is parsed already.
     * @return the configuration.
     * @throws ConfigException if a value of the broker is not valid for topics.
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
     * Returns the configuration of a topic. Unknown keys and values that are not valid are ignored; an older or newer
     * version may have stored them.
     *
     * @param defaults the broker's defaults.
     * @param overrides the topic's overrides.
     * @return the configuration.
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
     * Validates the overrides of a topic.
     *
     * @param defaults the broker's defaults.
     * @param overrides all overrides that the topic would have.
     * @throws ConfigException if they are not valid; the message is Kafka's and is sent to the client.
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
     * Returns {@code max.message.bytes}.
     *
     * @return the maximum size of a batch, in bytes.
     */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * Returns {@code max.decompressed.message.bytes}.
     *
     * @return the maximum size of a record of a compressed batch after decompression.
     */
    public int maxDecompressedMessageBytes() {
        return maxDecompressedMessageBytes;
    }

    /**
     * Returns whether {@code message.timestamp.type} is LogAppendTime.
     *
     * @return true for LogAppendTime, false for CreateTime.
     */
    public boolean isLogAppendTime() {
        return logAppendTime;
    }

    /**
     * Returns {@code message.timestamp.before.max.ms}.
     *
     * @return the maximum number of milliseconds by which a timestamp may lie in the past.
     */
    public long timestampBeforeMaxMs() {
        return timestampBeforeMaxMs;
    }

    /**
     * Returns {@code message.timestamp.after.max.ms}.
     *
     * @return the maximum number of milliseconds by which a timestamp may lie in the future.
     */
    public long timestampAfterMaxMs() {
        return timestampAfterMaxMs;
    }

    /**
     * Returns {@code compression.type}.
     *
     * @return {@code producer}, {@code uncompressed} or the name of a compression.
     */
    String compressionType() {
        return compressionType;
    }

    /**
     * Returns the compression of a batch in the log, by {@code compression.type}.
     *
     * @param producers the compression that the producer used.
     * @return that of the producer, unless the topic overrides it.
     */
    public CompressionType compression(final CompressionType producers) {
        return compression == null ? producers : compression;
    }

    /**
     * Returns whether {@code cleanup.policy} contains {@code compact}.
     *
     * @return true if records need keys.
     */
    public boolean isCompacted() {
        return compacted;
    }

    /**
     * Returns whether {@code cleanup.policy} contains {@code delete}.
     *
     * @return true if old segments are deleted.
     */
    public boolean isDeleted() {
        return deleted;
    }

    /**
     * Returns {@code retention.ms}.
     *
     * @return the age in milliseconds at which records are deleted, or -1 for none.
     */
    public long retentionMs() {
        return retentionMs;
    }

    /**
     * Returns {@code retention.bytes}.
     *
     * @return the number of bytes of a partition that are retained, or -1 for all.
     */
    public long retentionBytes() {
        return retentionBytes;
    }

    /**
     * Returns how the topic's logs roll segments, without {@code segment.jitter.ms}.
     *
     * @return the configuration for the storage.
     */
    public LogConfig logConfig() {
        return logConfig;
    }

    /**
     * Returns {@code flush.messages}.
     *
     * @return the number of unflushed records that a partition must not commit; it may commit any smaller number;
     *     {@link Long#MAX_VALUE} if no flush is required.
     */
    public long flushMessages() {
        return flushMessages;
    }

    /**
     * Returns {@code flush.ms}.
     *
     * @return the number of milliseconds after which records are flushed; {@link Long#MAX_VALUE} if no flush is
     *     required.
     */
    public long flushMs() {
        return flushMs;
    }

    /**
     * Returns whether the topic's segments are rolled earlier than {@code segment.ms} says.
     *
     * @return true if there is a {@code segment.jitter.ms}.
     */
    public boolean isJittered() {
        return segmentJitterMs > 0;
    }

    /**
     * Returns how a log of a topic with jitter rolls segments. Kafka draws {@code segment.jitter.ms} at random. Here it
     * is derived from the segment itself, so that segments that began at the same time are rolled at different times,
     * and a restart changes nothing.
     *
     * @param id the log.
     * @param baseOffset the base offset of the active segment.
     * @return the configuration for the storage.
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
     * Returns the value of a key.
     *
     * @param key any key of {@link TopicKeys}.
     * @return the result of {@link ConfigKey#parse}, or null if there is none.
     */
    public Object value(final ConfigKey key) {
        return values[key.index()];
    }

    /**
     * Returns the value of a key of type INT.
     *
     * @param key the key; it has a default.
     * @return the value, in the unit that the key's name ends in.
     */
    int intValue(final ConfigKey key) {
        return (Integer) value(key);
    }

    /**
     * Returns the value of a key of type LONG.
     *
     * @param key the key.
     * @return the value, in the unit that the key's name ends in.
     */
    public long longValue(final ConfigKey key) {
        return (Long) value(key);
    }

    /**
     * Returns the value of a key of type DOUBLE.
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
