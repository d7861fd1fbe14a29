package io.ottla.server.config;

/** Divides the memory of the process between requests, sessions, topics and groups, unless the configuration does. */
public final class MemoryShares {
    /**
     * An element of the smallest request takes some 150 bytes when it is parsed. Its handler and its response need as
     * much.
     */
    private static final int BYTES_PER_ELEMENT = 512;

    /** This many elements take a network thread about a second. The largest clusters have some 200,000 partitions. */
    private static final long ELEMENTS_MAX = 1_500_000;

    /**
     * The JVM allows as much off-heap memory as heap. Requests and responses together may take half of it; the rest is
     * for the storage. If the heap takes half of a container's memory, as {@code bin/ottla} configures it, that leaves
     * a quarter of the memory for the JVM itself.
     */
    private static final int HEAP_SHARE = 3;

    private static final long REQUEST_BYTES_MAX = 1L << 30;

    /**
     * A partition of a fetch session takes some 200 bytes, or 500 if its topic has a long name and no other partition.
     */
    private static final int BYTES_PER_SESSION_PARTITION = 2048;

    /** Writing a group takes about four times its size for a moment. */
    private static final int GROUP_PART_OF_HEAP = 64;

    /** Kafka's default limit for a batch in {@code __consumer_offsets}. */
    private static final long GROUP_BYTES_MIN = 1 << 20;

    private static final long GROUP_BYTES_MAX = 16 << 20;

    private static final int GROUPS_PART_OF_HEAP = 4;

    /**
     * A partition takes 500 bytes of the heap, and 1,200 more when its log is open. The rest is for everything else.
     */
    private static final int BYTES_PER_PARTITION = 4096;

    private static final int REBUILT_PART_OF_HEAP = 32;
    private static final long REBUILT_BYTES_MIN = 2 << 20;

    /** Rebuilding this many bytes takes about a tenth of a second. */
    private static final long REBUILT_BYTES_MAX = 16 << 20;

    private MemoryShares() {}

    /**
     * Returns the maximum memory of all requests that have not been received completely.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the limit in bytes.
     */
    public static long requestBytes(final BrokerConfig config, final long heapBytesMax) {
        final long configured = config.longValue(NetworkKeys.QUEUED_MAX_REQUEST_BYTES);
        return configured > 0 ? configured : Math.min(REQUEST_BYTES_MAX, heapBytesMax / HEAP_SHARE);
    }

    /**
     * Returns the maximum size of one request.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the configured size, but not more than half of the memory for all requests unless that is configured,
     *     too.
     */
    public static int frameBytes(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(NetworkKeys.SOCKET_REQUEST_MAX_BYTES);
        return config.longValue(NetworkKeys.QUEUED_MAX_REQUEST_BYTES) > 0
                ? configured
                : (int) Math.min(configured, requestBytes(config, heapBytesMax) / 2);
    }

    /**
     * Returns the maximum number of elements of one request.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the limit.
     */
    public static int requestElements(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(RequestKeys.REQUEST_ELEMENTS_MAX);
        return configured >= 0 ? configured : (int) Math.min(ELEMENTS_MAX, heapBytesMax / BYTES_PER_ELEMENT);
    }

    /**
     * Returns the maximum number of partitions in all fetch sessions.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the limit.
     */
    public static int fetchSessionPartitions(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(RequestKeys.FETCH_SESSION_PARTITIONS_MAX);
        return configured >= 0
                ? configured
                : (int) Math.min(Integer.MAX_VALUE, heapBytesMax / BYTES_PER_SESSION_PARTITION);
    }

    /**
     * Returns the maximum number of partitions of all topics.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the limit.
     */
    static int partitions(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(TopicDefaultKeys.PARTITIONS_MAX);
        return configured >= 0 ? configured : (int) Math.min(Integer.MAX_VALUE, heapBytesMax / BYTES_PER_PARTITION);
    }

    /**
     * Returns the maximum size of the members of a group and their assignments.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the limit in bytes.
     */
    static int groupBytes(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(GroupCoordinatorKeys.GROUP_BYTES_MAX);
        return configured >= 0
                ? configured
                : (int) Math.clamp(heapBytesMax / GROUP_PART_OF_HEAP, GROUP_BYTES_MIN, GROUP_BYTES_MAX);
    }

    /**
     * Returns the maximum memory of all groups.
     *
     * @param config the broker's configuration.
     * @param heapBytesMax the maximum size of the heap.
     * @return the limit in bytes.
     */
    static long groupsBytes(final BrokerConfig config, final long heapBytesMax) {
        final long configured = config.longValue(GroupCoordinatorKeys.GROUPS_MEMORY_BYTES_MAX);
        return configured >= 0 ? Math.min(configured, Long.MAX_VALUE / 2) : heapBytesMax / GROUPS_PART_OF_HEAP;
    }

    /**
     * Returns the maximum size of the decompressed records of a batch that is rebuilt. Rebuilding takes a few times as
     * much memory.
     *
     * @return the limit in bytes.
     */
    public static long rebuiltBytes() {
        return Math.clamp(
                Runtime.getRuntime().maxMemory() / REBUILT_PART_OF_HEAP, REBUILT_BYTES_MIN, REBUILT_BYTES_MAX);
    }
}
