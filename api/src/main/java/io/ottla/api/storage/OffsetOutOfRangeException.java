package io.ottla.api.storage;

/** An offset that a log does not have, or not any more. It has no stack trace: consumers that fell behind cause it. */
public final class OffsetOutOfRangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An offset outside of a log.
     *
     * @param offset what was asked for.
     * @param logStartOffset the lowest offset that would do.
     * @param logEndOffset the highest offset that would do.
     */
    public OffsetOutOfRangeException(final long offset, final long logStartOffset, final long logEndOffset) {
        super("offset " + offset + " is outside of [" + logStartOffset + ", " + logEndOffset + "]", null, false, false);
    }
}
