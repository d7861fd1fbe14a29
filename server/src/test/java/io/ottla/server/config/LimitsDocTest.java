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

/**
 * Compares {@code docs/limits.md} with the definitions of the keys, and requires every key that limits clients to be in
 * it.
 */
class LimitsDocTest {
    private static final String INTRODUCTION = """
        # Limits

        <!-- Generated from the definitions in the code. To generate it again: %s -->

        This page lists every limit on what clients may request or hold: its default, what it protects, and what happens to
        a client that exceeds it. [configuration.md](configuration.md) documents the keys. No client can stop the broker by
        exceeding a limit, and at most its own connection is closed.

        | Limit | Default | Protects | Past it |
        |---|---|---|---|
        """;

    /** Matches the names of keys that look like a limit. */
    private static final Pattern BOUND = Pattern.compile("\\bmax\\b|\\blimit\\b");

    /**
     * Keys whose names look like a limit, but which limit the broker's own work or valid values rather than what
     * clients may hold.
     */
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

    /** A limit without a key, or one of a storage. */
    private record Fixed(String bound, String limit, String protects, String past) {}

    private static List<Fixed> fixed() {
        return List.of(
                new Fixed(
                        "`" + MemoryStorageProvider.MAX_BYTES_KEY + "`",
                        "half of the heap less 16 MiB, at most `" + MemoryStorageProvider.MAX_BYTES_DEFAULT_HIGH + "`",
                        "the heap, from records of the storage `memory`",
                        "KAFKA_STORAGE_ERROR until records are deleted"),
                new Fixed(
                        "`" + MmapStorageProvider.OPEN_FILES_MAX_KEY + "`",
                        "half of the process's file descriptors",
                        "file descriptors",
                        "nothing: the files that were used least recently are closed until they are used again"),
                new Fixed(
                        "Partitions that one request creates",
                        "10,000",
                        "turns of the other requests for metadata",
                        "POLICY_VIOLATION, or INVALID_PARTITIONS for an increase"),
                new Fixed(
                        "Regular expression of topics",
                        "4,096 characters, groups nested up to 100 deep, 2,048 parts when repetitions are expanded",
                        "the stack and the memory of the coordinator's agent",
                        "INVALID_REGULAR_EXPRESSION"),
                new Fixed(
                        "Work for a regular expression of more than 64 states",
                        "20 million steps to match the names of all topics",
                        "turns of the other groups",
                        "INVALID_REGULAR_EXPRESSION; one that was accepted earlier keeps its topics"),
                new Fixed(
                        "Operations that wait for a coordinator's log",
                        "10,000",
                        "memory",
                        "COORDINATOR_NOT_AVAILABLE, which clients retry"),
                new Fixed(
                        "Entries in a response to DescribeConfigs or OffsetFetch",
                        "half of `ottla.request.elements.max`",
                        "memory",
                        "INVALID_REQUEST for the other resources or groups"),
                new Fixed(
                        "Groups with overrides",
                        "`ottla.partitions.max`",
                        "memory, from names of groups that need not exist",
                        "POLICY_VIOLATION"),
                new Fixed(
                        "Bytes that a connection that holds memory has to move while others wait for memory",
                        "4 KB per second, or 1/32 of what it holds",
                        "the connections that wait",
                        "its connection is closed after 1 to 3 seconds, and a line is logged"),
                new Fixed(
                        "Log lines of one kind",
                        "10 per minute",
                        "the log, from clients that repeat an error",
                        "nothing: further lines are counted, and the count is logged"),
                new Fixed(
                        "Log lines that wait to be written to stderr",
                        "1,024, or 1 MB",
                        "threads and memory",
                        "nothing: dropped lines are counted, and the count is logged"),
                new Fixed(
                        "Length of a topic's name",
                        Integer.toString(TopicName.LENGTH_MAX),
                        "the names of folders",
                        "INVALID_TOPIC_EXCEPTION"),
                new Fixed(
                        "Window of a zstd frame",
                        "128 MB, and 1/8 of the heap for its actual contents, at least 8 MB",
                        "memory while a batch is decompressed",
                        "INVALID_RECORD"),
                new Fixed(
                        "Records of a compressed batch that are compressed again, by compaction or `compression.type`",
                        "1/32 of the heap, between 2 MB and 16 MB",
                        "memory, and turns of the other connections",
                        "nothing: the batch is left as it is"),
                new Fixed(
                        "Record of a compressed batch for an internal topic",
                        "1/32 of the heap, between 2 MB and 16 MB",
                        "the memory of the coordinator that reads it",
                        "INVALID_RECORD"),
                new Fixed(
                        "Bytes that are decompressed for a client within 5 ms, by Produce and ListOffsets",
                        "4 MB; 1 MB while others wait",
                        "turns of the other connections",
                        "its request continues in turns of 4 MB, one in each cycle of the network thread"),
                new Fixed(
                        "Partitions whose first use since the start is one Produce, Fetch, ListOffsets or"
                                + " OffsetForLeaderEpoch",
                        "16; for Produce 1/1,024 of its partitions if that is more",
                        "turns of the other connections",
                        "its request continues in turns of as many"),
                new Fixed(
                        "Invalid records of a batch that are named in the response",
                        "10000",
                        "memory",
                        "nothing: the others are counted"));
    }

    @Test
    void shouldEqualTheDefinitions() throws IOException {
        GeneratedPage.check(LimitsDocTest.class, "limits.md", page());
    }

    @Test
    void shouldNameEveryKeyThatBoundsClients() {
        for (final ConfigKey key : keys()) {
            if (BOUND.matcher(key.name()).find()) {
                assertThat(key.limit() != null || NONE.contains(key.name()))
                        .as(key.name() + " documents what it protects, or is listed as no limit of clients")
                        .isTrue();
            }
        }
    }

    private static List<ConfigKey> keys() {
        final List<ConfigKey> keys = new ArrayList<>(BrokerKeys.all());
        // A topic's key may have the same name as the broker's key that is its synonym.
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
