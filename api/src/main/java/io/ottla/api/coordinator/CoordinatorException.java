package io.ottla.api.coordinator;

import io.ottla.api.ErrorCode;

/**
 * A coordinator could not do what was asked: its log failed, it does not lead it, or the request is wrong. An answer rather
 * than a fault of the program, so it has no stack trace.
 */
public final class CoordinatorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What clients are answered. */
    private final ErrorCode error;

    /**
     * A failure.
     *
     * @param error what clients are answered.
     * @param message what happened, for the log.
     */
    public CoordinatorException(final ErrorCode error, final String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /**
     * What clients are answered.
     *
     * @return the error.
     */
    public ErrorCode error() {
        return error;
    }
}
