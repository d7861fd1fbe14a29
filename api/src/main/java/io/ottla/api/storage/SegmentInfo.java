package io.ottla.api.storage;

/**
 * A part of a log that is deleted as a whole; the unit of retention and compaction.
 *
 * @param baseOffset the offset of its first record, present or future.
 * @param endOffset the base offset of the next segment; in the last segment, the offset after its last record.
 * @param sizeBytes its batches' size in bytes.
 * @param maxTimestampMs the largest timestamp of its records, or -1 if it has none.
 */
public record SegmentInfo(long baseOffset, long endOffset, long sizeBytes, long maxTimestampMs) {}
