package io.ottla.api.storage;

/**
 * How a log divides itself into segments. A new one is begun by an append, before its batch.
 *
 * @param segmentBytes a segment that is not empty does not grow beyond this size in bytes ({@code segment.bytes}).
 * @param segmentMs a batch goes into a new segment if it is more milliseconds younger than the segment's first batch, by
 *     their largest timestamps; if that batch has none, if by the clock the segment is older ({@code segment.ms}).
 * @param indexIntervalBytes about how many bytes of batches there are between two index entries ({@code
 *     index.interval.bytes}).
 */
public record LogConfig(int segmentBytes, long segmentMs, int indexIntervalBytes) {
    /** Kafka's defaults: 1 GiB, 7 days, 4 KiB. */
    public static final LogConfig DEFAULT = new LogConfig(1 << 30, 7L * 24 * 60 * 60 * 1000, 4096);
}
