package io.ottla.api.storage;

/** A storage that can't be used: a folder in use or not writable, files of an unknown version, a device that failed. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure of the storage.
     *
     * @param message what failed, on which file, and what to do.
     */
    public StorageException(final String message) {
        super(message);
    }

    /**
     * A failure of the storage with what caused it.
     *
     * @param message what failed, on which file, and what to do.
     * @param cause the error of the device or file system.
     */
    public StorageException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
