package io.ottla.transport.nio;

/** There is no memory for a buffer that can't wait. It has no stack trace: nothing went wrong here. */
final class OutOfBuffersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfBuffersException(final int wantedBytes, final long takenBytes) {
        super(
                "a buffer of " + wantedBytes + " bytes is not to be had, because all buffers together have "
                        + takenBytes + " (see queued.max.request.bytes)",
                null,
                false,
                false);
    }
}
