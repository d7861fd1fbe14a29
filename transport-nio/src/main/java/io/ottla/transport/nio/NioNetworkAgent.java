package io.ottla.transport.nio;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.Timers;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.TransportConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The owner of a selector and its connections. Only {@link #proxy()} and {@link #take} are for other threads. */
final class NioNetworkAgent implements NetworkAgent {
    private static final Logger LOGGER = LoggerFactory.getLogger(NioNetworkAgent.class);

    /** One read takes up to so much of one connection; a longer request gets a buffer of its own. */
    static final int READ_BYTES_MAX = 128 << 10;

    /** Responses up to so long in all leave with one system call. */
    static final int WRITE_BYTES_MAX = 128 << 10;

    /** So that commands which queue commands don't hold up the sockets. */
    private static final int COMMANDS_PER_CYCLE_MAX = 1024;

    private final int index;
    private final TransportConfig config;
    private final Clock clock;
    private final ConnectionBounds bounds;
    private final DeadlineTimers timers;
    private final BufferPool buffers = new BufferPool();
    private final IdleConnections connections;
    private final Consumer<SelectionKey> onSelected = this::onSelected;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES_MAX);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(WRITE_BYTES_MAX);
    private FrameHandler handler;
    private Selector selector;
    private NioListener[] listeners = {};
    private NioConnection firstUnsettled;
    private NioConnection lastUnsettled;
    private long nowNs;

    // What other threads touch.
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Queue<Dealer.Accepted> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final AgentProxy proxy = this::execute;
    private volatile boolean closed;

    NioNetworkAgent(final int index, final TransportConfig config, final Clock clock, final ConnectionBounds bounds) {
        this.index = index;
        this.config = config;
        this.clock = clock;
        this.bounds = bounds;
        this.timers = new DeadlineTimers(clock);
        this.connections = new IdleConnections(this, config.idleMs());
    }

    void handler(final FrameHandler newHandler) {
        handler = newHandler;
    }

    void openSelector() throws IOException {
        selector = Selector.open();
    }

    void listen(final ServerSocketChannel server, final String name, final Dealer dealer) throws IOException {
        final NioListener listener = new NioListener(this, server, name, dealer);
        listener.key(server.register(selector, SelectionKey.OP_ACCEPT, listener));
        listeners = Arrays.copyOf(listeners, listeners.length + 1);
        listeners[listeners.length - 1] = listener;
    }

    @Override
    public String roleName() {
        return "network-" + index;
    }

    @Override
    public AgentProxy proxy() {
        return proxy;
    }

    @Override
    public Timers timers() {
        return timers;
    }

    TransportConfig config() {
        return config;
    }

    FrameHandler handler() {
        return handler;
    }

    BufferPool buffers() {
        return buffers;
    }

    ByteBuffer readBuffer() {
        return readBuffer;
    }

    ByteBuffer writeBuffer() {
        return writeBuffer;
    }

    IdleConnections connections() {
        return connections;
    }

    ConnectionBounds bounds() {
        return bounds;
    }

    /** The time when the present duty cycle began or last woke up. */
    long nowNs() {
        return nowNs;
    }

    /** Takes an accepted socket. For any thread. */
    void take(final Dealer.Accepted socket) {
        accepted.add(socket);
        if (closed) {
            closeAccepted();
        } else {
            wake();
        }
    }

    private void execute(final Runnable command) {
        commands.add(command);
        wake();
    }

    private void wake() {
        // A wakeup is a system call: one for each sleep is enough.
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    @Override
    public int doWork() throws IOException {
        if (closed) {
            return 0;
        }
        // Whoever interrupts an agent means no harm, but a selector would spin, and a file being sent would be closed.
        Thread.interrupted();
        nowNs = clock.nanoTime();
        int work = adoptAccepted() + runCommands() + pollTimers();
        settle();
        work += select();
        Thread.interrupted();
        settle();
        return work;
    }

    private int adoptAccepted() {
        int adopted = 0;
        for (Dealer.Accepted socket = accepted.poll(); socket != null; socket = accepted.poll()) {
            adopted++;
            adopt(socket);
        }
        return adopted;
    }

    private void adopt(final Dealer.Accepted socket) {
        final NioConnection connection;
        try {
            connection = new NioConnection(this, socket);
        } catch (final Throwable e) {
            LOGGER.error("A client of {} can't be served", socket.listener(), e);
            refuse(socket);
            return;
        }
        connection.open(selector);
    }

    private void refuse(final Dealer.Accepted socket) {
        bounds.leave(socket.remote().getAddress());
        Closing.quietly(socket.channel());
    }

    private int runCommands() {
        int ran = 0;
        Runnable command;
        while (ran < COMMANDS_PER_CYCLE_MAX && (command = commands.poll()) != null) {
            ran++;
            try {
                command.run();
            } catch (final Throwable e) {
                LOGGER.error("A command of {} failed", roleName(), e);
            }
        }
        return ran;
    }

    private int pollTimers() {
        try {
            return timers.poll();
        } catch (final Throwable e) {
            LOGGER.error("A timer of {} failed", roleName(), e);
            return 1;
        }
    }

    private int select() throws IOException {
        if (selector == null) {
            return 0;
        }
        if (!config.blocking()) {
            return selector.selectNow(onSelected);
        }
        asleep.set(true);
        try {
            // A command that came in before could not know that this agent would sleep.
            if (hasCommands()) {
                return selector.selectNow(onSelected);
            }
            final long sleepMs = timers.sleepMs();
            // A timeout of 0 would be none.
            return sleepMs == 0
                    ? selector.selectNow(onSelected)
                    : selector.select(onSelected, sleepMs == Long.MAX_VALUE ? 0 : sleepMs);
        } finally {
            asleep.set(false);
        }
    }

    private boolean hasCommands() {
        return !commands.isEmpty() || !accepted.isEmpty();
    }

    private void onSelected(final SelectionKey key) {
        if (asleep.get()) {
            asleep.set(false);
            Thread.interrupted();
            nowNs = clock.nanoTime();
        }
        try {
            if (key.attachment() instanceof final NioConnection connection) {
                connection.onReady(key);
            } else {
                ((NioListener) key.attachment()).accept();
            }
            settle();
        } catch (final Throwable e) {
            // Whatever it is, it must neither end this agent nor come again at once.
            key.cancel();
            Closing.quietly(key.channel());
            LOGGER.error("{} gave up a socket", roleName(), e);
        }
    }

    /**
     * Sees to a connection again before this agent sleeps, once: writes what can leave, and reads on or closes.
     *
     * @param connection one of this agent's.
     */
    void unsettled(final NioConnection connection) {
        if (connection.unsettled()) {
            return;
        }
        connection.unsettled(true);
        connection.nextUnsettled(null);
        if (lastUnsettled == null) {
            firstUnsettled = connection;
        } else {
            lastUnsettled.nextUnsettled(connection);
        }
        lastUnsettled = connection;
    }

    private void settle() {
        while (firstUnsettled != null) {
            final NioConnection connection = firstUnsettled;
            firstUnsettled = connection.nextUnsettled();
            if (firstUnsettled == null) {
                lastUnsettled = null;
            }
            connection.unsettled(false);
            connection.settle();
        }
    }

    private void closeAccepted() {
        for (Dealer.Accepted socket = accepted.poll(); socket != null; socket = accepted.poll()) {
            refuse(socket);
        }
    }

    @Override
    public void onClose() {
        if (closed) {
            return;
        }
        closed = true;
        Thread.interrupted();
        for (final NioListener listener : listeners) {
            listener.close();
        }
        closeAccepted();
        for (NioConnection connection = connections.first(); connection != null; connection = connections.first()) {
            connection.disconnect();
        }
        if (selector != null) {
            try {
                selector.close();
            } catch (final IOException e) {
                LOGGER.debug("Closing the selector of {} failed", roleName(), e);
            }
        }
    }
}
