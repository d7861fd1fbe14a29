package io.ottla.storage.mmap;

/**
 * Defers a thread's interruption while it uses a channel, which the JDK would otherwise close in the middle of an
 * operation. The thread is interrupted again afterwards. This is done where a channel is used, in the classes of single
 * files, so that their callers need not do it.
 *
 * <p>An interruption that arrives meanwhile still closes the channel. {@link SegmentFile} continues even then; for all
 * other files the operation fails, as it does after an error of the device. So a thread that owns a storage should not
 * be interrupted.
 */
final class Interruption {
    private Interruption() {}

    /** Clears the interruption, if there is one; the result is for {@link #restore}. */
    static boolean hold() {
        return Thread.interrupted();
    }

    static void restore(final boolean wasInterrupted) {
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
