package io.ottla.transport.nio;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the connections of a transport, in all and by remote address.
 *
 * <p><b>Note:</b> thread-safe: one agent accepts, and each closes its own connections.
 */
final class ConnectionBounds {
    private final int connectionsMax;
    private final int perAddressMax;
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();
    private int connections;

    ConnectionBounds(final int connectionsMax, final int perAddressMax) {
        this.connectionsMax = connectionsMax;
        this.perAddressMax = perAddressMax;
    }

    /**
     * Counts one more connection, unless a limit is reached.
     *
     * @param address the client's address.
     * @return null if it was counted, else the limit that was reached, for the log.
     */
    synchronized String enter(final InetAddress address) {
        if (connections >= connectionsMax) {
            return "there are " + connections + " connections, and no more are allowed";
        }
        final int same = byAddress.getOrDefault(address, 0);
        if (same >= perAddressMax) {
            return "its address has " + same + " connections, and no more are allowed";
        }
        byAddress.put(address, same + 1);
        connections++;
        return null;
    }

    /** Counts the end of a connection that {@link #enter} counted. */
    synchronized void leave(final InetAddress address) {
        connections--;
        final int same = byAddress.get(address);
        if (same == 1) {
            byAddress.remove(address);
        } else {
            byAddress.put(address, same - 1);
        }
    }
}
