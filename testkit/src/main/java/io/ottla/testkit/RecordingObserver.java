package io.ottla.testkit;

import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An observer that records every batch, as the most complete state that can be derived from a log. After any sequence
 * of appends, truncations and restarts it must have exactly the batches of the log. Otherwise the storage has passed
 * too many or too few, or in the wrong order.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RecordingObserver implements LogObserver {
    private static final int ENTRY_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;

    private final List<Batch> batches = new ArrayList<>();
    private final List<Long> rolls = new ArrayList<>();
    private int snapshotCount;
    private int restoreCount;
    private int batchesSinceRestore;
    private long highWatermark = -1;

    /** Creates an observer without batches. */
    public RecordingObserver() {}

    /**
     * A batch as it was observed.
     *
     * @param baseOffset the offset of its first record.
     * @param nextOffset the offset after its last record.
     * @param crc its checksum.
     * @param leaderEpoch its epoch.
     */
    public record Batch(long baseOffset, long nextOffset, int crc, int leaderEpoch) {}

    @Override
    public void restore(final long offset, final ByteBuffer snapshot) {
        restoreCount++;
        batchesSinceRestore = 0;
        batches.clear();
        if (snapshot != null) {
            while (snapshot.hasRemaining()) {
                batches.add(new Batch(snapshot.getLong(), snapshot.getLong(), snapshot.getInt(), snapshot.getInt()));
            }
            checkOrder(offset);
        }
    }

    @Override
    public void onBatch(final ByteBuffer batch) {
        final int position = batch.position();
        if (RecordBatchHeader.sizeBytes(batch, position) != batch.remaining()) {
            throw new AssertionError("shown " + batch.remaining() + " bytes that are not one whole batch");
        }
        final long baseOffset = RecordBatchHeader.baseOffset(batch, position);
        checkOrder(baseOffset);
        batchesSinceRestore++;
        batches.add(new Batch(
                baseOffset,
                RecordBatchHeader.nextOffset(batch, position),
                RecordBatchHeader.crc(batch, position),
                RecordBatchHeader.leaderEpoch(batch, position)));
    }

    private void checkOrder(final long offset) {
        if (!batches.isEmpty() && batches.getLast().nextOffset() > offset) {
            throw new AssertionError("shown offset " + offset + " after " + batches.getLast());
        }
    }

    @Override
    public ByteBuffer snapshot() {
        snapshotCount++;
        final ByteBuffer snapshot = ByteBuffer.allocate(batches.size() * ENTRY_BYTES);
        for (final Batch batch : batches) {
            snapshot.putLong(batch.baseOffset())
                    .putLong(batch.nextOffset())
                    .putInt(batch.crc())
                    .putInt(batch.leaderEpoch());
        }
        return snapshot.flip();
    }

    @Override
    public void onRoll(final long baseOffset) {
        checkOrder(baseOffset);
        rolls.add(baseOffset);
    }

    @Override
    public void onHighWatermark(final long newHighWatermark) {
        highWatermark = newHighWatermark;
    }

    /**
     * Returns all observed batches that have not been truncated since.
     *
     * @return a copy.
     */
    public List<Batch> batches() {
        return List.copyOf(batches);
    }

    /**
     * Returns the number of snapshots taken.
     *
     * @return the count.
     */
    public int snapshotCount() {
        return snapshotCount;
    }

    /**
     * Returns the segments that were started after others.
     *
     * @return a copy of their base offsets, in the order of their start.
     */
    public List<Long> rolls() {
        return List.copyOf(rolls);
    }

    /**
     * Returns the number of restores.
     *
     * @return the count.
     */
    public int restoreCount() {
        return restoreCount;
    }

    /**
     * Returns the number of batches since the last restore.
     *
     * @return the count.
     */
    public int batchesSinceRestore() {
        return batchesSinceRestore;
    }

    /**
     * Returns the last high watermark.
     *
     * @return an offset, or -1 if there was none.
     */
    public long highWatermark() {
        return highWatermark;
    }
}
