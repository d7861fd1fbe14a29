package io.ottla.transport.nio;

import java.io.IOException;

/** A payload does not give the bytes that it promised. Tells about the storage, where other exceptions tell about the socket. */
final class PayloadException extends IOException {
    private static final long serialVersionUID = 1L;

    PayloadException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
