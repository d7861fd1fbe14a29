package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.Timers;
import io.ottla.api.codec.FrameWriter;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import io.ottla.codec.GrowingFrameWriter;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;

/** A transport without sockets: tests put frames in and take frames out, on one thread. */
final class LocalTransport implements TransportProvider, Transport {
    private final int agentCount;
    private final List<NetworkAgent> agents = new ArrayList<>();
    private List<ListenerSpec> listeners;
    private long lastConnectionId;

    LocalTransport(final int agentCount) {
        this.agentCount = agentCount;
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Transport create(final TransportConfig config, final Clock clock, final FrameHandlerFactory handlers) {
        for (int i = 0; i < agentCount; i++) {
            final LocalAgent agent = new LocalAgent(clock);
            agents.add(agent);
            agent.handler = handlers.create(agent);
        }
        return this;
    }

    @Override
    public List<InetSocketAddress> bind(final List<ListenerSpec> specs) {
        listeners = specs;
        final List<InetSocketAddress> addresses = new ArrayList<>();
        for (final ListenerSpec spec : specs) {
            addresses.add(new InetSocketAddress(spec.host().isEmpty() ? "0.0.0.0" : spec.host(), 9092));
        }
        return addresses;
    }

    @Override
    public List<NetworkAgent> agents() {
        return agents;
    }

    @Override
    public void close() {}

    LocalConnection connect(final int agent, final String listener, final InetSocketAddress localAddress) {
        final LocalAgent owner = (LocalAgent) agents.get(agent);
        final LocalConnection connection = new LocalConnection(++lastConnectionId, owner, listener, localAddress);
        owner.connections.add(connection);
        owner.handler.onConnect(connection);
        return connection;
    }

    String firstListener() {
        return listeners.getFirst().name();
    }

    /** Runs what tests and other agents queued. */
    static final class LocalAgent implements NetworkAgent, AgentProxy {
        private final Queue<Runnable> commands = new ArrayDeque<>();
        private final List<LocalConnection> connections = new ArrayList<>();
        private final DeadlineTimers timers;
        private FrameHandler handler;

        LocalAgent(final Clock clock) {
            timers = new DeadlineTimers(clock);
        }

        @Override
        public AgentProxy proxy() {
            return this;
        }

        @Override
        public Timers timers() {
            return timers;
        }

        @Override
        public void execute(final Runnable command) {
            commands.add(command);
        }

        @Override
        public int doWork() {
            int work = 0;
            for (int left = commands.size(); left > 0; left--) {
                commands.remove().run();
                work++;
            }
            return work + timers.poll();
        }

        @Override
        public void onClose() {
            List.copyOf(connections).forEach(LocalConnection::close);
        }

        @Override
        public String roleName() {
            return "local";
        }
    }

    /** A client's connection, seen from both ends. */
    static final class LocalConnection implements Connection {
        private final long id;
        private final LocalAgent agent;
        private final String listener;
        private final InetSocketAddress localAddress;
        private final Deque<ByteBuffer> unread = new ArrayDeque<>();
        private final Queue<LocalExchange> exchanges = new ArrayDeque<>();
        private final Queue<ByteBuffer> responses = new ArrayDeque<>();
        private LocalExchange postponed;
        private Object attachment;
        private boolean closed;

        LocalConnection(
                final long id, final LocalAgent agent, final String listener, final InetSocketAddress localAddress) {
            this.id = id;
            this.agent = agent;
            this.listener = listener;
            this.localAddress = localAddress;
        }

        /** Sends a request, as if it had just been read. */
        void send(final ByteBuffer frame) {
            if (closed) {
                throw new IllegalStateException("the connection is closed");
            }
            unread.add(frame);
            if (postponed == null) {
                readOn();
            }
        }

        private void readOn() {
            while (!closed && !unread.isEmpty()) {
                LocalExchange exchange = postponed;
                postponed = null;
                if (exchange == null) {
                    exchange = new LocalExchange(this);
                    exchanges.add(exchange);
                }
                final ByteBuffer frame = unread.remove();
                final int start = frame.position();
                final int end = frame.limit();
                agent.handler.onFrame(exchange, frame);
                if (postponed != null) {
                    final ByteBuffer moved = ByteBuffer.allocate(end - start);
                    moved.put(0, frame.clear(), start, end - start);
                    unread.addFirst(moved);
                    while (frame.hasRemaining()) {
                        frame.put((byte) 99);
                    }
                    return;
                }
            }
        }

        private boolean resume() {
            if (!closed) {
                agent.commands.add(this::readOn);
            }
            return !closed;
        }

        /** Takes the next response, or null if there is none yet. */
        ByteBuffer receive() {
            return responses.poll();
        }

        boolean isClosed() {
            return closed;
        }

        private void flush() {
            while (!exchanges.isEmpty() && exchanges.peek().done) {
                final LocalExchange exchange = exchanges.remove();
                if (!exchange.skipped) {
                    responses.add(exchange.writer.toByteBuffer());
                }
            }
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public NetworkAgent agent() {
            return agent;
        }

        @Override
        public String listener() {
            return listener;
        }

        @Override
        public InetSocketAddress localAddress() {
            return localAddress;
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return new InetSocketAddress("127.0.0.1", 50_000);
        }

        @Override
        public Principal tlsPrincipal() {
            return null;
        }

        @Override
        public Object attachment() {
            return attachment;
        }

        @Override
        public void attach(final Object newAttachment) {
            attachment = newAttachment;
        }

        @Override
        public void mute(final long durationMs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                agent.connections.remove(this);
                agent.handler.onDisconnect(this);
            }
        }
    }

    private static final class LocalExchange implements Exchange {
        private final LocalConnection connection;
        private final GrowingFrameWriter writer = new GrowingFrameWriter();
        private boolean done;
        private boolean skipped;

        LocalExchange(final LocalConnection connection) {
            this.connection = connection;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public FrameWriter response() {
            return writer;
        }

        @Override
        public void send() {
            end(false);
        }

        @Override
        public void skip() {
            end(true);
        }

        @Override
        public void postpone() {
            connection.postponed = this;
        }

        @Override
        public boolean resume() {
            return connection.resume();
        }

        private void end(final boolean skip) {
            if (done) {
                throw new IllegalStateException("an exchange ends only once");
            }
            done = true;
            skipped = skip;
            connection.flush();
        }
    }
}
