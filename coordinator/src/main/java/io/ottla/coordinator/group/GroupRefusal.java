package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;

/** A request that is answered with an error, found deep inside of what serves it; nothing was written or changed. */
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
