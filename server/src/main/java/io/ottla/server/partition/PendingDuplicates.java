package io.ottla.server.partition;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Batches that came again before they were committed, by where they end; empty where appends are committed at once. A duplicate is as good
 * as the first one: it waits for the first one's commit.
 *
 * <p><b>Note:</b> thread-safe; {@link #add} is for one thread at a time.
 */
final class PendingDuplicates {
    private final ConcurrentSkipListMap<Duplicate, Append> appends = new ConcurrentSkipListMap<>();
    private long count;

    /** A batch that came again, and which of all that did. */
    private record Duplicate(long endOffset, long number, long baseOffset) implements Comparable<Duplicate> {
        @Override
        public int compareTo(final Duplicate other) {
            final int order = Long.compare(endOffset, other.endOffset);
            return order == 0 ? Long.compare(number, other.number) : order;
        }
    }

    /**
     * Lets a duplicate wait.
     *
     * @param baseOffset of the first one.
     * @param endOffset where the first one ends.
     * @param append gets the outcome.
     */
    void add(final long baseOffset, final long endOffset, final Append append) {
        appends.put(new Duplicate(endOffset, ++count, baseOffset), append);
    }

    /** Answers those whose first ones are committed. */
    void commit(final long highWatermark) {
        if (appends.isEmpty()) {
            return;
        }
        for (final Duplicate duplicate :
                appends.headMap(new Duplicate(highWatermark, Long.MAX_VALUE, 0)).keySet()) {
            final Append append = appends.remove(duplicate);
            if (append != null) {
                append.onCommitted(duplicate.baseOffset);
            }
        }
    }

    /** It is not known whether the first ones stay. */
    void leaveInDoubt() {
        Map.Entry<Duplicate, Append> duplicate;
        while ((duplicate = appends.pollFirstEntry()) != null) {
            duplicate.getValue().onIndeterminate();
        }
    }

    /** The log was cut off, maybe with the first ones. */
    void reject() {
        Map.Entry<Duplicate, Append> duplicate;
        while ((duplicate = appends.pollFirstEntry()) != null) {
            duplicate.getValue().onRejected();
        }
    }
}
