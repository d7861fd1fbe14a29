package io.ottla.server.partition;

import io.ottla.api.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The offset at which each leader epoch begins in a log, derived from its batches.
 *
 * <p><b>Note:</b> modified by one thread at a time; may be read by any thread.
 */
public final class LeaderEpochs {
    /** Kafka's UNDEFINED_EPOCH and UNDEFINED_EPOCH_OFFSET. */
    public static final int NONE = -1;

    private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;
    private static final Entry[] NO_ENTRIES = {};

    /** In ascending order. A change creates a new array; a log has as few entries as it had leaders. */
    private volatile Entry[] entries = NO_ENTRIES;

    /**
     * The start or the end offset of an epoch in a log.
     *
     * @param epoch the epoch, or -1 if it is not known.
     * @param offset the offset, or -1 if it is not known.
     */
    public record Entry(int epoch, long offset) {}

    /**
     * Compares the epoch that a client expects with the current one (KIP-320).
     *
     * @param current the leader's epoch.
     * @param clients the epoch that the client expects, or -1 if the request has none.
     * @return NONE if they are equal.
     */
    public static ErrorCode fence(final int current, final int clients) {
        if (clients == NONE || clients == current) {
            return ErrorCode.NONE;
        }
        return clients < current ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    void clear() {
        entries = NO_ENTRIES;
    }

    /**
     * Called when a batch was appended.
     *
     * @param epoch the batch's leader epoch.
     * @param baseOffset the batch's base offset.
     */
    void onBatch(final int epoch, final long baseOffset) {
        final Entry[] present = entries;
        if (epoch >= 0 && (present.length == 0 || present[present.length - 1].epoch < epoch)) {
            final Entry[] next = Arrays.copyOf(present, present.length + 1);
            next[present.length] = new Entry(epoch, baseOffset);
            entries = next;
        }
    }

    /**
     * Returns the end offset of an epoch, for OffsetForLeaderEpoch (KIP-101, KIP-320).
     *
     * @param requested the requested epoch.
     * @param current the epoch of the current leader, which may not have appended anything.
     * @param logEndOffset the log end offset.
     * @return the largest epoch in the log that is not larger than the requested one, and the offset after its last
     *     record; none if the epoch is larger than the current one.
     */
    public Entry endOf(final int requested, final int current, final long logEndOffset) {
        if (requested == NONE || requested > current) {
            return new Entry(NONE, NONE);
        }
        if (requested == current) {
            return new Entry(requested, logEndOffset);
        }
        final Entry[] present = entries;
        int floor = requested;
        for (final Entry entry : present) {
            if (entry.epoch > requested) {
                return new Entry(floor, entry.offset);
            }
            floor = entry.epoch;
        }
        // There is no batch of a later epoch: the current leader's epoch begins at the log end offset.
        return new Entry(floor, logEndOffset);
    }

    /**
     * Returns the leader epoch of the record at an offset.
     *
     * @param offset the record's offset.
     * @return the epoch, or -1 if it is not known.
     */
    public int epochAt(final long offset) {
        int epoch = NONE;
        for (final Entry entry : entries) {
            if (entry.offset > offset) {
                break;
            }
            epoch = entry.epoch;
        }
        return epoch;
    }

    int snapshotBytes() {
        return Integer.BYTES + entries.length * ENTRY_BYTES;
    }

    void snapshot(final ByteBuffer target) {
        target.putInt(entries.length);
        for (final Entry entry : entries) {
            target.putInt(entry.epoch).putLong(entry.offset);
        }
    }

    void restore(final ByteBuffer source) {
        final Entry[] restored = new Entry[source.getInt()];
        for (int i = 0; i < restored.length; i++) {
            restored[i] = new Entry(source.getInt(), source.getLong());
        }
        entries = restored;
    }
}
