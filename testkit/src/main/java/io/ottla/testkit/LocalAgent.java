package io.ottla.testkit;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.TransportConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent of a {@link LocalTransport}, which polls each of its connections in every duty cycle. */
final class LocalAgent implements NetworkAgent, AgentProxy {
    private static final Logger LOGGER = LoggerFactory.getLogger(LocalAgent.class);

    private final int index;
    private final LocalTransport transport;
    private final Clock clock;
    private final DeadlineTimers timers;
    private final FrameHandler handler;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final List<LocalConnection> connections = new ArrayList<>();

    LocalAgent(final int index, final LocalTransport transport, final Clock clock, final FrameHandlerFactory handlers) {
        this.index = index;
        this.transport = transport;
        this.clock = clock;
        this.timers = new DeadlineTimers(clock);
        this.handler = handlers.create(this);
    }

    TransportConfig config() {
        return transport.config();
    }

    LocalTransport transport() {
        return transport;
    }

    FrameHandler handler() {
        return handler;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    void add(final LocalConnection connection) {
        connections.add(connection);
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
            work++;
            guard("command", commands.remove());
        }
        work += pollTimers();
        // By index, and only up to the current size: a handler may connect another client.
        final int count = connections.size();
        for (int i = 0; i < count; i++) {
            work += connections.get(i).poll();
        }
        connections.removeIf(LocalConnection::hasEnded);
        return work;
    }

    private int pollTimers() {
        try {
            return timers.poll();
        } catch (final Throwable e) {
            log("timer", e);
            return 1;
        }
    }

    /** Runs work whose exceptions must not end anything else; returns whether it threw none. */
    boolean guard(final String what, final Runnable work) {
        try {
            work.run();
            return true;
        } catch (final Throwable e) {
            log(what, e);
            return false;
        }
    }

    void log(final String what, final Throwable e) {
        SafeLog.error(LOGGER, "A " + what + " of {} failed", roleName(), e);
    }

    @Override
    public void onClose() {
        connections.forEach(LocalConnection::end);
        connections.clear();
    }

    @Override
    public String roleName() {
        return "local-" + index;
    }
}
