package io.ottla.transport.nio;

import java.io.IOException;

/**
 * Thrown if a payload does not return its bytes. It is a failure of the storage, while other exceptions are failures of
 * the socket.
 */
final class PayloadException extends IOException {
    private static final long serialVersionUID = 1L;

    PayloadException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
