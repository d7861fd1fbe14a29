package io.ottla.api.storage;

/**
 * Thrown if a storage can't be used: a directory in use or not writable, files of an unknown version, a failed device.
 */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what failed, on which file, and what to do.
     */
    public StorageException(final String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param message what failed, on which file, and what to do.
     * @param cause the error of the device or file system.
     */
    public StorageException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
