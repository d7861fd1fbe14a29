package io.ottla.transport.nio;

import io.ottla.api.Clock;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A transport of agents with a selector each. The first agent accepts connections and serves all of them as long as it
 * has the time; others are started when they are needed. See {@link Workload}.
 */
final class NioTransport implements Transport {
    private final TransportConfig config;
    private final NioNetworkAgent[] agents;
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private final ConnectionBounds bounds;
    private final BufferMemory memory;

    NioTransport(final TransportConfig config, final Clock clock, final FrameHandlerFactory handlers) {
        this.config = config;
        this.bounds = new ConnectionBounds(config.connectionsMax(), config.connectionsPerAddressMax());
        this.agents = new NioNetworkAgent[config.agents()];
        this.memory = new BufferMemory(
                config.requestBytesMax(), config.frameBytesMax(), this::memoryGiven, this::memoryScarce);
        final Workload[] workloads = new Workload[agents.length];
        for (int i = 0; i < agents.length; i++) {
            agents[i] = new NioNetworkAgent(i, agents, workloads, config, clock, bounds, memory);
            agents[i].handler(handlers.create(agents[i]));
        }
    }

    private void memoryGiven() {
        for (final NioNetworkAgent agent : agents) {
            agent.memoryWatch().memoryGiven();
        }
    }

    private void memoryScarce() {
        for (final NioNetworkAgent agent : agents) {
            agent.memoryWatch().memoryScarce();
        }
    }

    @Override
    public List<InetSocketAddress> bind(final List<ListenerSpec> listeners) throws IOException {
        final List<InetSocketAddress> bound = new ArrayList<>(listeners.size());
        for (final NioNetworkAgent agent : agents) {
            agent.openSelector();
        }
        final Dealer dealer = new Dealer(agents[0], bounds, config);
        for (final ListenerSpec listener : listeners) {
            final ServerSocketChannel server = ServerSocketChannel.open();
            servers.add(server);
            try {
                listen(server, listener);
            } catch (final IOException | IllegalArgumentException e) {
                throw new IOException(
                        "can't listen on " + listener.name() + "://" + listener.host() + ":" + listener.port() + ": "
                                + (e instanceof UnknownHostException ? "unknown host" : e.getMessage()),
                        e);
            }
            agents[0].listen(server, listener.name(), dealer);
            bound.add((InetSocketAddress) server.getLocalAddress());
        }
        return List.copyOf(bound);
    }

    private void listen(final ServerSocketChannel server, final ListenerSpec listener) throws IOException {
        final InetSocketAddress address = listener.host().isEmpty()
                ? new InetSocketAddress(listener.port())
                : new InetSocketAddress(InetAddress.getByName(listener.host()), listener.port());
        if (config.receiveBufferBytes() > 0) {
            // Before the bind, because accepted sockets inherit it and the window scale is negotiated in the handshake.
            server.setOption(StandardSocketOptions.SO_RCVBUF, config.receiveBufferBytes());
        }
        server.configureBlocking(false);
        server.bind(address, config.backlog());
    }

    BufferMemory memory() {
        return memory;
    }

    @Override
    public void run(final Consumer<NetworkAgent> runner) {
        for (final NioNetworkAgent agent : agents) {
            agent.runner(runner);
        }
        agents[0].run();
    }

    @Override
    public List<NetworkAgent> agents() {
        return List.of(agents);
    }

    @Override
    public void close() {
        for (final ServerSocketChannel server : servers) {
            Closing.quietly(server);
        }
        for (final NioNetworkAgent agent : agents) {
            agent.onClose();
        }
    }
}
