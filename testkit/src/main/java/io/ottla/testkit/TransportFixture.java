package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.ottla.api.Clock;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/**
 * The base of the contract tests of a transport, which runs it and its clients on the thread of the test: agents are
 * stepped by hand, and clients are pumped between the steps.
 */
abstract class TransportFixture {
    /** The timeout, which only a failing test reaches. */
    static final long TIMEOUT_NS = 60_000_000_000L;

    /**
     * The number of steps in a row without work that show that nothing more happens, with time between them for the
     * system to carry bytes over the loopback interface.
     */
    private static final int QUIET_STEPS = 40;

    private static final int STEPS_UNTIL_QUIET_MAX = 100_000;
    private static final long PAUSE_NS = 50_000;

    /** A handler of a frame. */
    @FunctionalInterface
    interface OnFrame {
        void accept(Exchange exchange, ByteBuffer frame) throws IOException;
    }

    final ManualClock clock = new ManualClock();

    /** The connections that the handler was notified of. */
    final List<Connection> connected = new ArrayList<>();

    /** The connections whose end the handler was notified of. */
    final List<Connection> disconnected = new ArrayList<>();

    Transport transport;
    List<InetSocketAddress> addresses;

    /** The number of frames that the handler received. */
    int handled;

    OnFrame onFrame = TransportFixture::echo;
    Consumer<Connection> onConnect = connection -> {};
    Consumer<Connection> onDisconnect = connection -> {};

    private final List<FrameClient> clients = new ArrayList<>();
    private final Map<Connection, NetworkAgent> owners = new IdentityHashMap<>();
    private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
    private boolean agentsClosed;

    /**
     * Returns the transport under test.
     *
     * @return its provider.
     */
    protected abstract TransportProvider provider();

    /**
     * Connects a client to the transport under test.
     *
     * @param address an address that the transport has bound, or a loopback address if it has bound all.
     * @return a new client.
     */
    protected abstract FrameClient connectTo(InetSocketAddress address);

    /**
     * Connects a client from a given address of this machine.
     *
     * @param localHost another IP address than that of other clients.
     * @param address as for {@link #connectTo}.
     * @return a new client, or null if this machine has no such address.
     */
    protected abstract FrameClient connectFrom(String localHost, InetSocketAddress address);

    /**
     * Connects a client that is about to be slow to read.
     *
     * @param address as for {@link #connectTo}.
     * @return a new client, with the smallest possible buffer for unread bytes.
     */
    protected FrameClient connectSlowlyTo(final InetSocketAddress address) {
        return connectTo(address);
    }

    /** Returns a configuration for agents that are stepped by hand, with large limits that a test may lower. */
    static TransportConfig.Builder settings() {
        return TransportConfig.builder()
                .agents(2)
                .blocking(false)
                .frameBytesMax(64 << 20)
                .requestBytesMax(8L << 30)
                .connectionsMax(1_000)
                .connectionsPerAddressMax(1_000)
                .idleMs(60_000)
                .inFlightRequestsMax(1_000)
                .unsentBytesMax(64 << 20)
                .backlog(200);
    }

    void open(final TransportConfig.Builder settings, final ListenerSpec... listeners) {
        create(settings.build(), clock);
        bind(listeners.length == 0 ? List.of(new ListenerSpec("TEST", "127.0.0.1", 0)) : List.of(listeners));
    }

    void create(final TransportConfig config, final Clock transportClock) {
        transport = provider().create(config, transportClock, RecordingHandler::new);
    }

    void bind(final List<ListenerSpec> listeners) {
        try {
            addresses = transport.bind(listeners);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Answers with the same bytes. */
    static void echo(final Exchange exchange, final ByteBuffer frame) {
        exchange.response().ensure(frame.remaining()).put(frame);
        exchange.send();
    }

    /** Answers with some bytes. */
    static void answer(final Exchange exchange, final byte... bytes) {
        exchange.response().ensure(bytes.length).put(bytes);
        exchange.send();
    }

    static byte[] bytes(final ByteBuffer frame) {
        final byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    /** Connects a client to the first listener. */
    FrameClient connect() {
        return connect(connectTo(addresses.getFirst()));
    }

    /** Connects a client to the first listener that reads nothing until it is permitted to. */
    FrameClient connectSlowReader() {
        final FrameClient client = connect(connectSlowlyTo(addresses.getFirst()));
        client.readBytesMax(0);
        return client;
    }

    FrameClient connect(final FrameClient client) {
        clients.add(client);
        return client;
    }

    /** Returns the connection of a client, after the handler was notified of it. */
    Connection connectionOf(final FrameClient client) {
        final InetSocketAddress address = client.localAddress();
        stepUntil("connection from " + address, () -> find(address) != null);
        return find(address);
    }

    private Connection find(final InetSocketAddress address) {
        for (final Connection connection : connected) {
            if (connection.remoteAddress().equals(address)) {
                return connection;
            }
        }
        return null;
    }

    /** Runs one duty cycle of every agent, and pumps the clients. */
    int step() {
        clients.forEach(FrameClient::pump);
        int work = 0;
        for (final NetworkAgent agent : transport.agents()) {
            try {
                work += agent.doWork();
            } catch (final Exception e) {
                throw new AssertionError("an agent must survive everything", e);
            }
        }
        clients.forEach(FrameClient::pump);
        return work;
    }

    void stepUntil(final String what, final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (step() == 0) {
                Thread.yield();
            }
            if (System.nanoTime() - startNs > TIMEOUT_NS) {
                fail("never happened: " + what + "; problems: " + problems);
            }
        }
    }

    void stepUntilQuiet() {
        int quiet = 0;
        for (int i = 0; quiet < QUIET_STEPS && i < STEPS_UNTIL_QUIET_MAX; i++) {
            final long before = pendingBytes();
            final boolean worked = step() > 0 || pendingBytes() != before;
            quiet = worked ? 0 : quiet + 1;
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** Returns a number that changes whenever a client sends or receives bytes. */
    private long pendingBytes() {
        long bytes = 0;
        for (final FrameClient client : clients) {
            bytes += client.receivedBytes() - client.unsentBytes();
        }
        return bytes;
    }

    /** Advances the clock as a running broker would see it: in small steps with a duty cycle after each. */
    void advanceMs(final long durationMs) {
        for (long done = 0; done < durationMs; done += Math.max(1, durationMs / 16)) {
            clock.advanceMs(Math.min(Math.max(1, durationMs / 16), durationMs - done));
            step();
        }
        stepUntilQuiet();
    }

    void assertServed(final FrameClient client) {
        final int before = client.frames().size();
        client.send(new byte[] {42});
        stepUntil("answer to another client", () -> client.frames().size() > before);
        assertThat(client.frames().getLast()).containsExactly(42);
    }

    void assertClosed(final FrameClient client) {
        stepUntil("the end of the connection", client::ended);
    }

    void closeAgents() {
        agentsClosed = true;
        transport.agents().forEach(NetworkAgent::onClose);
    }

    void problem(final String what) {
        problems.add(what);
    }

    @AfterEach
    void closeTransport() {
        clients.forEach(FrameClient::close);
        if (transport != null) {
            if (!agentsClosed) {
                closeAgents();
            }
            transport.close();
        }
        assertThat(problems).isEmpty();
        assertThat(disconnected).as("the ends of all connections").containsExactlyInAnyOrderElementsOf(connected);
    }

    private final class RecordingHandler implements FrameHandler {
        private final NetworkAgent agent;

        RecordingHandler(final NetworkAgent agent) {
            this.agent = agent;
        }

        @Override
        public void onConnect(final Connection connection) {
            synchronized (owners) {
                if (owners.put(connection, agent) != null || connection.agent() != agent) {
                    problem("connected twice or to another agent: " + connection);
                }
                connected.add(connection);
            }
            onConnect.accept(connection);
        }

        @Override
        public void onFrame(final Exchange exchange, final ByteBuffer frame) {
            synchronized (owners) {
                checkOpen("frame", exchange.connection());
                handled++;
            }
            try {
                onFrame.accept(exchange, frame);
            } catch (final IOException e) {
                problem("reading a frame failed: " + e);
            }
        }

        @Override
        public void onDisconnect(final Connection connection) {
            synchronized (owners) {
                checkOpen("disconnect", connection);
                disconnected.add(connection);
            }
            onDisconnect.accept(connection);
        }

        private void checkOpen(final String what, final Connection connection) {
            if (!owners.containsKey(connection) || connection.agent() != agent) {
                problem(what + " without connect, or on another agent: " + connection);
            }
            if (disconnected.contains(connection)) {
                problem(what + " after disconnect: " + connection);
            }
        }
    }
}
