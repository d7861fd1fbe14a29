package io.ottla.server.request;

import io.ottla.api.transport.Connection;
import io.ottla.server.config.AdvertisedListener;
import java.net.InetSocketAddress;
import java.util.List;

/** Where clients are told to find this broker. Immutable. */
public final class Listeners {
    private final List<AdvertisedListener> advertised;

    /**
     * The listeners of a broker.
     *
     * @param advertised what is configured to be told, by the listener that a client came in by. It need not have all listeners.
     */
    public Listeners(final List<AdvertisedListener> advertised) {
        this.advertised = List.copyOf(advertised);
    }

    /**
     * Where a client is told to find this broker: at the listener that it came in by.
     *
     * @param connection the client's.
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
     * An address as clients take it.
     *
     * @param address a resolved address.
     * @return its digits, without the name of a network interface, which means nothing on another machine.
     */
    public static String hostOf(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        final int scope = host.indexOf('%');
        return scope < 0 ? host : host.substring(0, scope);
    }
}
