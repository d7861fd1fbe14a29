package io.ottla.interop;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The acknowledged and the read records of one topic by offset. A contradiction to an earlier entry is a failure; the
 * first is kept. Any thread may call it.
 */
final class Ledger {
    private static final int NOTHING = 0;

    private final String topic;
    private final int[][] acknowledged;
    private final int[][] read;
    private final long[] acknowledgedEnd;
    private final BitSet seen = new BitSet();
    private long acknowledgedCount;
    private String failure;

    /**
     * Creates an empty ledger.
     *
     * @param topic      the topic's name.
     * @param partitions how many partitions it has.
     */
    Ledger(final String topic, final int partitions) {
        this.topic = topic;
        acknowledged = new int[partitions][1024];
        read = new int[partitions][1024];
        acknowledgedEnd = new long[partitions];
    }

    /**
     * Records that a record was acknowledged.
     *
     * @param partition its partition.
     * @param offset    its offset.
     * @param number    the record.
     */
    synchronized void acknowledge(final int partition, final long offset, final int number) {
        acknowledged[partition] = grown(acknowledged[partition], offset);
        final int before = acknowledged[partition][(int) offset];
        if (before != NOTHING) {
            fail(partition, offset, "was acknowledged for record " + (before - 1) + " and for record " + number);
        }
        acknowledged[partition][(int) offset] = number + 1;
        acknowledgedEnd[partition] = Math.max(acknowledgedEnd[partition], offset + 1);
        acknowledgedCount++;
    }

    /**
     * Records that a record was read.
     *
     * @param partition its partition.
     * @param offset    its offset.
     * @param number    the record.
     */
    synchronized void read(final int partition, final long offset, final int number) {
        read[partition] = grown(read[partition], offset);
        final int before = read[partition][(int) offset];
        if (before != NOTHING && before != number + 1) {
            fail(partition, offset, "held record " + (before - 1) + " and now holds record " + number);
        } else if (before == NOTHING && seen.get(number)) {
            fail(partition, offset, "holds record " + number + ", which is at another offset, too");
        }
        read[partition][(int) offset] = number + 1;
        seen.set(number);
    }

    /**
     * Returns the acknowledged end of a partition.
     *
     * @param partition the partition.
     * @return one more than the highest offset that was acknowledged.
     */
    synchronized long acknowledgedEnd(final int partition) {
        return acknowledgedEnd[partition];
    }

    /**
     * Compares all that was acknowledged below an offset with what was read there.
     *
     * @param partition the partition, which was read up to that offset.
     * @param first     where to begin.
     * @param end       where to stop.
     * @param gaps      whether records may be gone, as compaction takes them away.
     */
    synchronized void compare(final int partition, final long first, final long end, final boolean gaps) {
        read[partition] = grown(read[partition], end);
        for (long offset = first; offset < Math.min(end, acknowledgedEnd[partition]); offset++) {
            final int told = acknowledged[partition][(int) offset];
            final int found = read[partition][(int) offset];
            if (told != NOTHING && told != found && !(gaps && found == NOTHING)) {
                fail(
                        partition,
                        offset,
                        "was acknowledged for record " + (told - 1)
                                + (found == NOTHING ? " and holds nothing" : " and holds record " + (found - 1)));
            }
        }
    }

    /**
     * Records a failure.
     *
     * @param partition where it is.
     * @param offset    where it is.
     * @param what      a predicate.
     */
    synchronized void fail(final int partition, final long offset, final String what) {
        if (failure == null) {
            failure = topic + " partition " + partition + " offset " + offset + " " + what;
        }
    }

    /**
     * Returns the first failure.
     *
     * @return a sentence, or null.
     */
    synchronized String failure() {
        return failure;
    }

    synchronized long acknowledgedCount() {
        return acknowledgedCount;
    }

    private static int[] grown(final int[] entries, final long index) {
        return index < entries.length
                ? entries
                : Arrays.copyOf(entries, (int) Math.max(index + 1, entries.length * 2L));
    }
}
