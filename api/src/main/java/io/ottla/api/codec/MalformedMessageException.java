package io.ottla.api.codec;

/** Thrown for bytes that are not a message of the protocol. It has no stack trace, because the error is the peer's. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what is wrong with the bytes, for the log.
     */
    public MalformedMessageException(final String message) {
        super(message, null, false, false);
    }
}
