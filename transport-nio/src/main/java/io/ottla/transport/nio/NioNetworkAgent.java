package io.ottla.transport.nio;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.SafeLog;
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

/**
 * An agent that owns a selector and its connections. Other threads may only call {@link #proxy()}, {@link #run} and
 * {@link #take}.
 */
final class NioNetworkAgent implements NetworkAgent {
    private static final Logger LOGGER = LoggerFactory.getLogger(NioNetworkAgent.class);

    /** The most bytes of one read; a longer request gets a buffer of its own. */
    static final int READ_BYTES_MAX = 128 << 10;

    /** The most bytes of responses that are written with one system call. */
    static final int WRITE_BYTES_MAX = 128 << 10;

    /** The most commands in a cycle, so that commands which queue commands don't delay the sockets. */
    private static final int COMMANDS_PER_CYCLE_MAX = 1024;

    /** The failed duty cycles in a row after which the agent fails, and with it the broker. */
    private static final int FAILED_CYCLES_MAX = 100;

    private final int index;
    private final TransportConfig config;
    private final Clock clock;
    private final ConnectionBounds bounds;
    private final DeadlineTimers timers;
    private final BufferPool buffers;
    private final MemoryWatch memoryWatch;
    private final IdleConnections connections;
    private final Consumer<SelectionKey> onSelected = this::onSelected;
    private final NioNetworkAgent[] peers;
    private final Workload workload;
    private ByteBuffer readBuffer;
    private ByteBuffer writeBuffer;
    private FrameHandler handler;
    private Selector selector;
    private NioListener[] listeners = {};
    private NioConnection firstUnsettled;
    private NioConnection lastUnsettled;
    private long nowNs;
    private boolean selectSkipped;
    private int failedCycles;

    // The fields that other threads use.
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Queue<NioConnection> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final AgentProxy proxy = this::execute;
    private Consumer<NetworkAgent> runner;
    private volatile boolean isCommandLost;
    private volatile boolean closed;

    /**
     * Creates an agent without a selector.
     *
     * @param index its index among its peers.
     * @param peers all agents of the transport, which may be created later.
     * @param workloads their workloads; that of this agent is created here.
     * @param config the transport's configuration.
     * @param clock the clock.
     * @param bounds counts connections.
     * @param memory counts the memory of buffers.
     */
    NioNetworkAgent(
            final int index,
            final NioNetworkAgent[] peers,
            final Workload[] workloads,
            final TransportConfig config,
            final Clock clock,
            final ConnectionBounds bounds,
            final BufferMemory memory) {
        this.index = index;
        this.peers = peers;
        this.workload = new Workload(index, workloads, clock.nanoTime());
        workloads[index] = workload;
        this.config = config;
        this.clock = clock;
        this.bounds = bounds;
        this.buffers = new BufferPool(memory);
        this.memoryWatch = new MemoryWatch(this, memory);
        this.timers = new DeadlineTimers(clock);
        this.connections = new IdleConnections(this, config.idleMs());
        Closing.load();
        SafeLog.load();
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

    MemoryWatch memoryWatch() {
        return memoryWatch;
    }

    /** Returns the read buffer, which is created for the first connection: many brokers need only one agent. */
    ByteBuffer readBuffer() {
        if (readBuffer == null) {
            readBuffer = ByteBuffer.allocateDirect(READ_BYTES_MAX);
        }
        return readBuffer;
    }

    ByteBuffer writeBuffer() {
        if (writeBuffer == null) {
            writeBuffer = ByteBuffer.allocateDirect(WRITE_BYTES_MAX);
        }
        return writeBuffer;
    }

    Workload workload() {
        return workload;
    }

    IdleConnections connections() {
        return connections;
    }

    ConnectionBounds bounds() {
        return bounds;
    }

    /** Returns the time when the current duty cycle began or last woke up. */
    long nowNs() {
        return nowNs;
    }

    /**
     * Sets the runner that starts this agent when it gets its first connection.
     *
     * @param newRunner the runner, which is called once at most.
     */
    synchronized void runner(final Consumer<NetworkAgent> newRunner) {
        runner = newRunner;
    }

    /**
     * Starts the agent if it does not run yet. May be called by any thread.
     *
     * @return false if it can't.
     */
    synchronized boolean run() {
        final Consumer<NetworkAgent> starter = runner;
        if (starter != null) {
            runner = null;
            try {
                starter.accept(this);
            } catch (final Throwable e) {
                workload.unusable();
                SafeLog.error(LOGGER, "{} can't be started; the other agents serve its connections", roleName(), e);
            }
        }
        return workload.isUsable();
    }

    /**
     * Takes a connection that left another agent. May be called by any thread.
     *
     * @param connection the connection, which has no owner now.
     * @param giver the calling agent, which ends the connection if this agent is closed.
     */
    void take(final NioConnection connection, final NioNetworkAgent giver) {
        arrivals.add(connection);
        if (closed) {
            closeArrivals(giver);
        } else {
            wake();
        }
    }

    private void execute(final Runnable command) {
        try {
            commands.add(command);
        } catch (final Throwable e) {
            // There is no memory for a node of the queue. See below.
            isCommandLost = true;
            wake();
            throw e;
        }
        wake();
    }

    /**
     * Closes all connections after a command was lost: any of them may wait for it as its response, and clients can
     * send their requests again.
     */
    private void disconnectAll() {
        isCommandLost = false;
        SafeLog.warn(LOGGER, "{} closes its connections: there was no memory to answer one of them", roleName());
        for (NioConnection connection = connections.first(); connection != null; connection = connections.first()) {
            connection.disconnect();
        }
    }

    private void wake() {
        // A wakeup is a system call, and one for each sleep is enough.
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    @Override
    public int doWork() throws IOException {
        if (closed) {
            return 0;
        }
        try {
            final int work = cycle();
            failedCycles = 0;
            return work;
        } catch (final Throwable e) {
            // Failures of a connection or a command do not get here. This may be temporary, like a lack of memory.
            if (++failedCycles > FAILED_CYCLES_MAX || selector == null || !selector.isOpen()) {
                throw e;
            }
            SafeLog.error(LOGGER, "A duty cycle of {} failed", roleName(), e);
            return 1;
        }
    }

    private int cycle() throws IOException {
        if (isCommandLost) {
            disconnectAll();
        }
        // Interrupts are cleared: the selector would spin on one, and a file that is being sent would be closed.
        Thread.interrupted();
        awake();
        final int ran = runCommands();
        int work = ran + takeArrivals() + pollTimers();
        settle();
        work += ran > 0 ? selectAfterCommands() : select();
        Thread.interrupted();
        settle();
        if (work == 0 && !config.blocking()) {
            workload.sleeps(nowNs);
        }
        return work;
    }

    private void awake() {
        nowNs = clock.nanoTime();
        workload.awakes(nowNs);
    }

    private int takeArrivals() {
        int taken = 0;
        for (NioConnection connection = arrivals.poll(); connection != null; connection = arrivals.poll()) {
            taken++;
            workload.got();
            connection.join(this, selector);
        }
        return taken;
    }

    /**
     * Starts to serve a socket that this agent accepted.
     *
     * @param socket the socket.
     */
    void adopt(final Dealer.Accepted socket) {
        final NioConnection connection;
        try {
            connection = new NioConnection(this, socket);
        } catch (final Throwable e) {
            refuse(socket);
            SafeLog.error(LOGGER, "A client of {} can't be served", socket.listener(), e);
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
                SafeLog.error(LOGGER, "A command of {} failed", roleName(), e);
            }
        }
        return ran;
    }

    private int pollTimers() {
        try {
            return timers.poll();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "A timer of {} failed", roleName(), e);
            return 1;
        }
    }

    /**
     * Selects without sleeping after commands: one of them may have been to stop, which the caller checks between duty
     * cycles. Sockets are checked in every second such cycle, which saves a system call where a rare command is what a
     * connection waits for.
     */
    private int selectAfterCommands() throws IOException {
        if (config.blocking() && !selectSkipped) {
            selectSkipped = true;
            return 0;
        }
        selectSkipped = false;
        return selector == null ? 0 : selector.selectNow(onSelected);
    }

    private int select() throws IOException {
        selectSkipped = false;
        if (selector == null) {
            return 0;
        }
        if (!config.blocking()) {
            return selector.selectNow(onSelected);
        }
        asleep.set(true);
        try {
            // A command that was queued before could not know that this agent would sleep.
            if (hasCommands()) {
                return selector.selectNow(onSelected);
            }
            final long sleepMs = timers.sleepMs();
            if (sleepMs == 0) {
                return selector.selectNow(onSelected);
            }
            workload.sleeps(clock.nanoTime());
            // A timeout of 0 means none.
            return selector.select(onSelected, sleepMs == Long.MAX_VALUE ? 0 : sleepMs);
        } finally {
            asleep.set(false);
        }
    }

    private boolean hasCommands() {
        return !commands.isEmpty() || !arrivals.isEmpty();
    }

    private void onSelected(final SelectionKey key) {
        if (asleep.get()) {
            asleep.set(false);
            Thread.interrupted();
            awake();
        }
        if (!key.isValid()) {
            // The key of a connection that ended or left in this cycle.
            return;
        }
        try {
            if (key.attachment() instanceof final NioConnection connection) {
                connection.onReady(key);
            } else {
                ((NioListener) key.attachment()).accept();
            }
            settle();
        } catch (final Throwable e) {
            // No failure may end this agent or recur at once. A listener handles its own.
            if (key.attachment() instanceof final NioConnection connection) {
                connection.disconnect();
            }
            SafeLog.error(LOGGER, "{} closes a socket after a failure", roleName(), e);
        }
    }

    /**
     * Settles a connection once more before this agent sleeps: writes responses that are ready, and reads on or closes.
     *
     * @param connection a connection of this agent.
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
            try {
                connection.settle();
                if (workload.recipient() >= 0 && connection.canLeave()) {
                    handOver(connection, peers[workload.recipient()]);
                }
            } catch (final Throwable e) {
                connection.disconnect();
                SafeLog.error(LOGGER, "{} closes a connection after a failure", roleName(), e);
            }
        }
    }

    private void handOver(final NioConnection connection, final NioNetworkAgent recipient) {
        if (recipient.run()) {
            workload.gave();
            connection.leave();
            try {
                recipient.take(connection, this);
            } catch (final Throwable e) {
                connection.join(this, null);
                throw e;
            }
        }
    }

    private void closeArrivals(final NioNetworkAgent owner) {
        for (NioConnection connection = arrivals.poll(); connection != null; connection = arrivals.poll()) {
            connection.join(owner, null);
            connection.disconnect();
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
        closeArrivals(this);
        for (NioConnection connection = connections.first(); connection != null; connection = connections.first()) {
            connection.disconnect();
        }
        buffers.freeKept();
        if (selector != null) {
            try {
                selector.close();
            } catch (final IOException e) {
                SafeLog.debug(LOGGER, "Closing the selector of {} failed", roleName(), e);
            }
        }
    }
}
