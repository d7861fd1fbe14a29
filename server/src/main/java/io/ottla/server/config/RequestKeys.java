package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;

/** The broker's keys that limit requests and the state of producers. */
public final class RequestKeys {
    static final KeySection SECTION = LogKeys.SECTION.next("Requests and producers");

    static final ConfigKey FETCH_MAX_BYTES = SECTION.key("fetch.max.bytes", INT, "57671680")
            .atLeast(1024)
            .limit("memory, and turns of the other connections", "a shorter response")
            .doc("The maximum size of a fetch response, except for a first batch that is larger.");
    public static final ConfigKey MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = SECTION.key(
                    "max.incremental.fetch.session.cache.slots", INT, "1000")
            .atLeast(0)
            .limit("the memory of the partitions of fetch sessions", "a fetch without a session")
            .doc("The maximum number of fetch sessions (KIP-227).");
    static final ConfigKey FETCH_SESSION_PARTITIONS_MAX = SECTION.key("ottla.fetch.session.partitions.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "the memory of the partitions of fetch sessions",
                    "a fetch without a session",
                    "one for each 2,048 bytes of the heap")
            .doc("The maximum number of partitions in all fetch sessions. -1 means one for each 2048 bytes of"
                    + " the maximum heap.");
    public static final ConfigKey MAX_REQUEST_PARTITION_SIZE_LIMIT = SECTION.key(
                    "max.request.partition.size.limit", INT, "2000")
            .atLeast(1)
            .limit("the size of a response", "a cursor to continue from")
            .doc("The maximum number of partitions in one DescribeTopicPartitions response.");
    static final ConfigKey REQUEST_ELEMENTS_MAX = SECTION.key("ottla.request.elements.max", INT, "-1")
            .atLeast(-1)
            .limit(
                    "memory, and turns of the other connections",
                    "its connection is closed, and a line is logged",
                    "one for each 512 bytes of the heap, at most 1,500,000")
            .doc("The maximum number of elements in all arrays of one request: topics, partitions, names. The"
                    + " connection of a request with more is closed. -1 means one for each 512 bytes of the maximum"
                    + " heap, at most 1500000.");
    public static final ConfigKey PRODUCER_ID_EXPIRATION_MS = SECTION.key("producer.id.expiration.ms", INT, "86400000")
            .atLeast(1)
            .doc("The time after which the state of an idle idempotent producer is removed.");
    public static final ConfigKey PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS = SECTION.key(
                    "producer.id.expiration.check.interval.ms", INT, "600000")
            .atLeast(1)
            .internal()
            .doc("The interval at which the broker checks for expired producers.");

    private RequestKeys() {}
}
