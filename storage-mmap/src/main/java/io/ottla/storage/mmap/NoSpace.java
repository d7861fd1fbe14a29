package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a full device from one that is broken. */
final class NoSpace {
    /** An append may fail for want of a block for its index while there is still room for smaller things. */
    private static final long USABLE_BYTES_MIN = 1 << 20;

    private NoSpace() {}

    /** Whether an operation failed because there was no space left, of the device or of the user's quota. */
    static boolean isCauseOf(final Throwable e, final Path folder) {
        final String message = e.getMessage();
        if (message != null && (message.contains("No space left") || message.contains("quota exceeded"))) {
            return true;
        }
        try {
            return Files.getFileStore(folder).getUsableSpace() < USABLE_BYTES_MIN;
        } catch (final IOException failed) {
            return false;
        }
    }
}
