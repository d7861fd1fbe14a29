package io.ottla.server.config;

/** What requests may take of the memory that the process has, where the configuration leaves that open. */
public final class MemoryShares {
    /** An element of the smallest request takes some 150 bytes when it is read, and its handler and its answer need as much. */
    private static final int BYTES_PER_ELEMENT = 512;

    /** They take a network thread for about a second. The largest clusters of today have some 200,000 partitions. */
    private static final long ELEMENTS_MAX = 1_500_000;

    /**
     * The virtual machine allows as much memory beside the heap as the heap may have. Requests and responses together may then take a
     * half of that; the rest is for the storage. With a heap of half of a container's memory, as {@code bin/ottla} has it, that leaves a
     * quarter for the virtual machine itself.
     */
    private static final int HEAP_SHARE = 3;

    private static final long REQUEST_BYTES_MAX = 1L << 30;

    /** A partition of a fetch session takes some 200 bytes, and 500 where its topic has a long name and no other partition. */
    private static final int BYTES_PER_SESSION_PARTITION = 2048;

    /** Writing a group takes some four times its size for a moment. */
    private static final int GROUP_PART_OF_HEAP = 64;

    /** What Kafka takes in a batch of the topic of groups, unless it is configured. */
    private static final long GROUP_BYTES_MIN = 1 << 20;

    private static final long GROUP_BYTES_MAX = 16 << 20;

    private static final int GROUPS_PART_OF_HEAP = 4;

    /** A partition takes 500 bytes of the heap, and 1,200 more once its log is open; the rest is for other things. */
    private static final int BYTES_PER_PARTITION = 4096;

    private static final int REBUILT_PART_OF_HEAP = 32;
    private static final long REBUILT_BYTES_MIN = 2 << 20;

    /** They take about a tenth of a second. */
    private static final long REBUILT_BYTES_MAX = 16 << 20;

    private MemoryShares() {}

    /**
     * How much memory all requests that are not whole may take together.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    public static long requestBytes(final BrokerConfig config, final long heapBytesMax) {
        final long configured = config.longValue(NetworkKeys.QUEUED_MAX_REQUEST_BYTES);
        return configured > 0 ? configured : Math.min(REQUEST_BYTES_MAX, heapBytesMax / HEAP_SHARE);
    }

    /**
     * How long one request may be.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return what is configured, but no more than half of the memory for all requests unless that is configured, too.
     */
    public static int frameBytes(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(NetworkKeys.SOCKET_REQUEST_MAX_BYTES);
        return config.longValue(NetworkKeys.QUEUED_MAX_REQUEST_BYTES) > 0
                ? configured
                : (int) Math.min(configured, requestBytes(config, heapBytesMax) / 2);
    }

    /**
     * How many elements one request may have.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    public static int requestElements(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(RequestKeys.REQUEST_ELEMENTS_MAX);
        return configured >= 0 ? configured : (int) Math.min(ELEMENTS_MAX, heapBytesMax / BYTES_PER_ELEMENT);
    }

    /**
     * How many partitions all fetch sessions may have together.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    public static int fetchSessionPartitions(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(RequestKeys.FETCH_SESSION_PARTITIONS_MAX);
        return configured >= 0
                ? configured
                : (int) Math.min(Integer.MAX_VALUE, heapBytesMax / BYTES_PER_SESSION_PARTITION);
    }

    /**
     * How many partitions all topics may have together.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    static int partitions(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(TopicDefaultKeys.PARTITIONS_MAX);
        return configured >= 0 ? configured : (int) Math.min(Integer.MAX_VALUE, heapBytesMax / BYTES_PER_PARTITION);
    }

    /**
     * How many bytes the members of a group and their assignments may have together.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    static int groupBytes(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(GroupCoordinatorKeys.GROUP_BYTES_MAX);
        return configured >= 0
                ? configured
                : (int) Math.clamp(heapBytesMax / GROUP_PART_OF_HEAP, GROUP_BYTES_MIN, GROUP_BYTES_MAX);
    }

    /**
     * How much memory all groups may take together.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    static long groupsBytes(final BrokerConfig config, final long heapBytesMax) {
        final long configured = config.longValue(GroupCoordinatorKeys.GROUPS_MEMORY_BYTES_MAX);
        return configured >= 0 ? Math.min(configured, Long.MAX_VALUE / 2) : heapBytesMax / GROUPS_PART_OF_HEAP;
    }

    /**
     * How large the records of a compressed batch may be when they are decompressed all together, to be written as another
     * batch; that takes a few times as much memory.
     *
     * @return the bound in bytes.
     */
    public static long rebuiltBytes() {
        return Math.clamp(
                Runtime.getRuntime().maxMemory() / REBUILT_PART_OF_HEAP, REBUILT_BYTES_MIN, REBUILT_BYTES_MAX);
    }
}
