package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;

/** The keys that bound requests, and how long producers are remembered. */
public final class RequestKeys {
    static final KeySection SECTION = LogKeys.SECTION.next("Requests and producers");

    static final ConfigKey FETCH_MAX_BYTES = SECTION.key("fetch.max.bytes", INT, "57671680")
            .atLeast(1024)
            .limit("memory and turns of the other connections", "a shorter response")
            .doc("The most that one fetch response holds, apart from a first batch that is larger.");
    public static final ConfigKey MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = SECTION.key(
                    "max.incremental.fetch.session.cache.slots", INT, "1000")
            .atLeast(0)
            .limit("memory for the partitions of fetch sessions", "a fetch without a session")
            .doc("How many fetch sessions (KIP-227) are kept.");
    static final ConfigKey FETCH_SESSION_PARTITIONS_MAX = SECTION.key("ottla.fetch.session.partitions.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory for the partitions of fetch sessions",
                    "a fetch without a session",
                    "one for each 2,048 bytes of the heap")
            .doc("How many partitions all fetch sessions may have together. -1 means one for each 2048 bytes of the"
                    + " largest heap.");
    public static final ConfigKey MAX_REQUEST_PARTITION_SIZE_LIMIT = SECTION.key(
                    "max.request.partition.size.limit", INT, "2000")
            .atLeast(1)
            .limit("the size of a response", "a cursor to ask on from")
            .doc("How many partitions one DescribeTopicPartitions response holds.");
    static final ConfigKey REQUEST_ELEMENTS_MAX = SECTION.key("ottla.request.elements.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory, and turns of the other connections",
                    "its connection is closed, with a line in the log",
                    "one for each 512 bytes of the heap, 1,500,000 at most")
            .doc("How many elements all arrays of one request may have together: topics, partitions, names. A"
                    + " request with more closes its connection. -1 means one for each 512 bytes of the largest"
                    + " heap, 1500000 at most.");
    public static final ConfigKey PRODUCER_ID_EXPIRATION_MS = SECTION.key("producer.id.expiration.ms", INT, "86400000")
            .atLeast(1)
            .doc("How long an idempotent producer that writes nothing is remembered.");
    public static final ConfigKey PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS = SECTION.key(
                    "producer.id.expiration.check.interval.ms", INT, "600000")
            .atLeast(1)
            .internal()
            .doc("How often the broker looks for producers to forget.");

    private RequestKeys() {}
}
