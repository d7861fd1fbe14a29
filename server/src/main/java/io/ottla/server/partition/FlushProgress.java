package io.ottla.server.partition;

/**
 * How far the appends and the flushes of a log are, and up to where its records are committed by that.
 *
 * <p><b>Note:</b> guarded by the monitor of the {@link FlushedLog}; only {@link #limit()} is read without.
 */
final class FlushProgress {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    /** What can't be committed before a flush begins here. */
    private volatile long limit = NO_LIMIT;

    private long flushMessages = Long.MAX_VALUE;

    /** The log's end, together with what is just being appended. */
    private long end;

    /** Appends that the log itself has not committed yet. */
    private int uncommitted;

    /** All before it is flushed. */
    private long flushed;

    /** What the flush in progress will have flushed. */
    private long flushing;

    FlushProgress(final long end, final long flushed) {
        this.end = end;
        this.flushed = flushed;
    }

    /**
     * Returns the offset up to which the flushes allow records to be committed.
     *
     * @return an offset; more than any if nothing waits for a flush.
     */
    long limit() {
        return limit;
    }

    long flushMessages() {
        return flushMessages;
    }

    /** Whether appends may have to wait for flushes. The thread that appends also configures, and needs no monitor for this. */
    boolean isCounting() {
        return flushMessages < Long.MAX_VALUE;
    }

    /** Whether so many records are not flushed that there has to be a flush. */
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

    /** Sets the limit before the log has the batch, which must never look as if it were committed. */
    void beforeAppend(final long logEnd, final int count) {
        if (uncommitted == 0) {
            end = logEnd;
        }
        end += count;
        if (isDue()) {
            limit = Math.min(limit, logEnd);
        }
    }

    /** The log will say when the append is committed. */
    void pending() {
        uncommitted++;
    }

    /** The log has said what became of an append that was pending. */
    void settled() {
        uncommitted--;
    }

    /** What was about to be appended is not counted, or not there. */
    void retract(final long logEnd, final int count) {
        end = uncommitted == 0 ? logEnd : end - count;
        raiseLimit();
    }

    /** Takes the limit away, or further up, as far as the flushes have got. */
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

    /** The log is being cut off. */
    void cut(final long offset) {
        flushed = Math.min(flushed, offset);
        flushing = Math.min(flushing, offset);
    }

    /** The log was cut off, and all before {@code formerlyFlushed} was flushed until then. */
    void truncated(final long logEnd, final long formerlyFlushed) {
        end = logEnd;
        flushed = Math.min(formerlyFlushed, logEnd);
        flushing = Math.min(flushing, logEnd);
        if (limit != NO_LIMIT) {
            limit = Math.min(limit, logEnd);
        }
    }
}
