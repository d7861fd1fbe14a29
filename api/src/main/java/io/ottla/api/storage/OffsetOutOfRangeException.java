package io.ottla.api.storage;

/**
 * Thrown for an offset that a log does not have, or no longer has. It has no stack trace, because consumers that fell
 * behind cause it in normal operation.
 */
public final class OffsetOutOfRangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param offset the requested offset.
     * @param logStartOffset the lowest valid offset.
     * @param logEndOffset the highest valid offset.
     */
    public OffsetOutOfRangeException(final long offset, final long logStartOffset, final long logEndOffset) {
        super("offset " + offset + " is outside of [" + logStartOffset + ", " + logEndOffset + "]", null, false, false);
    }
}
