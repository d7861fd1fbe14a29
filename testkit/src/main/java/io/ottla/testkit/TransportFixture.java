package io.ottla.testkit;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A transport with its clients, all on one thread: agents are stepped by hand, and clients are pumped between the steps.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class TransportFixture implements AutoCloseable {
    private static final long TIMEOUT_NS = 20_000_000_000L;

    /** Enough for bytes on a loopback to pass through everything; for showing that nothing more happens. */
    private static final int STEPS_UNTIL_QUIET = 50;

    /** What to do with a frame. */
    @FunctionalInterface
    interface OnFrame {
        void accept(Exchange exchange, ByteBuffer frame) throws IOException;
    }

    private final Transport transport;
    private final List<InetSocketAddress> addresses;
    private final List<FrameClient> clients = new ArrayList<>();
    private final List<Connection> connected = new ArrayList<>();
    private final List<Connection> disconnected = new ArrayList<>();
    private final Map<Connection, NetworkAgent> owners = new HashMap<>();
    private OnFrame onFrame = TransportFixture::echo;
    private Runnable onConnect = () -> {};
    private Runnable onDisconnect = () -> {};
    private int handled;
    private boolean agentsClosed;

    private TransportFixture(
            final TransportProvider provider,
            final Clock clock,
            final TransportConfig config,
            final List<ListenerSpec> listeners) {
        transport = provider.create(config, clock, RecordingHandler::new);
        try {
            addresses = transport.bind(listeners);
        } catch (final IOException e) {
            transport.close();
            throw new AssertionError(e);
        }
    }

    static TransportFixture open(
            final TransportProvider provider,
            final Clock clock,
            final TransportConfig config,
            final ListenerSpec... listeners) {
        return new TransportFixture(
                provider,
                clock,
                config,
                listeners.length == 0 ? List.of(new ListenerSpec("TEST", "127.0.0.1", 0)) : List.of(listeners));
    }

    /** Answers with the same bytes. */
    static void echo(final Exchange exchange, final ByteBuffer frame) {
        exchange.response().ensure(frame.remaining()).put(frame);
        exchange.send();
    }

    /** Answers with some bytes. */
    static void answer(final Exchange exchange, final byte[] bytes) {
        exchange.response().ensure(bytes.length).put(bytes);
        exchange.send();
    }

    static byte[] bytes(final ByteBuffer frame) {
        final byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    Transport transport() {
        return transport;
    }

    List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** Connections that the handler was told of. */
    List<Connection> connected() {
        return connected;
    }

    /** Connections whose end the handler was told of. */
    List<Connection> disconnected() {
        return disconnected;
    }

    /** How many frames the handler was given. */
    int handled() {
        return handled;
    }

    TransportFixture onFrame(final OnFrame action) {
        onFrame = action;
        return this;
    }

    TransportFixture onConnect(final Runnable action) {
        onConnect = action;
        return this;
    }

    TransportFixture onDisconnect(final Runnable action) {
        onDisconnect = action;
        return this;
    }

    /** A client of the first listener. */
    FrameClient connect() {
        return connect(addresses.getFirst(), -1);
    }

    FrameClient connect(final InetSocketAddress address, final int receiveBufferBytes) {
        final FrameClient client = FrameClient.connect(address, receiveBufferBytes);
        clients.add(client);
        return client;
    }

    /** One duty cycle of every agent, and what clients can send and receive. */
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
                fail("never happened: " + what);
            }
        }
    }

    void stepUntilQuiet() {
        for (int i = 0; i < STEPS_UNTIL_QUIET; i++) {
            step();
            Thread.yield();
        }
    }

    void closeAgents() {
        agentsClosed = true;
        transport.agents().forEach(NetworkAgent::onClose);
    }

    @Override
    public void close() {
        clients.forEach(FrameClient::close);
        if (!agentsClosed) {
            closeAgents();
        }
        transport.close();
    }

    private final class RecordingHandler implements FrameHandler {
        private final NetworkAgent agent;

        RecordingHandler(final NetworkAgent agent) {
            this.agent = agent;
        }

        @Override
        public void onConnect(final Connection connection) {
            if (owners.put(connection, agent) != null || connection.agent() != agent) {
                fail("connected twice or to another agent: " + connection);
            }
            connected.add(connection);
            onConnect.run();
        }

        @Override
        public void onFrame(final Exchange exchange, final ByteBuffer frame) {
            checkOpen(exchange.connection());
            handled++;
            try {
                onFrame.accept(exchange, frame);
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void onDisconnect(final Connection connection) {
            checkOpen(connection);
            disconnected.add(connection);
            onDisconnect.run();
        }

        private void checkOpen(final Connection connection) {
            if (owners.get(connection) != agent || disconnected.contains(connection)) {
                fail("not connected, or to another agent: " + connection);
            }
        }
    }
}
