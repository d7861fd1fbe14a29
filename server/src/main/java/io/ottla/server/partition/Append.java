package io.ottla.server.partition;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.AppendCallback;

/** Takes the outcome of appending one batch. One object is used again and again until an append has to wait. */
public abstract class Append implements AppendCallback {
    /**
     * The batch is committed.
     *
     * @param baseOffset the offset of its first record.
     * @param logStartOffset the log's start.
     */
    protected abstract void done(long baseOffset, long logStartOffset);

    /**
     * The batch was appended before.
     *
     * @param baseOffset the offset of its first record.
     * @param timestampMs its largest timestamp, in milliseconds since the epoch.
     * @param logStartOffset the log's start.
     */
    protected abstract void duplicate(long baseOffset, long timestampMs, long logStartOffset);

    /**
     * The batch was not appended.
     *
     * @param error why.
     */
    protected abstract void failed(ErrorCode error);

    /** The batch is on its way; one of the methods of {@link AppendCallback} will be called, or was already. */
    protected abstract void pending();
}
