package io.ottla.server.upkeep;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import io.ottla.codec.record.RecordSkimmer;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.config.TopicKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;

/**
 * Removes the records of a batch that compaction drops, by Kafka's rules:
 *
 * <ul>
 *   <li>The last record of each key is kept. Records past the part of the log whose keys are mapped are kept.
 *   <li>A tombstone is kept for some time after its batch was first compacted; the batch then contains the time when it
 *       ends (KIP-534).
 *   <li>Records of aborted transactions are dropped. The marker of a transaction is dropped some time after no batch of
 *       it is left.
 *   <li>A batch without any records left is kept empty if it is the last one of its producer, whose sequence number
 *       must be retained, or the last one of the part to compact.
 *   <li>Offsets, timestamps, headers, producer, sequence number and compression are unchanged.
 *   <li>Unlike in Kafka, a compressed batch is kept as it is if rebuilding it would take more memory than
 *       {@link MemoryShares#rebuiltBytes}.
 * </ul>
 *
 * <p><b>Note:</b> not thread-safe; this object has the batch that {@link #apply} returned.
 */
final class BatchFilter {
    private static final long NO_HORIZON = -1;

    private final RecordSkimmer records = new RecordSkimmer(this::keyPart);
    private final RecordBatchReader reader = new RecordBatchReader();
    private final RecordBatchWriter writer = new RecordBatchWriter();
    private final AbortedBatches transactions;
    private final long mappedOffset;
    private final long endOffset;
    private final long nowMs;
    private final long deleteRetentionMs;
    private final long rebuiltBytesMax = MemoryShares.rebuiltBytes();
    private final KeyOffsetMap offsets;
    private Long2LongHashMap lastOffsets;
    private boolean isChanged;

    // The current batch.
    private long[] kept = new long[4];
    private int keptCount;
    private long keptBytes;
    private int recordCount;
    private boolean isControl;
    private boolean hasTombstone;

    /**
     * Creates a filter for one pass over a log.
     *
     * @param offsets the last offset of each key up to {@code mappedOffset}.
     * @param mappedOffset records from this offset on are kept.
     * @param endOffset the end of the part to compact.
     * @param transactions the transactions of the log.
     * @param nowMs milliseconds since the epoch.
     * @param config the topic's configuration.
     */
    BatchFilter(
            final KeyOffsetMap offsets,
            final long mappedOffset,
            final long endOffset,
            final AbortedBatches transactions,
            final long nowMs,
            final TopicConfig config) {
        this.offsets = offsets;
        this.mappedOffset = mappedOffset;
        this.endOffset = endOffset;
        this.transactions = transactions;
        this.nowMs = nowMs;
        this.deleteRetentionMs = config.longValue(TopicKeys.DELETE_RETENTION_MS);
        records.recordBytesMax(config.maxDecompressedMessageBytes());
    }

    /**
     * Begins with a group of segments.
     *
     * @param newLastOffsets the current last offset of each producer's last batch.
     */
    void begin(final Long2LongHashMap newLastOffsets) {
        lastOffsets = newLastOffsets;
        isChanged = false;
    }

    /** Returns whether any batch was changed since {@link #begin}. */
    boolean isChanged() {
        return isChanged;
    }

    /**
     * Filters the next batch of the log.
     *
     * @param buffer contains the batch.
     * @param position the position of the batch.
     * @return the remaining batch, from position to limit, valid until the next call and while the buffer is unchanged;
     *     null if the batch is dropped. A batch that is unchanged is a part of {@code buffer}.
     */
    ByteBuffer apply(final ByteBuffer buffer, final int position) {
        final short attributes = RecordBatchHeader.attributes(buffer, position);
        isControl = (attributes & RecordBatchHeader.CONTROL_FLAG) != 0;
        final long horizonMs = (attributes & RecordBatchHeader.DELETE_HORIZON_FLAG) != 0
                ? RecordBatchHeader.baseTimestamp(buffer, position)
                : NO_HORIZON;
        final boolean isDroppable = transactions.isDroppable(buffer, position);
        final boolean isDropped = isDroppable && (!isControl || horizonMs >= 0 && horizonMs <= nowMs);
        keptCount = 0;
        keptBytes = 0;
        hasTombstone = false;
        if (isDropped) {
            recordCount = RecordBatchHeader.recordCount(buffer, position);
        } else {
            choose(buffer, position, horizonMs == NO_HORIZON || nowMs < horizonMs);
        }
        if (keptCount == 0) {
            isChanged |= recordCount > 0;
            return isKeptEmpty(buffer, position) ? empty(buffer, position) : null;
        }
        final boolean isHorizonDue =
                horizonMs == NO_HORIZON && (hasTombstone && !isControl || isDroppable && isControl);
        if (keptCount == recordCount && !isHorizonDue || isTooLarge(buffer, position)) {
            return buffer.slice(position, RecordBatchHeader.sizeBytes(buffer, position));
        }
        isChanged = true;
        return rebuild(buffer, position, isHorizonDue ? nowMs + deleteRetentionMs : horizonMs);
    }

    private boolean isTooLarge(final ByteBuffer buffer, final int position) {
        return keptBytes > Math.max(rebuiltBytesMax, 2L * RecordBatchHeader.sizeBytes(buffer, position));
    }

    private void choose(final ByteBuffer buffer, final int position, final boolean keepsTombstones) {
        Arrays.fill(kept, 0);
        records.wrap(buffer, position);
        int index = 0;
        while (records.next()) {
            if (isControl || isKept(keepsTombstones)) {
                if (index >> 6 >= kept.length) {
                    kept = Arrays.copyOf(kept, 2 * (index >> 6));
                }
                kept[index >> 6] |= 1L << index;
                keptCount++;
                keptBytes += records.sizeBytes();
                hasTombstone |= !records.hasValue();
            }
            index++;
        }
        recordCount = index;
    }

    private boolean isKept(final boolean keepsTombstones) {
        if (!isMapped()) {
            return true;
        }
        // Records without a key were appended when the topic was not compacted.
        return records.hasKey() && records.offset() >= offsets.get() && (records.hasValue() || keepsTombstones);
    }

    private boolean isMapped() {
        return records.offset() < mappedOffset;
    }

    private void keyPart(final ByteBuffer bytes) {
        if (!isControl && isMapped()) {
            offsets.keyPart(bytes);
        }
    }

    private boolean isKeptEmpty(final ByteBuffer buffer, final int position) {
        final long producerId = RecordBatchHeader.producerId(buffer, position);
        final long nextOffset = RecordBatchHeader.nextOffset(buffer, position);
        return nextOffset == endOffset || producerId >= 0 && lastOffsets.get(producerId) == nextOffset - 1;
    }

    private ByteBuffer empty(final ByteBuffer buffer, final int position) {
        if (RecordBatchHeader.recordCount(buffer, position) == 0) {
            return buffer.slice(position, RecordBatchHeader.sizeBytes(buffer, position));
        }
        begin(buffer, position, CompressionType.NONE);
        final ByteBuffer batch = writer.finish(RecordBatchHeader.nextOffset(buffer, position) - 1);
        // The producer wrote its last batch then.
        batch.putLong(RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, RecordBatchHeader.maxTimestamp(buffer, position));
        RecordBatches.updateCrc(batch, 0);
        return batch;
    }

    private ByteBuffer rebuild(final ByteBuffer buffer, final int position, final long horizonMs) {
        begin(buffer, position, CompressionType.ofAttributes(RecordBatchHeader.attributes(buffer, position)));
        if (horizonMs != NO_HORIZON) {
            writer.deleteHorizon(horizonMs);
        }
        reader.wrap(buffer, position);
        int left = keptCount;
        // The number of records past the last one that is kept may exceed the number of bits.
        for (int index = 0; left > 0 && reader.next(); index++) {
            if ((kept[index >> 6] >> index & 1) != 0) {
                left--;
                writer.append(reader.offset(), reader.timestamp(), reader.key(), reader.value(), reader.headers());
            }
        }
        return writer.finish(RecordBatchHeader.nextOffset(buffer, position) - 1);
    }

    private void begin(final ByteBuffer buffer, final int position, final CompressionType compression) {
        final short attributes = RecordBatchHeader.attributes(buffer, position);
        writer.begin(RecordBatchHeader.baseOffset(buffer, position))
                .compression(compression)
                .producer(
                        RecordBatchHeader.producerId(buffer, position),
                        RecordBatchHeader.producerEpoch(buffer, position),
                        RecordBatchHeader.baseSequence(buffer, position))
                .leaderEpoch(RecordBatchHeader.leaderEpoch(buffer, position))
                .transactional((attributes & RecordBatchHeader.TRANSACTIONAL_FLAG) != 0)
                .control((attributes & RecordBatchHeader.CONTROL_FLAG) != 0);
        if ((attributes & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0) {
            writer.logAppendTime(RecordBatchHeader.maxTimestamp(buffer, position));
        }
    }
}
