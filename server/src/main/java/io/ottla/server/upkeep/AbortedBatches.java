package io.ottla.server.upkeep;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.ControlRecordType;
import io.ottla.codec.record.RecordBatchReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongHashSet;

/**
 * Determines for each batch of a log, in order, whether compaction may drop it because of its transaction: records of
 * aborted transactions are dropped at once; the marker of a transaction is dropped some time after no batch of the
 * transaction is left. The aborted transactions are read beforehand, from all markers.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class AbortedBatches {
    private static final long NONE = -1;
    private static final int FIELDS = 3;

    // Read beforehand: the producer, first and last offset of each aborted transaction, in the order of their ends.
    private long[] aborted = new long[FIELDS * 8];
    private int abortedCount;
    private final Long2LongHashMap firstOffsets = new Long2LongHashMap(NONE);

    // Transactions that began before the current batch and have not ended.
    private final LongHashSet ongoingAborted = new LongHashSet();
    private final LongHashSet ongoingCommitted = new LongHashSet();
    private final RecordBatchReader reader = new RecordBatchReader();

    /**
     * Reads the next batch.
     *
     * @param buffer contains the batch.
     * @param position the position of the batch.
     */
    void learn(final ByteBuffer buffer, final int position) {
        if (isTransactional(buffer, position)) {
            final long producerId = RecordBatchHeader.producerId(buffer, position);
            final ControlRecordType type = controlType(buffer, position);
            if (type == null) {
                firstOffsets.putIfAbsent(producerId, RecordBatchHeader.baseOffset(buffer, position));
            } else {
                final long firstOffset = firstOffsets.remove(producerId);
                if (type == ControlRecordType.ABORT && firstOffset != NONE) {
                    add(producerId, firstOffset, RecordBatchHeader.baseOffset(buffer, position));
                }
            }
        }
    }

    private void add(final long producerId, final long firstOffset, final long lastOffset) {
        if (abortedCount * FIELDS == aborted.length) {
            aborted = Arrays.copyOf(aborted, 2 * aborted.length);
        }
        aborted[abortedCount * FIELDS] = producerId;
        aborted[abortedCount * FIELDS + 1] = firstOffset;
        aborted[abortedCount * FIELDS + 2] = lastOffset;
        abortedCount++;
    }

    /**
     * Returns the first offset of an open transaction. Records at or after it must not be compacted.
     *
     * @param endOffset the result if there is none.
     * @return an offset.
     */
    long firstUndecided(final long endOffset) {
        long first = endOffset;
        final Long2LongHashMap.ValueIterator offsets = firstOffsets.values().iterator();
        while (offsets.hasNext()) {
            first = Math.min(first, offsets.nextValue());
        }
        return first;
    }

    /** Begins with the log start, or with any batch at which no transaction is open that was not dropped. */
    void rewind() {
        ongoingAborted.clear();
        ongoingCommitted.clear();
    }

    /**
     * Returns whether the next batch may be dropped because of its transaction.
     *
     * @param buffer contains the batch.
     * @param position the position of the batch.
     * @return true if the batch belongs to an aborted transaction, or is a marker without any batch left.
     */
    boolean isDroppable(final ByteBuffer buffer, final int position) {
        final boolean isControl = isControl(buffer, position);
        if (!isTransactional(buffer, position)) {
            // A control batch without a transaction does not occur, except as one that was emptied.
            return isControl && RecordBatchHeader.recordCount(buffer, position) == 0;
        }
        final long producerId = RecordBatchHeader.producerId(buffer, position);
        if (!isControl) {
            if (isAborted(producerId, RecordBatchHeader.baseOffset(buffer, position))) {
                ongoingAborted.add(producerId);
                return true;
            }
            ongoingCommitted.add(producerId);
            return false;
        }
        final ControlRecordType type = controlType(buffer, position);
        if (type == ControlRecordType.ABORT || type == ControlRecordType.COMMIT) {
            // A batch that was aborted long ago and is left empty for the producer's state counts as committed.
            final boolean isSeen = ongoingAborted.remove(producerId) | ongoingCommitted.remove(producerId);
            return !isSeen;
        }
        return RecordBatchHeader.recordCount(buffer, position) == 0;
    }

    private boolean isAborted(final long producerId, final long offset) {
        for (int i = firstEndingAfter(offset); i < abortedCount; i++) {
            if (aborted[i * FIELDS] == producerId && aborted[i * FIELDS + 1] <= offset) {
                return true;
            }
        }
        return false;
    }

    private int firstEndingAfter(final long offset) {
        int low = 0;
        int high = abortedCount;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (aborted[middle * FIELDS + 2] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    static boolean isTransactional(final ByteBuffer buffer, final int position) {
        return (RecordBatchHeader.attributes(buffer, position) & RecordBatchHeader.TRANSACTIONAL_FLAG) != 0;
    }

    static boolean isControl(final ByteBuffer buffer, final int position) {
        return (RecordBatchHeader.attributes(buffer, position) & RecordBatchHeader.CONTROL_FLAG) != 0;
    }

    /** Returns the type of a control batch; null for any other batch. */
    private ControlRecordType controlType(final ByteBuffer buffer, final int position) {
        if (!isControl(buffer, position)) {
            return null;
        }
        reader.wrap(buffer, position);
        return reader.next() ? reader.controlType() : ControlRecordType.UNKNOWN;
    }
}
