package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.TopicName;
import io.ottla.server.GeneratedPage;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.storage.mmap.MmapStorageProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/limits.md} as the definitions are, and every key that bounds clients in it. */
class LimitsDocTest {
    private static final String INTRODUCTION = """
        # Limits

        <!-- Generated from the definitions in the code. To make it anew: %s -->

        Every bound on what clients may ask for or hold: what would suffer without it, its default, and what a client gets
        past it. The keys are explained in [configuration.md](configuration.md). Nothing here ends the broker, and at most one connection is
        closed.

        | Bound | Default | Protects | Past it |
        |---|---|---|---|
        """;

    /** Names of keys that look like a bound. */
    private static final Pattern BOUND = Pattern.compile("\\bmax\\b|\\blimit\\b");

    /** Keys that look like one and bound the broker's own work, or what is valid, rather than what clients may hold. */
    private static final Set<String> NONE = Set.of(
            "log.cleaner.io.max.bytes.per.second",
            "log.cleaner.max.compaction.lag.ms",
            "max.compaction.lag.ms",
            "log.message.timestamp.before.max.ms",
            "log.message.timestamp.after.max.ms",
            "message.timestamp.before.max.ms",
            "message.timestamp.after.max.ms",
            "group.max.session.timeout.ms",
            "group.consumer.max.session.timeout.ms",
            "group.consumer.max.heartbeat.interval.ms",
            "group.consumer.max.assignment.interval.ms");

    /** A bound that no key sets, or a storage's. */
    private record Fixed(String bound, String limit, String protects, String past) {}

    private static List<Fixed> fixed() {
        return List.of(
                new Fixed(
                        "`" + MemoryStorageProvider.MAX_BYTES_KEY + "`",
                        "half of the heap beyond 16 MiB, at most `" + MemoryStorageProvider.MAX_BYTES_DEFAULT_HIGH
                                + "`",
                        "the heap from records of the storage `memory`",
                        "KAFKA_STORAGE_ERROR until records are deleted"),
                new Fixed(
                        "`" + MmapStorageProvider.OPEN_FILES_MAX_KEY + "`",
                        "half of the process's limit",
                        "descriptors",
                        "nothing: files that were used least lately are closed until they are used again"),
                new Fixed(
                        "Partitions that one request makes",
                        "10,000",
                        "turns of the other requests for metadata",
                        "POLICY_VIOLATION, or INVALID_PARTITIONS for an increase"),
                new Fixed(
                        "Regular expression of topics",
                        "4,096 characters, 100 groups deep, 2,048 parts with repeats written out",
                        "the stack and the memory of the coordinator's agent",
                        "INVALID_REGULAR_EXPRESSION"),
                new Fixed(
                        "Work for a regular expression of more than 64 states",
                        "20 million steps for the names of all topics",
                        "turns of the other groups",
                        "INVALID_REGULAR_EXPRESSION; one that was taken before keeps the topics that it has"),
                new Fixed(
                        "Operations that wait for a coordinator's log",
                        "10,000",
                        "memory",
                        "COORDINATOR_NOT_AVAILABLE, so that it tries again"),
                new Fixed(
                        "Entries in a response to DescribeConfigs or OffsetFetch",
                        "half of `ottla.request.elements.max`",
                        "memory",
                        "INVALID_REQUEST for the other resources or groups"),
                new Fixed(
                        "Groups that have settings of their own",
                        "`ottla.partitions.max`",
                        "memory from the names of groups that need not exist",
                        "POLICY_VIOLATION"),
                new Fixed(
                        "What a connection that holds memory has to move while others wait for memory",
                        "4 KB in a second, or 1/32 of what it holds",
                        "those who wait",
                        "its connection is closed after 1 to 3 seconds, with a line in the log"),
                new Fixed(
                        "Lines of one kind in the log",
                        "10 in a minute",
                        "the log from those who repeat a fault",
                        "nothing: the others are counted, in a line"),
                new Fixed(
                        "Lines that wait for the reader of stderr",
                        "1,024, or 1 MB",
                        "threads and memory",
                        "nothing: what is lost is counted, in a line"),
                new Fixed(
                        "Length of a topic's name",
                        Integer.toString(TopicName.LENGTH_MAX),
                        "the names of folders",
                        "INVALID_TOPIC_EXCEPTION"),
                new Fixed(
                        "Window of a zstd frame",
                        "128 MB, and what is really in it 1/8 of the heap, 8 MB at least",
                        "memory while a batch is decompressed",
                        "INVALID_RECORD"),
                new Fixed(
                        "Records of a compressed batch that are compressed anew, by compaction or `compression.type`",
                        "1/32 of the heap, from 2 MB to 16 MB",
                        "memory, and turns of the other connections",
                        "nothing: the batch is left as it is"),
                new Fixed(
                        "Record of a compressed batch for an internal topic",
                        "1/32 of the heap, from 2 MB to 16 MB",
                        "memory of the coordinator that reads it",
                        "INVALID_RECORD"),
                new Fixed(
                        "What is decompressed for a client within 5 ms, by Produce and ListOffsets",
                        "4 MB; 1 MB while others wait",
                        "turns of the other connections",
                        "its request goes on in turns of 4 MB, one in each cycle of the network thread"),
                new Fixed(
                        "Partitions that one Produce, Fetch, ListOffsets or OffsetForLeaderEpoch is the first to use"
                                + " since the start",
                        "16; for Produce one in 1,024 of its partitions if that is more",
                        "turns of the other connections",
                        "its request goes on in turns of as many"),
                new Fixed(
                        "Invalid records of a batch that are named",
                        "10000",
                        "memory",
                        "nothing: the others are counted"));
    }

    @Test
    void shouldSayWhatTheDefinitionsSayWhenReadByPeople() throws IOException {
        GeneratedPage.check(LimitsDocTest.class, "limits.md", page());
    }

    @Test
    void shouldNameEveryKeyThatBoundsClients() {
        for (final ConfigKey key : keys()) {
            if (BOUND.matcher(key.name()).find()) {
                assertThat(key.limit() != null || NONE.contains(key.name()))
                        .as(key.name() + " says what it protects, or is listed as no bound on clients")
                        .isTrue();
            }
        }
    }

    private static List<ConfigKey> keys() {
        final List<ConfigKey> keys = new ArrayList<>(BrokerKeys.all());
        // A topic's key may have the name of the broker's that it takes its value from.
        TopicKeys.all().stream()
                .filter(key -> BrokerKeys.of(key.name()) == null)
                .forEach(keys::add);
        keys.removeIf(key -> key.isInternal() || key.inert() != null);
        return keys;
    }

    private static String page() {
        final StringBuilder page =
                new StringBuilder(INTRODUCTION.formatted(GeneratedPage.command(LimitsDocTest.class)));
        for (final ConfigKey key : keys()) {
            if (key.limit() != null) {
                addRow(
                        page,
                        "`" + key.name() + "`",
                        key.limit().unset() == null
                                ? ConfigurationDocTest.defaultOf(key)
                                : key.limit().unset(),
                        key.limit().protects(),
                        key.limit().past());
            }
        }
        for (final Fixed each : fixed()) {
            addRow(page, each.bound(), each.limit(), each.protects(), each.past());
        }
        return page.toString();
    }

    private static void addRow(
            final StringBuilder page,
            final String bound,
            final String limit,
            final String protects,
            final String past) {
        page.append("| %s | %s | %s | %s |\n".formatted(bound, limit, protects, past));
    }
}
