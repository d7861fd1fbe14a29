package io.ottla.server.partition;

import io.ottla.api.storage.AppendCallback;

/**
 * An append that waits: first for the log, if the log does not commit at once, and then for a flush.
 *
 * <p><b>Note:</b> its offsets are guarded by the monitor of the {@link FlushedLog}.
 */
final class HeldAppend implements AppendCallback {
    private final FlushedLog log;
    private final AppendCallback callback;
    private final int count;
    private long baseOffset;
    private long endOffset;

    HeldAppend(final FlushedLog log, final AppendCallback callback, final int count) {
        this.log = log;
        this.callback = callback;
        this.count = count;
    }

    AppendCallback callback() {
        return callback;
    }

    long baseOffset() {
        return baseOffset;
    }

    long endOffset() {
        return endOffset;
    }

    /** Called when the log has committed the append; returns whether it need not wait for a flush. */
    boolean isCommitted(final long offset) {
        baseOffset = offset;
        endOffset = offset + count;
        return endOffset <= log.highWatermark();
    }

    @Override
    public void onCommitted(final long offset) {
        final boolean isDone;
        final boolean isIndeterminate;
        synchronized (log) {
            log.settled();
            isDone = isCommitted(offset);
            isIndeterminate = !isDone && !log.hold(this);
        }
        if (isDone) {
            callback.onCommitted(offset);
        } else if (isIndeterminate) {
            callback.onIndeterminate();
        }
    }

    @Override
    public void onRejected() {
        log.settled();
        callback.onRejected();
    }

    @Override
    public void onIndeterminate() {
        log.settled();
        callback.onIndeterminate();
    }
}
