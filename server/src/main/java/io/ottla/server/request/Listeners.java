package io.ottla.server.request;

import io.ottla.api.transport.Connection;
import io.ottla.server.config.AdvertisedListener;
import java.net.InetSocketAddress;
import java.util.List;

/** Returns the addresses that are advertised to clients. Immutable. */
public final class Listeners {
    private final List<AdvertisedListener> advertised;

    /**
     * Creates the listeners of a broker.
     *
     * @param advertised the configured addresses, by listener. Not all listeners need one.
     */
    public Listeners(final List<AdvertisedListener> advertised) {
        this.advertised = List.copyOf(advertised);
    }

    /**
     * Returns the address that is advertised to a client, according to the listener of its connection.
     *
     * @param connection the client's connection.
     * @return host and port; the address that the client connected to if none is configured.
     */
    AdvertisedListener advertised(final Connection connection) {
        final String name = connection.listener();
        for (int i = 0; i < advertised.size(); i++) {
            if (advertised.get(i).name().equals(name)) {
                return advertised.get(i);
            }
        }
        final InetSocketAddress address = connection.localAddress();
        return new AdvertisedListener(name, hostOf(address), address.getPort());
    }

    /**
     * Formats an address for clients.
     *
     * @param address the address, which is resolved.
     * @return its digits, without the name of a network interface, which is meaningless on another machine.
     */
    public static String hostOf(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        final int scope = host.indexOf('%');
        return scope < 0 ? host : host.substring(0, scope);
    }
}
