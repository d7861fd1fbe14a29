package io.ottla.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Chooses the send buffer size of sockets unless it is configured. If the congestion control paces packets, it sends
 * the contents of a socket by timers, so a fetch of 1 MB costs twice as much if all of it is in the socket. With any
 * other congestion control, a large buffer is the cheapest. See {@code docs/notes/performance.md} for the measurement.
 */
final class SendBuffers {
    /** The file that names the congestion control of new sockets on Linux. */
    static final Path CONGESTION_CONTROL = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

    /** The largest size that Linux gives without further settings, less a margin. */
    static final int PACED_BYTES = 196_608;

    private static final String PACED = "bbr";

    private SendBuffers() {}

    /**
     * Returns the send buffer size of a broker's sockets.
     *
     * @param config the broker's configuration.
     * @param congestionControl the file that names the congestion control.
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
            // Another operating system, or a sandbox.
            return false;
        }
    }
}
