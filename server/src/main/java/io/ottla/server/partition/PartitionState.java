package io.ottla.server.partition;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The state that is derived from a partition's log, by the storage's callbacks in log order: idempotent producers and
 * leader epochs.
 *
 * <p>A snapshot contains a version byte, the leader epochs ({@code count:4} and {@code epoch:4 offset:8} each), and the
 * producers ({@code count:4} and {@code producerId:8 epoch:2 lastTimestampMs:8 batches:1} each, followed by
 * {@code lastSequence:4 lastOffset:8 offsetDelta:4 timestampMs:8} for each batch, oldest first). All numbers are
 * big-endian.
 *
 * <p><b>Note:</b> for the thread that holds the partition's lock; {@link #leaderEpochs()} may be read by any thread.
 */
public final class PartitionState {
    private static final byte SNAPSHOT_VERSION = 1;

    private final Long2ObjectHashMap<ProducerEntry> producers = new Long2ObjectHashMap<>();
    private final LeaderEpochs leaderEpochs = new LeaderEpochs();
    private long duplicateOffset;
    private long duplicateEndOffset;
    private long duplicateTimestampMs;

    LeaderEpochs leaderEpochs() {
        return leaderEpochs;
    }

    int producerCount() {
        return producers.size();
    }

    /**
     * Checks whether the producer id, epoch and sequence of a client's batch allow its append. The order of the checks
     * is Kafka's.
     *
     * @param batch a valid batch.
     * @return NONE if they do, or the batch has no producer id; DUPLICATE_SEQUENCE_NUMBER if the log has the batch
     *     already, see {@link #duplicateOffset()}; INVALID_PRODUCER_EPOCH or OUT_OF_ORDER_SEQUENCE_NUMBER.
     */
    public ErrorCode check(final ByteBuffer batch) {
        final int start = batch.position();
        final long producerId = RecordBatchHeader.producerId(batch, start);
        final ProducerEntry entry = producerId < 0 ? null : producers.get(producerId);
        if (entry == null) {
            // An unknown or expired producer may continue with any sequence number (KIP-360).
            return ErrorCode.NONE;
        }
        final short epoch = RecordBatchHeader.producerEpoch(batch, start);
        final int firstSequence = RecordBatchHeader.baseSequence(batch, start);
        final int lastSequence = Sequences.plus(firstSequence, RecordBatchHeader.lastOffsetDelta(batch, start));
        final int duplicate = entry.find(epoch, firstSequence, lastSequence);
        if (duplicate >= 0) {
            duplicateOffset = entry.firstOffset(duplicate);
            duplicateEndOffset = duplicateOffset + RecordBatchHeader.lastOffsetDelta(batch, start) + 1;
            duplicateTimestampMs = entry.timestampMs(duplicate);
            return ErrorCode.DUPLICATE_SEQUENCE_NUMBER;
        }
        if (epoch < entry.epoch()) {
            return ErrorCode.INVALID_PRODUCER_EPOCH;
        }
        final boolean inOrder = epoch != entry.epoch()
                ? firstSequence == 0
                : entry.lastSequence() < 0
                        ? firstSequence == 0
                        : Sequences.follows(firstSequence, entry.lastSequence());
        return inOrder ? ErrorCode.NONE : ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    }

    /**
     * Returns the base offset of the batch that {@link #check} found to be a duplicate.
     *
     * @return the offset of its first record.
     */
    long duplicateOffset() {
        return duplicateOffset;
    }

    /**
     * Returns the end offset of the batch that {@link #check} found to be a duplicate.
     *
     * @return the offset after its last record.
     */
    long duplicateEndOffset() {
        return duplicateEndOffset;
    }

    /**
     * Returns the maximum timestamp of the batch that {@link #check} found to be a duplicate.
     *
     * @return milliseconds since the epoch.
     */
    long duplicateTimestampMs() {
        return duplicateTimestampMs;
    }

    /**
     * Removes producers that have been idle.
     *
     * @param lastSeenBeforeMs removes producers whose last batch is not later than this, in milliseconds since the
     *     epoch.
     */
    void expireProducers(final long lastSeenBeforeMs) {
        final var all = producers.values().iterator();
        while (all.hasNext()) {
            if (all.next().lastTimestampMs() <= lastSeenBeforeMs) {
                all.remove();
            }
        }
    }

    /**
     * Returns the offset of each producer's last batch.
     *
     * @return the offset of its last record by producer id, -1 for others.
     */
    public Long2LongHashMap lastProducerOffsets() {
        final Long2LongHashMap offsets = new Long2LongHashMap(-1);
        producers.forEachLong((producerId, entry) -> offsets.put(producerId, entry.lastOffset()));
        return offsets;
    }

    /**
     * Called when a batch was appended, or read at the start.
     *
     * @param batch one complete batch, with its offset and leader epoch, from position to limit.
     */
    public void onBatch(final ByteBuffer batch) {
        final int start = batch.position();
        final long baseOffset = RecordBatchHeader.baseOffset(batch, start);
        leaderEpochs.onBatch(RecordBatchHeader.leaderEpoch(batch, start), baseOffset);
        final long producerId = RecordBatchHeader.producerId(batch, start);
        if (producerId >= 0 && (RecordBatchHeader.attributes(batch, start) & RecordBatchHeader.CONTROL_FLAG) == 0) {
            ProducerEntry entry = producers.get(producerId);
            if (entry == null) {
                entry = new ProducerEntry();
                producers.put(producerId, entry);
            }
            final int delta = RecordBatchHeader.lastOffsetDelta(batch, start);
            entry.add(
                    RecordBatchHeader.producerEpoch(batch, start),
                    Sequences.plus(RecordBatchHeader.baseSequence(batch, start), delta),
                    baseOffset + delta,
                    delta,
                    RecordBatchHeader.maxTimestamp(batch, start));
        }
    }

    /**
     * Returns a snapshot of this state for {@link #restore}.
     *
     * @return the bytes.
     */
    public ByteBuffer snapshot() {
        int bytes = Byte.BYTES + leaderEpochs.snapshotBytes() + Integer.BYTES;
        for (final ProducerEntry entry : producers.values()) {
            bytes += Long.BYTES + entry.snapshotBytes();
        }
        final ByteBuffer snapshot = ByteBuffer.allocate(bytes);
        snapshot.put(SNAPSHOT_VERSION);
        leaderEpochs.snapshot(snapshot);
        snapshot.putInt(producers.size());
        producers.forEachLong((producerId, entry) -> {
            snapshot.putLong(producerId);
            entry.snapshot(snapshot);
        });
        return snapshot.flip();
    }

    /**
     * Replaces this state by a snapshot.
     *
     * @param snapshot a result of {@link #snapshot()}, or null for an empty state.
     */
    public void restore(final ByteBuffer snapshot) {
        producers.clear();
        leaderEpochs.clear();
        if (snapshot == null) {
            return;
        }
        final ByteBuffer source = snapshot.duplicate();
        final byte version = source.get();
        if (version != SNAPSHOT_VERSION) {
            throw new IllegalStateException("the snapshot has the unknown version " + version + "");
        }
        leaderEpochs.restore(source);
        for (int left = source.getInt(); left > 0; left--) {
            final long producerId = source.getLong();
            producers.put(producerId, ProducerEntry.restore(source));
        }
    }
}
