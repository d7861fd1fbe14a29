package io.ottla.server.config;

import io.ottla.api.FileDescriptors;

/** What connections may take of the descriptors that the process has, where the configuration leaves that open. */
final class DescriptorShares {
    /** For libraries, selectors, listeners, and what stands open for a moment. */
    private static final int OWN = 64;

    /** Fewer are of no use to anybody, whatever becomes of the files. */
    private static final int CONNECTIONS_MIN = 16;

    private DescriptorShares() {}

    /**
     * How many connections there may be: half of the descriptors is the storage's, for the files of its logs. A process that has none left
     * can neither accept, nor begin a segment, nor load a class.
     *
     * @param limit how many descriptors the process may have, as of {@link FileDescriptors#limit()}.
     * @return the bound; the largest number if nobody knows the limit.
     */
    static int connections(final long limit) {
        return limit == FileDescriptors.UNKNOWN
                ? Integer.MAX_VALUE
                : (int) Math.clamp(limit / 2 - OWN, CONNECTIONS_MIN, (long) Integer.MAX_VALUE);
    }
}
