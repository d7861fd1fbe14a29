package io.ottla.server.partition;

import java.nio.ByteBuffer;

/**
 * The state of one idempotent producer in a partition: its epoch and its last batches, by which duplicates are detected
 * (KIP-98).
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ProducerEntry {
    /** The number of batches that are kept; producers have no more requests in flight. */
    static final int BATCHES_MAX = 5;

    private static final int BATCH_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES + Long.BYTES;
    private static final short NO_EPOCH = -1;

    private final int[] lastSequences = new int[BATCHES_MAX];
    private final long[] lastOffsets = new long[BATCHES_MAX];
    private final int[] offsetDeltas = new int[BATCHES_MAX];
    private final long[] timestamps = new long[BATCHES_MAX];
    private short epoch = NO_EPOCH;
    private long lastTimestampMs = -1;

    /** The number of batches that are kept, and the index of the next one. */
    private int count;

    private int next;

    short epoch() {
        return epoch;
    }

    /**
     * Returns the time of the producer's last batch.
     *
     * @return its maximum timestamp, in milliseconds since the epoch.
     */
    long lastTimestampMs() {
        return lastTimestampMs;
    }

    /**
     * Returns the last sequence number of the last batch.
     *
     * @return the number, or -1 if there was no batch in this epoch.
     */
    int lastSequence() {
        return count == 0 ? -1 : lastSequences[(next + BATCHES_MAX - 1) % BATCHES_MAX];
    }

    /**
     * Returns the offset of the last record of the last batch.
     *
     * @return the offset, or -1 if there was no batch in this epoch.
     */
    long lastOffset() {
        return count == 0 ? -1 : lastOffsets[(next + BATCHES_MAX - 1) % BATCHES_MAX];
    }

    /**
     * Finds a batch that was appended before.
     *
     * @param batchEpoch the batch's producer epoch.
     * @param firstSequence the batch's first sequence number.
     * @param lastSequence the batch's last sequence number.
     * @return an index for {@link #firstOffset} and {@link #timestampMs}, or -1 if the batch is not among the last
     *     ones.
     */
    int find(final short batchEpoch, final int firstSequence, final int lastSequence) {
        if (batchEpoch == epoch) {
            for (int i = 0; i < count; i++) {
                if (lastSequences[i] == lastSequence
                        && Sequences.minus(lastSequence, offsetDeltas[i]) == firstSequence) {
                    return i;
                }
            }
        }
        return -1;
    }

    long firstOffset(final int found) {
        return lastOffsets[found] - offsetDeltas[found];
    }

    long timestampMs(final int found) {
        return timestamps[found];
    }

    /**
     * Adds a batch that was appended. A new epoch removes the batches of the previous one.
     *
     * @param batchEpoch the batch's producer epoch.
     * @param lastSequence the batch's last sequence number.
     * @param lastOffset the offset of its last record.
     * @param offsetDelta the difference to the offset of its first record.
     * @param timestampMs its maximum timestamp.
     */
    void add(
            final short batchEpoch,
            final int lastSequence,
            final long lastOffset,
            final int offsetDelta,
            final long timestampMs) {
        if (batchEpoch != epoch) {
            epoch = batchEpoch;
            count = 0;
            next = 0;
        }
        lastSequences[next] = lastSequence;
        lastOffsets[next] = lastOffset;
        offsetDeltas[next] = offsetDelta;
        timestamps[next] = timestampMs;
        next = (next + 1) % BATCHES_MAX;
        count = Math.min(count + 1, BATCHES_MAX);
        lastTimestampMs = timestampMs;
    }

    int snapshotBytes() {
        return Short.BYTES + Long.BYTES + Byte.BYTES + count * BATCH_BYTES;
    }

    void snapshot(final ByteBuffer target) {
        target.putShort(epoch).putLong(lastTimestampMs).put((byte) count);
        // Oldest first.
        for (int i = 0; i < count; i++) {
            final int batch = (next + BATCHES_MAX - count + i) % BATCHES_MAX;
            target.putInt(lastSequences[batch])
                    .putLong(lastOffsets[batch])
                    .putInt(offsetDeltas[batch])
                    .putLong(timestamps[batch]);
        }
    }

    static ProducerEntry restore(final ByteBuffer source) {
        final ProducerEntry entry = new ProducerEntry();
        final short epoch = source.getShort();
        final long lastTimestampMs = source.getLong();
        for (int batches = source.get(); batches > 0; batches--) {
            entry.add(epoch, source.getInt(), source.getLong(), source.getInt(), source.getLong());
        }
        entry.epoch = epoch;
        entry.lastTimestampMs = lastTimestampMs;
        return entry;
    }
}
