package io.ottla.storage.mmap;

import java.io.IOException;

/**
 * Thrown when a write or an fsync failed. The contents of the file, or of the device, are unknown then. After any other
 * failure, such as that of opening a file, the files are unchanged, and the operation can be retried.
 */
final class DeviceException extends IOException {
    private static final long serialVersionUID = 1;

    DeviceException(final IOException cause) {
        super(cause.getMessage(), cause);
    }
}
