package io.ottla.server.request;

import io.ottla.api.ErrorCode;

/** A part of a request that can't be done, told by an error code of its own. It has no stack trace: nothing went wrong here. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    /**
     * A refusal.
     *
     * @param error what the client is answered.
     * @param message what is wrong, for people.
     */
    public Refusal(final ErrorCode error, final String message) {
        super(message, null, false, false);
        this.error = error;
    }

    public ErrorCode error() {
        return error;
    }
}
