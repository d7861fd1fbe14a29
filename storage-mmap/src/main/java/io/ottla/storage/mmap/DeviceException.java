package io.ottla.storage.mmap;

import java.io.IOException;

/**
 * A write or an fsync has failed. What the file holds, or the device, is not known any more; after any other failure, as of
 * opening a file, the files are as they were, and what failed can be tried again.
 */
final class DeviceException extends IOException {
    private static final long serialVersionUID = 1;

    DeviceException(final IOException cause) {
        super(cause.getMessage(), cause);
    }
}
