package io.ottla.interop;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiKeys;

/** The names that hostile clients use: their own topics and groups, and those of others only where nothing is changed. Any thread may call it. */
final class HostileNames {
    /** Begins the name of everything that belongs to hostile clients. */
    static final String PREFIX = "h-";

    private static final int TOPICS = 24;
    private static final int GROUPS = 200;
    private static final int MEMBERS = 50;
    private static final Set<ApiKeys> READING = Set.of(
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.METADATA,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH);
    private static final List<String> CONFIGS = List.of(
            "cleanup.policy",
            "retention.ms",
            "retention.bytes",
            "segment.bytes",
            "segment.ms",
            "max.message.bytes",
            "compression.type",
            "message.timestamp.type",
            "min.insync.replicas",
            "flush.messages",
            "consumer.session.timeout.ms",
            "no.such.key");
    private static final List<String> CONFIG_VALUES = List.of(
            "compact",
            "delete",
            "compact,delete",
            "1000",
            "1048576",
            "-1",
            "0",
            "9223372036854775807",
            "zstd",
            "gzip",
            "producer",
            "LogAppendTime",
            "",
            "1");

    private volatile List<Uuid> topicIds = List.of();

    /**
     * Takes the ids of topics that belong to hostile clients.
     *
     * @param ids the ids.
     */
    void learn(final List<Uuid> ids) {
        topicIds = List.copyOf(ids);
    }

    /**
     * The name of a topic.
     *
     * @param random draws it.
     * @param api what is to be done with the topic.
     * @param willBeChanged whether the request is to be changed, so that it may do something else.
     * @return the name.
     */
    String topic(final SplittableRandom random, final ApiKeys api, final boolean willBeChanged) {
        if (!willBeChanged && READING.contains(api) && random.nextInt(8) == 0) {
            return random.nextBoolean() ? Topic.GROUP_METADATA_TOPIC_NAME : GoodTopic.NAME;
        }
        return random.nextInt(40) == 0 ? PREFIX + "x" + random.nextInt(100_000) : PREFIX + random.nextInt(TOPICS);
    }

    Uuid topicId(final SplittableRandom random) {
        final List<Uuid> known = topicIds;
        if (known.isEmpty() || random.nextInt(5) == 0) {
            return random.nextInt(3) == 0 ? Uuid.ZERO_UUID : new Uuid(random.nextLong(), random.nextLong());
        }
        return known.get(random.nextInt(known.size()));
    }

    String group(final SplittableRandom random) {
        return PREFIX + "g" + random.nextInt(GROUPS);
    }

    String member(final SplittableRandom random) {
        return random.nextInt(3) == 0 ? "" : PREFIX + "m" + random.nextInt(MEMBERS);
    }

    String configKey(final SplittableRandom random) {
        return CONFIGS.get(random.nextInt(CONFIGS.size()));
    }

    String configValue(final SplittableRandom random) {
        return CONFIG_VALUES.get(random.nextInt(CONFIG_VALUES.size()));
    }

    /** A text that few expect. */
    String odd(final SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> PREFIX + "n".repeat(random.nextInt(32_000));
            case 2 -> PREFIX + "ö☃𝄞";
            case 3 -> PREFIX + "/../../" + random.nextInt(10);
            case 4 -> PREFIX + "\u0000\n";
            default -> PREFIX + Long.toString(random.nextLong(), 36);
        };
    }
}
