package io.ottla.api.storage;

/**
 * How a log divides itself into segments, and what becomes of those that are deleted. A new one is begun by an append, before its
 * batch.
 *
 * @param segmentBytes a segment that is not empty does not grow beyond this size in bytes ({@code segment.bytes}).
 * @param segmentMs a batch goes into a new segment if it is more milliseconds younger than the segment's first batch, by
 *     their largest timestamps; if that batch has none, if by the clock the segment is older ({@code segment.ms}).
 * @param indexIntervalBytes about how many bytes of batches there are between two index entries ({@code
 *     index.interval.bytes}).
 * @param fileDeleteDelayMs how many milliseconds the records of a deleted segment, or of a deleted log, stay under another name, from which
 *     a person can rescue them ({@code file.delete.delay.ms}); see {@link Storage#deleteDue}. A storage without files has no use for it.
 */
public record LogConfig(int segmentBytes, long segmentMs, int indexIntervalBytes, long fileDeleteDelayMs) {
    /** Kafka's defaults for segments: 1 GiB, 7 days, 4 KiB. What is deleted goes at once. */
    public static final LogConfig DEFAULT = new LogConfig(1 << 30, 7L * 24 * 60 * 60 * 1000, 4096);

    /**
     * How a log divides itself into segments, which go at once when they are deleted.
     *
     * @param segmentBytes as above.
     * @param segmentMs as above.
     * @param indexIntervalBytes as above.
     */
    public LogConfig(final int segmentBytes, final long segmentMs, final int indexIntervalBytes) {
        this(segmentBytes, segmentMs, indexIntervalBytes, 0);
    }
}
