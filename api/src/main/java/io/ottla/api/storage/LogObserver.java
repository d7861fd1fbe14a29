package io.ottla.api.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Derives state from a log, in log order: producer state, aborted transactions, leader epochs. Every storage calls it
 * in the same way, so that the state after a restart is the same as before.
 *
 * <ol>
 *   <li>Opening a log calls {@link #restore} once, with the newest usable snapshot or with null, and then
 *       {@link #onBatch} for every batch after it.
 *   <li>Each append calls {@link #onBatch} once the batch is in the log, before the append completes.
 *   <li>A truncation that removes an observed batch calls {@link #restore} again, and {@link #onBatch} for the batches
 *       up to the new end.
 *   <li>All calls but {@link #onHighWatermark} are serial, on the thread that opens, appends or truncates.
 * </ol>
 */
public interface LogObserver {
    /** An observer that derives nothing. */
    LogObserver NONE = new LogObserver() {
        @Override
        public void restore(final long offset, final @Nullable ByteBuffer snapshot) {}

        @Override
        public void onBatch(final ByteBuffer batch) {}

        @Override
        public ByteBuffer snapshot() {
            return ByteBuffer.allocate(0);
        }

        @Override
        public void onRoll(final long baseOffset) {}

        @Override
        public void onHighWatermark(final long highWatermark) {}
    };

    /**
     * Discards the state, and restores what was derived from the batches before an offset.
     *
     * @param offset the snapshot's offset: it covers all batches before it. The log's start if there is no snapshot.
     * @param snapshot as {@link #snapshot()} returned it, or null for an empty state.
     */
    void restore(long offset, @Nullable ByteBuffer snapshot);

    /**
     * Observes the next batch of the log.
     *
     * @param batch one whole batch, with its offset and leader epoch in place, from position to limit; valid until the
     *     call returns, and not to be changed.
     */
    void onBatch(ByteBuffer batch);

    /**
     * Returns the state that was derived so far, which the storage keeps with the log. A storage may call this at any
     * time; the call changes nothing.
     *
     * @return bytes for {@link #restore}.
     */
    ByteBuffer snapshot();

    /**
     * Called when a new segment was started after others, by an append, a trim or a truncation: the next batch will be
     * its first. It is not called for the first segment of a log, nor while a log is opened.
     *
     * @param baseOffset of the new segment.
     */
    void onRoll(long baseOffset);

    /**
     * Called when records became readable, by the thread that made them readable: after the append, or on any other
     * thread. It must not block.
     *
     * @param highWatermark the new high watermark: all offsets below it are readable.
     */
    void onHighWatermark(long highWatermark);
}
