package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.Timers;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A transport without connections. Its only agent runs a task of a test, after {@link #begin} or when the broker stops.
 */
final class WorkTransport implements TransportProvider, Transport, NetworkAgent, AgentProxy {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Runnable work;
    private volatile boolean isAgentClosed;
    private volatile boolean isClosed;
    private boolean isDone;

    WorkTransport(final Runnable work) {
        this.work = work;
    }

    static WorkTransport failing() {
        return new WorkTransport(() -> {
            throw new OutOfMemoryError("the test's");
        });
    }

    void begin() {
        begun.countDown();
    }

    boolean isAgentClosed() {
        return isAgentClosed;
    }

    boolean isClosed() {
        return isClosed;
    }

    @Override
    public String name() {
        return "work";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Transport create(final TransportConfig config, final Clock clock, final FrameHandlerFactory handlers) {
        handlers.create(this);
        return this;
    }

    @Override
    public List<InetSocketAddress> bind(final List<ListenerSpec> listeners) {
        return List.of(new InetSocketAddress("127.0.0.1", 1));
    }

    @Override
    public List<NetworkAgent> agents() {
        return List.of(this);
    }

    @Override
    public void close() {
        isClosed = true;
    }

    @Override
    public AgentProxy proxy() {
        return this;
    }

    @Override
    public Timers timers() {
        return null;
    }

    @Override
    public void execute(final Runnable command) {
        begin();
    }

    @Override
    public int doWork() throws InterruptedException {
        begun.await();
        if (!isDone) {
            isDone = true;
            work.run();
        }
        Thread.onSpinWait();
        return 0;
    }

    @Override
    public void onClose() {
        isAgentClosed = true;
    }

    @Override
    public String roleName() {
        return "work";
    }
}
