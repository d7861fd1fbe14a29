package io.ottla.api.codec;

/** Bytes that are no message of the protocol. It has no stack trace: it tells about the peer, not about this program. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * What is wrong with the bytes.
     *
     * @param message for the log.
     */
    public MalformedMessageException(final String message) {
        super(message, null, false, false);
    }
}
