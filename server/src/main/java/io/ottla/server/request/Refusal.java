package io.ottla.server.request;

import io.ottla.api.ErrorCode;

/**
 * A part of a request that cannot be done, with its own error code. It has no stack trace, because it is an expected
 * outcome.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    /**
     * Creates a refusal.
     *
     * @param error the error for the client.
     * @param message the error message for the client.
     */
    public Refusal(final ErrorCode error, final String message) {
        super(message, null, false, false);
        this.error = error;
    }

    public ErrorCode error() {
        return error;
    }
}
