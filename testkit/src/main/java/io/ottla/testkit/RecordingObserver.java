package io.ottla.testkit;

import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.RecordBatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An observer that remembers every batch it was shown: what is derived from a log, in the most faithful form. After any
 * sequence of appends, truncations and restarts it holds exactly the batches of the log, or else the storage has shown it too
 * many, too few, or in the wrong order.
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

    /** An observer that has seen nothing. */
    public RecordingObserver() {}

    /**
     * A batch as it was shown.
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
     * All batches that the log has had and has not been cut off since.
     *
     * @return a copy.
     */
    public List<Batch> batches() {
        return List.copyOf(batches);
    }

    /**
     * How often a snapshot was asked for.
     *
     * @return the count.
     */
    public int snapshotCount() {
        return snapshotCount;
    }

    /**
     * The segments that were begun behind others.
     *
     * @return a copy of their base offsets, in the order in which they were begun.
     */
    public List<Long> rolls() {
        return List.copyOf(rolls);
    }

    /**
     * How often everything was to be forgotten.
     *
     * @return the count.
     */
    public int restoreCount() {
        return restoreCount;
    }

    /**
     * How many batches were shown since then.
     *
     * @return the count.
     */
    public int batchesSinceRestore() {
        return batchesSinceRestore;
    }

    /**
     * The high watermark that was told last.
     *
     * @return an offset, or -1 if none was told.
     */
    public long highWatermark() {
        return highWatermark;
    }
}
