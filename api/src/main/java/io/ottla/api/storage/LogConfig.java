package io.ottla.api.storage;

/**
 * How a log divides itself into segments.
 *
 * @param segmentBytes the size in bytes at which a new segment is begun ({@code segment.bytes}).
 * @param segmentMs the age in milliseconds of a segment's first batch at which a new segment is begun ({@code segment.ms}).
 * @param indexIntervalBytes about how many bytes of batches there are between two index entries ({@code
 *     index.interval.bytes}).
 */
public record LogConfig(int segmentBytes, long segmentMs, int indexIntervalBytes) {
    /** Kafka's defaults: 1 GiB, 7 days, 4 KiB. */
    public static final LogConfig DEFAULT = new LogConfig(1 << 30, 7L * 24 * 60 * 60 * 1000, 4096);
}
