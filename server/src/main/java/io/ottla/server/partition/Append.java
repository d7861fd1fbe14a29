package io.ottla.server.partition;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.AppendCallback;

/** Receives the outcome of appending one batch. An object is reused until an append has to wait. */
public abstract class Append implements AppendCallback {
    /**
     * Called when the batch is committed.
     *
     * @param baseOffset the offset of its first record.
     * @param logStartOffset the log start offset.
     */
    protected abstract void done(long baseOffset, long logStartOffset);

    /**
     * Called when the batch is a duplicate.
     *
     * @param baseOffset the offset of its first record.
     * @param timestampMs its maximum timestamp, in milliseconds since the epoch.
     * @param logStartOffset the log start offset.
     */
    protected abstract void duplicate(long baseOffset, long timestampMs, long logStartOffset);

    /**
     * Called when the batch was not appended.
     *
     * @param error the reason.
     */
    protected abstract void failed(ErrorCode error);

    /**
     * Called when the append is in progress; a method of {@link AppendCallback} will be called, or was called already.
     */
    protected abstract void pending();
}
