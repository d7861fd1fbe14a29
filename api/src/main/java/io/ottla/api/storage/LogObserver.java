package io.ottla.api.storage;

import java.nio.ByteBuffer;

/**
 * What is derived from a log, in log order: producer state, aborted transactions, leader epochs. Every storage drives it the
 * same way, so that it is the same after a restart as it was before.
 *
 * <ol>
 *   <li>Opening a log calls {@link #restore} once, with the newest usable snapshot or with null, and then {@link #onBatch}
 *       for every batch behind it.
 *   <li>Each append calls {@link #onBatch} once the batch is in the log, before the append completes.
 *   <li>A truncation that cuts off anything observed calls {@link #restore} again, and {@link #onBatch} for the batches up
 *       to the new end.
 *   <li>All calls but {@link #onHighWatermark} are serial, on the thread that opens, appends or truncates.
 * </ol>
 */
public interface LogObserver {
    /** For logs that nothing is derived from. */
    LogObserver NONE = new LogObserver() {
        @Override
        public void restore(final long offset, final ByteBuffer snapshot) {}

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
     * Forgets everything, and takes up what was derived from the batches before an offset.
     *
     * @param offset the snapshot's offset: it covers all batches before it. The log's start if there is no snapshot.
     * @param snapshot as {@link #snapshot()} gave it, or null to start with nothing.
     */
    void restore(long offset, ByteBuffer snapshot);

    /**
     * The next batch of the log.
     *
     * @param batch one whole batch, with its offset and leader epoch in place, from position to limit; valid until the call
     *     returns, not to be changed.
     */
    void onBatch(ByteBuffer batch);

    /**
     * All that was derived so far, for the storage to keep with the log. A storage may ask at any time, and asking changes nothing.
     *
     * @return bytes for {@link #restore}.
     */
    ByteBuffer snapshot();

    /**
     * A segment was begun behind others, by an append, a trimming or a truncation: the next batch will be its first. It is not called for the
     * first segment of a log, nor while a log is opened.
     *
     * @param baseOffset of the new segment.
     */
    void onRoll(long baseOffset);

    /**
     * Records became readable. Called by the thread that made them so, after the append or out of any other thread; it must
     * not block.
     *
     * @param highWatermark the new high watermark: all offsets below it are readable.
     */
    void onHighWatermark(long highWatermark);
}
