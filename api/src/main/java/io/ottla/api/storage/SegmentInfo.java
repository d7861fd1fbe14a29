package io.ottla.api.storage;

/**
 * A part of a log that is deleted as a whole; what retention and compaction decide upon.
 *
 * @param baseOffset the offset of its first record, or that its first record will have.
 * @param endOffset the base offset of the next segment; in the last segment, the offset after its last record.
 * @param sizeBytes its batches' size in bytes.
 * @param maxTimestampMs the largest timestamp of its records, or -1 if it has none.
 */
public record SegmentInfo(long baseOffset, long endOffset, long sizeBytes, long maxTimestampMs) {}
