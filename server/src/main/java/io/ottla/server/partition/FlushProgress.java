package io.ottla.server.partition;

/**
 * Tracks the appends and flushes of a log, and the offset up to which the flushes allow records to be committed.
 *
 * <p><b>Note:</b> guarded by the monitor of the {@link FlushedLog}; only {@link #limit()} is read without it.
 */
final class FlushProgress {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    /** The first offset that cannot be committed before a flush begins. */
    private volatile long limit = NO_LIMIT;

    private long flushMessages = Long.MAX_VALUE;

    /** The log end offset, including the current append. */
    private long end;

    /** The number of appends that the log itself has not committed yet. */
    private int uncommitted;

    /** The offset up to which the log is flushed. */
    private long flushed;

    /** The offset up to which the flush in progress will flush the log. */
    private long flushing;

    FlushProgress(final long end, final long flushed) {
        this.end = end;
        this.flushed = flushed;
    }

    /**
     * Returns the offset up to which the flushes allow records to be committed.
     *
     * @return an offset; larger than any other if nothing waits for a flush.
     */
    long limit() {
        return limit;
    }

    long flushMessages() {
        return flushMessages;
    }

    /**
     * Returns whether appends may have to wait for flushes. The thread that appends also configures, and needs no
     * monitor.
     */
    boolean isCounting() {
        return flushMessages < Long.MAX_VALUE;
    }

    /** Returns whether so many records are not flushed that a flush is required. */
    boolean isDue() {
        return end - flushed >= flushMessages;
    }

    boolean hasUnflushed() {
        return end > flushed;
    }

    long flushed() {
        return flushed;
    }

    void configure(final long newFlushMessages, final long logEnd) {
        flushMessages = newFlushMessages;
        if (uncommitted == 0) {
            end = logEnd;
        }
    }

    /** Sets the limit before the log has the batch, which must never appear to be committed. */
    void beforeAppend(final long logEnd, final int count) {
        if (uncommitted == 0) {
            end = logEnd;
        }
        end += count;
        if (isDue()) {
            limit = Math.min(limit, logEnd);
        }
    }

    /** Called when the log will commit the append later. */
    void pending() {
        uncommitted++;
    }

    /** Called when the log has completed a pending append. */
    void settled() {
        uncommitted--;
    }

    /** Reverts {@link #beforeAppend} for an append that is not counted or has failed. */
    void retract(final long logEnd, final int count) {
        end = uncommitted == 0 ? logEnd : end - count;
        raiseLimit();
    }

    /** Removes or raises the limit, according to the flushes that have completed. */
    void raiseLimit() {
        if (limit != NO_LIMIT) {
            limit = isDue() ? Math.max(limit, flushed) : NO_LIMIT;
        }
    }

    void beforeFlush(final long logEnd) {
        flushing = logEnd;
    }

    void afterFlush() {
        flushed = Math.max(flushed, flushing);
    }

    /** Called when the log is being truncated. */
    void cut(final long offset) {
        flushed = Math.min(flushed, offset);
        flushing = Math.min(flushing, offset);
    }

    /** Called when the log was truncated; all records before {@code formerlyFlushed} had been flushed. */
    void truncated(final long logEnd, final long formerlyFlushed) {
        end = logEnd;
        flushed = Math.min(formerlyFlushed, logEnd);
        flushing = Math.min(flushing, logEnd);
        if (limit != NO_LIMIT) {
            limit = Math.min(limit, logEnd);
        }
    }
}
