package io.ottla.server.partition;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Holds batches that were sent again before they were committed, by their end offset. It is empty if appends are
 * committed at once. A duplicate is completed when the first batch is committed.
 *
 * <p><b>Note:</b> thread-safe; {@link #add} is for one thread at a time.
 */
final class PendingDuplicates {
    private final ConcurrentSkipListMap<Duplicate, Append> appends = new ConcurrentSkipListMap<>();
    private long count;

    /** A batch that was sent again, with a sequential number. */
    private record Duplicate(long endOffset, long number, long baseOffset) implements Comparable<Duplicate> {
        @Override
        public int compareTo(final Duplicate other) {
            final int order = Long.compare(endOffset, other.endOffset);
            return order == 0 ? Long.compare(number, other.number) : order;
        }
    }

    /**
     * Makes a duplicate wait.
     *
     * @param baseOffset the base offset of the first batch.
     * @param endOffset the end offset of the first batch.
     * @param append receives the outcome.
     */
    void add(final long baseOffset, final long endOffset, final Append append) {
        appends.put(new Duplicate(endOffset, ++count, baseOffset), append);
    }

    /** Completes the duplicates whose first batches are committed. */
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

    /** Completes all duplicates, because the outcome of the first batches is indeterminate. */
    void leaveInDoubt() {
        Map.Entry<Duplicate, Append> duplicate;
        while ((duplicate = appends.pollFirstEntry()) != null) {
            duplicate.getValue().onIndeterminate();
        }
    }

    /** Completes all duplicates after a truncation, which may have removed the first batches. */
    void reject() {
        Map.Entry<Duplicate, Append> duplicate;
        while ((duplicate = appends.pollFirstEntry()) != null) {
            duplicate.getValue().onRejected();
        }
    }
}
