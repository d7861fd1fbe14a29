package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Distinguishes a full device from a broken one. */
final class NoSpace {
    /** An append may fail for lack of a block for its index while there is still some space. */
    private static final long USABLE_BYTES_MIN = 1 << 20;

    private NoSpace() {}

    /** Returns whether an operation failed because no space was left on the device or in the user's quota. */
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
