package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;

/** Thrown to refuse a request with an error before anything is written or changed. */
final class GroupRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    GroupRefusal(final ErrorCode error, final String message) {
        super(message, null, false, false);
        this.error = error;
    }

    ErrorCode error() {
        return error;
    }
}
