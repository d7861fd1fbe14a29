package io.ottla.server.partition;

import io.ottla.api.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where in a log each leader epoch begins, derived from its batches.
 *
 * <p><b>Note:</b> changed by one thread at a time; may be read by any.
 */
public final class LeaderEpochs {
    /** What Kafka calls UNDEFINED_EPOCH and UNDEFINED_EPOCH_OFFSET. */
    public static final int NONE = -1;

    private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;
    private static final Entry[] NO_ENTRIES = {};

    /** In ascending order. A change makes a new array; there are as few of them as there are leaders in a log's life. */
    private volatile Entry[] entries = NO_ENTRIES;

    /**
     * An epoch's beginning, or end, in a log.
     *
     * @param epoch the epoch, or -1 if it is not known.
     * @param offset the offset, or -1 if it is not known.
     */
    public record Entry(int epoch, long offset) {}

    /**
     * Compares the epoch that a client knows with the real one (KIP-320).
     *
     * @param current the leader's epoch.
     * @param clients what the client believes it to be, or -1 if it does not say.
     * @return NONE if they agree.
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
     * A batch was appended.
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
     * Where an epoch ends, as OffsetForLeaderEpoch asks (KIP-101, KIP-320).
     *
     * @param requested the epoch asked for.
     * @param current the epoch of the present leader, which may not have appended anything.
     * @param logEndOffset the end of the log.
     * @return the largest epoch at or below the one asked for that the log has, and the offset after its last record; none
     *     if the epoch is in the future.
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
        // No batch of a later epoch: the present leader's epoch begins where the log ends.
        return new Entry(floor, logEndOffset);
    }

    /**
     * The epoch that the record at an offset was appended in.
     *
     * @param offset the record's offset.
     * @return the epoch, or -1 if no batch tells.
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
