package io.ottla.api.coordinator;

import io.ottla.api.ErrorCode;

/**
 * Thrown if a coordinator can't serve a request: its log failed, it does not lead the log, or the request is invalid.
 * It is a response rather than a fault of the program, so it has no stack trace.
 */
public final class CoordinatorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The error that clients receive. */
    private final ErrorCode error;

    /**
     * Creates an exception.
     *
     * @param error the error that clients receive.
     * @param message what happened, for the log.
     */
    public CoordinatorException(final ErrorCode error, final String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /**
     * Returns the error that clients receive.
     *
     * @return the error.
     */
    public ErrorCode error() {
        return error;
    }
}
