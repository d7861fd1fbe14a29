package io.ottla.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much a socket may hold if nobody says so. A system that avoids congestion by pacing drives what lies in a socket by timers, so that
 * a fetch of 1 MB costs twice as much if all of it lies there; with other ways a large socket is the cheapest. Measured in
 * {@code docs/notes/performance.md}.
 */
final class SendBuffers {
    /** What Linux uses for a new socket. */
    static final Path CONGESTION_CONTROL = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

    /** As much as Linux gives without being told to give more, less a little. */
    static final int PACED_BYTES = 196_608;

    private static final String PACED = "bbr";

    private SendBuffers() {}

    /**
     * The size for a broker.
     *
     * @param config the broker's.
     * @param congestionControl the file that names the way in which the system avoids congestion.
     * @return the size in bytes; -1 leaves it to the operating system.
     */
    static int sizeBytes(final BrokerConfig config, final Path congestionControl) {
        final boolean isSet = config.properties().containsKey(NetworkKeys.SOCKET_SEND_BUFFER_BYTES.name());
        return !isSet && isPaced(congestionControl)
                ? PACED_BYTES
                : config.intValue(NetworkKeys.SOCKET_SEND_BUFFER_BYTES);
    }

    private static boolean isPaced(final Path congestionControl) {
        try {
            return Files.readString(congestionControl).startsWith(PACED);
        } catch (final IOException | SecurityException e) {
            // Another system, or a sandbox.
            return false;
        }
    }
}
