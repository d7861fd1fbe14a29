package io.ottla.server;

/** What requests may take of the memory that the process has, where the configuration leaves that open. */
final class MemoryShares {
    /** An element of the smallest request takes some 150 bytes when it is read, and its handler and its answer need as much. */
    private static final int BYTES_PER_ELEMENT = 512;

    /** They take a network thread for about a second. The largest clusters of today have some 200,000 partitions. */
    private static final long ELEMENTS_MAX = 1_500_000;

    private MemoryShares() {}

    /**
     * How many elements one request may have.
     *
     * @param config the broker's.
     * @param heapBytesMax the most that the heap may take.
     * @return the bound.
     */
    static int requestElements(final BrokerConfig config, final long heapBytesMax) {
        final int configured = config.intValue(BrokerKeys.REQUEST_ELEMENTS_MAX);
        return configured >= 0 ? configured : (int) Math.min(ELEMENTS_MAX, heapBytesMax / BYTES_PER_ELEMENT);
    }
}
