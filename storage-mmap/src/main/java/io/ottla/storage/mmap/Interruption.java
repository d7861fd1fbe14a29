package io.ottla.storage.mmap;

/**
 * Holds a thread's interruption back while it uses a channel, which the JDK would close otherwise, half way through whatever
 * it was doing. The thread is interrupted again afterwards. This is done where a channel is used, in the classes of single files, so that
 * nothing above them needs to.
 *
 * <p>An interruption that comes in between still closes the channel. {@link SegmentFile} goes on even then; for all other files
 * the operation fails, as it would for an error of the device. So a thread that owns a storage should not be interrupted.
 */
final class Interruption {
    private Interruption() {}

    /** Takes the interruption away, if there is one; the result is for {@link #restore}. */
    static boolean hold() {
        return Thread.interrupted();
    }

    static void restore(final boolean wasInterrupted) {
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
