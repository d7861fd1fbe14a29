package io.ottla.testkit;

import io.ottla.api.Clock;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A network without sockets, for tests that step a broker by hand: its transports listen and its clients connect within
 * the process, all on the thread of the test. Bytes in transit are kept by the client, so nothing takes time or fills
 * up unless a test limits what a client reads.
 *
 * <ol>
 *   <li>Every transport that it creates follows the transport's contract, and keeps all limits of its configuration but
 *       those that only sockets have: buffers and the backlog.
 *   <li>Addresses are only compared, so any address may be bound. A port may be bound once for each address.
 *   <li>An agent reads, answers and notices ends within its duty cycles. {@link LocalClient#deliver()} does so for one
 *       connection ahead of them.
 *   <li>A frame is overwritten when its handler returns, so that a test detects a handler that keeps one.
 * </ol>
 *
 * <p><b>Note:</b> not thread-safe, except for the agents' proxies.
 */
public final class LocalTransportProvider implements TransportProvider {
    private static final int EPHEMERAL_PORT_FIRST = 32_768;
    private static final int EPHEMERAL_PORTS = 32_768;

    private final List<Bound> listeners = new ArrayList<>();
    private int ephemeralPorts;

    /** Creates a network without listeners. */
    public LocalTransportProvider() {}

    /** An address that a transport listens on. */
    private record Bound(ListenerSpec spec, InetSocketAddress address, LocalTransport transport) {
        private boolean takes(final InetSocketAddress target) {
            return address.getPort() == target.getPort() && (isAny(address) || isAny(target) || address.equals(target));
        }
    }

    private static boolean isAny(final InetSocketAddress address) {
        return address.getAddress() != null && address.getAddress().isAnyLocalAddress();
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if its agents should block: nothing could wake them.
     */
    @Override
    public Transport create(final TransportConfig config, final Clock clock, final FrameHandlerFactory handlers) {
        if (config.blocking()) {
            throw new IllegalArgumentException("a local transport is stepped by hand, and never blocks");
        }
        return new LocalTransport(this, config, clock, handlers);
    }

    /**
     * Connects a client. The transport's agents get connections in turn.
     *
     * @param address an address that a transport has bound; or any address with its port if it has bound all.
     * @return a client, which is served after the agent's next duty cycle begins.
     * @throws IllegalArgumentException if nothing listens there.
     */
    public LocalClient connect(final InetSocketAddress address) {
        final LocalTransport transport = listener(address).transport;
        return connect(address, transport.nextAgent());
    }

    /**
     * Connects a client to a given agent.
     *
     * @param address as for {@link #connect(InetSocketAddress)}.
     * @param agent the agent's index in {@link Transport#agents()}.
     * @return a client, which is served after the agent's next duty cycle begins.
     * @throws IllegalArgumentException if nothing listens there.
     */
    public LocalClient connect(final InetSocketAddress address, final int agent) {
        return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ephemeralPort()), address, agent);
    }

    /**
     * Connects a client from a given address.
     *
     * @param localHost the client's host.
     * @param address as for {@link #connect(InetSocketAddress)}.
     * @return a client, which is served from its agent's next duty cycle on.
     * @throws IllegalArgumentException if nothing listens there.
     */
    public LocalClient connectFrom(final InetAddress localHost, final InetSocketAddress address) {
        final LocalTransport transport = listener(address).transport;
        return connect(new InetSocketAddress(localHost, ephemeralPort()), address, transport.nextAgent());
    }

    private LocalClient connect(final InetSocketAddress from, final InetSocketAddress address, final int agent) {
        final Bound listener = listener(address);
        final InetSocketAddress to =
                isAny(address) ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()) : address;
        return listener.transport.connect(new LocalClient(from, to), listener.spec.name(), agent);
    }

    private Bound listener(final InetSocketAddress address) {
        for (final Bound listener : listeners) {
            if (listener.takes(address)) {
                return listener;
            }
        }
        throw new IllegalArgumentException("nothing listens on " + address);
    }

    InetSocketAddress bind(final LocalTransport transport, final ListenerSpec spec) throws BindException {
        final int port = spec.port() == 0 ? ephemeralPort() : spec.port();
        final InetSocketAddress address =
                spec.host().isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(spec.host(), port);
        for (final Bound other : listeners) {
            if (other.takes(address)) {
                throw new BindException("listener " + spec.name() + " can't bind " + spec.host() + ":" + port
                        + ": listener " + other.spec.name() + " has it");
            }
        }
        listeners.add(new Bound(spec, address, transport));
        return address;
    }

    void unbind(final LocalTransport transport) {
        listeners.removeIf(listener -> listener.transport == transport);
    }

    private int ephemeralPort() {
        return EPHEMERAL_PORT_FIRST + ephemeralPorts++ % EPHEMERAL_PORTS;
    }
}
