package io.ottla.api.storage;

/**
 * The configuration of a log: how it is divided into segments, and how long deleted ones are kept. An append starts a
 * new segment before its batch.
 *
 * @param segmentBytes a segment with more than one batch is not larger than this size in bytes ({@code segment.bytes}).
 * @param segmentMs the age of a segment in milliseconds after which a batch starts a new one ({@code segment.ms}). The
 *     age is the difference between the largest timestamps of the batch and of the segment's first batch. If that first
 *     batch has none, it is the segment's age by the clock.
 * @param indexIntervalBytes the approximate bytes of batches between two index entries ({@code
 *     index.interval.bytes}).
 * @param fileDeleteDelayMs the milliseconds that the records of a deleted segment or log stay under another name, from
 *     which an operator can restore them ({@code file.delete.delay.ms}); see {@link Storage#deleteDue}. A storage
 *     without files ignores it.
 */
public record LogConfig(int segmentBytes, long segmentMs, int indexIntervalBytes, long fileDeleteDelayMs) {
    /** Kafka's defaults for segments: 1 GiB, 7 days, 4 KiB. Deleted segments are removed at once. */
    public static final LogConfig DEFAULT = new LogConfig(1 << 30, 7L * 24 * 60 * 60 * 1000, 4096);

    /**
     * Creates a configuration that removes deleted segments at once.
     *
     * @param segmentBytes as above.
     * @param segmentMs as above.
     * @param indexIntervalBytes as above.
     */
    public LogConfig(final int segmentBytes, final long segmentMs, final int indexIntervalBytes) {
        this(segmentBytes, segmentMs, indexIntervalBytes, 0);
    }
}
