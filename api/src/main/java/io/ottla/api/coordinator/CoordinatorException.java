package io.ottla.api.coordinator;

import io.ottla.api.ErrorCode;

/** A coordinator could not do what was asked, because its log failed or it does not lead it. */
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
        super(message);
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
