package io.ottla.testkit;

import io.ottla.api.Clock;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A transport of {@link LocalTransportProvider}. */
final class LocalTransport implements Transport {
    private final LocalTransportProvider network;
    private final TransportConfig config;
    private final List<NetworkAgent> agents;
    private final Map<InetAddress, Integer> connectionsByAddress = new HashMap<>();
    private int connections;
    private long lastConnectionId;
    private int lastAgent = -1;

    LocalTransport(
            final LocalTransportProvider network,
            final TransportConfig config,
            final Clock clock,
            final FrameHandlerFactory handlers) {
        this.network = network;
        this.config = config;
        final List<NetworkAgent> created = new ArrayList<>();
        for (int i = 0; i < config.agents(); i++) {
            created.add(new LocalAgent(i, this, clock, handlers));
        }
        this.agents = List.copyOf(created);
    }

    @Override
    public List<InetSocketAddress> bind(final List<ListenerSpec> specs) throws IOException {
        final List<InetSocketAddress> addresses = new ArrayList<>();
        for (final ListenerSpec spec : specs) {
            addresses.add(network.bind(this, spec));
        }
        return addresses;
    }

    @Override
    public List<NetworkAgent> agents() {
        return agents;
    }

    @Override
    public void close() {
        network.unbind(this);
    }

    TransportConfig config() {
        return config;
    }

    int nextAgent() {
        lastAgent = (lastAgent + 1) % agents.size();
        return lastAgent;
    }

    LocalClient connect(final LocalClient client, final String listener, final int agent) {
        final LocalAgent owner = (LocalAgent) agents.get(agent);
        final LocalConnection connection = new LocalConnection(++lastConnectionId, owner, listener, client);
        client.connected(connection);
        owner.add(connection);
        return client;
    }

    /** Counts a new connection; returns false if there are too many. */
    boolean admit(final LocalConnection connection) {
        final InetAddress host = connection.remoteAddress().getAddress();
        final int sameHost = connectionsByAddress.getOrDefault(host, 0);
        if (connections >= config.connectionsMax() || sameHost >= config.connectionsPerAddressMax()) {
            return false;
        }
        connections++;
        connectionsByAddress.put(host, sameHost + 1);
        return true;
    }

    /** Counts the end of an admitted connection. */
    void forget(final LocalConnection connection) {
        connections--;
        connectionsByAddress.computeIfPresent(
                connection.remoteAddress().getAddress(), (host, count) -> count == 1 ? null : count - 1);
    }
}
