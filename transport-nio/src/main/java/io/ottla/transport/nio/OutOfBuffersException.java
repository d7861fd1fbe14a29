package io.ottla.transport.nio;

/**
 * Thrown if there is no memory for a buffer that can't wait. It has no stack trace, because it is not a fault of the
 * program.
 */
final class OutOfBuffersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfBuffersException(final int wantedBytes, final long takenBytes) {
        super(
                "a buffer of " + wantedBytes + " bytes is not available, because all buffers together have "
                        + takenBytes + " (see queued.max.request.bytes)",
                null,
                false,
                false);
    }
}
