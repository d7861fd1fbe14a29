package io.ottla.server.config;

import io.ottla.api.FileDescriptors;

/** Divides the file descriptors of the process between connections and logs, unless the configuration does. */
final class DescriptorShares {
    /** Descriptors for libraries, selectors, listeners and files that are open only for a moment. */
    private static final int OWN = 64;

    /**
     * The least number of connections. A broker with fewer is of no use, even if that leaves fewer descriptors for
     * files.
     */
    private static final int CONNECTIONS_MIN = 16;

    private DescriptorShares() {}

    /**
     * Returns the maximum number of connections. Half of the descriptors is reserved for the files of logs: a process
     * without free descriptors can neither accept a connection, nor roll a segment, nor load a class.
     *
     * @param limit the maximum number of descriptors of the process, see {@link FileDescriptors#limit()}.
     * @return the limit; {@link Integer#MAX_VALUE} if the limit of the process is not known.
     */
    static int connections(final long limit) {
        return limit == FileDescriptors.UNKNOWN
                ? Integer.MAX_VALUE
                : (int) Math.clamp(limit / 2 - OWN, CONNECTIONS_MIN, (long) Integer.MAX_VALUE);
    }
}
