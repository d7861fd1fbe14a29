package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Clock;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The contract tests of every {@link Transport} over TCP, with real sockets on the loopback interface: all of
 * {@link TransportContract}, and tests of what only sockets have: the machine's addresses and ports, buffers in the
 * kernel, and agents that sleep until there is work. Extend this class in the tests of a transport, and name the one to
 * test:
 *
 * <pre>{@code
 * class MyTransportTest extends TcpTransportContract {
 *     @Override
 *     protected TransportProvider provider() {
 *         return new MyTransportProvider();
 *     }
 * }
 * }</pre>
 */
public abstract class TcpTransportContract extends TransportContract {
    private static final long IDLE_CPU_NS_MAX = 4_000_000;
    private static final int IDLE_CYCLES_MAX = 2;

    /** Creates the tests of the transport from {@link #provider()}. */
    protected TcpTransportContract() {}

    @Override
    protected final FrameClient connectTo(final InetSocketAddress address) {
        return TcpFrameClient.connect(address);
    }

    @Override
    protected final FrameClient connectFrom(final String localHost, final InetSocketAddress address) {
        return TcpFrameClient.connectFrom(localHost, address);
    }

    /** Connects with the smallest possible buffers. */
    @Override
    protected final FrameClient connectSlowlyTo(final InetSocketAddress address) {
        return TcpFrameClient.connect(address, 4 << 10);
    }

    @Test
    void shouldListenOnAllAddressesWhenHostIsEmpty() {
        open(settings(), new ListenerSpec("ALL", "", 0));
        assertThat(addresses.getFirst().getAddress().isAnyLocalAddress()).isTrue();
        final int port = addresses.getFirst().getPort();
        assertServed(connect(connectTo(new InetSocketAddress("127.0.0.1", port))));
        if (hasIpv6()) {
            assertServed(connect(connectTo(new InetSocketAddress("::1", port))));
        }
    }

    @Test
    void shouldListenOnIpv6WhenHostIsSuchAnAddress() {
        Assumptions.assumeTrue(hasIpv6(), "this machine has no IPv6");
        open(settings(), new ListenerSpec("SIX", "::1", 0), new ListenerSpec("FOUR", "127.0.0.1", 0));
        final FrameClient six = connect(connectTo(addresses.get(0)));
        assertServed(six);
        assertThat(connectionOf(six).listener()).isEqualTo("SIX");
        final FrameClient four = connect(connectTo(addresses.get(1)));
        assertServed(four);
        assertThat(connectionOf(four).listener()).isEqualTo("FOUR");
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return socket.isBound();
        } catch (final IOException e) {
            return false;
        }
    }

    @Test
    void shouldNameTheAddressWhenPortIsTaken() throws IOException {
        create(settings().build(), clock);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            final List<ListenerSpec> listeners = List.of(
                    new ListenerSpec("FREE", "127.0.0.1", 0),
                    new ListenerSpec("TAKEN", "127.0.0.1", taken.getLocalPort()));
            assertThatThrownBy(() -> transport.bind(listeners))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("TAKEN", "127.0.0.1", String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void shouldNameTheHostWhenItIsUnknown() {
        create(settings().build(), clock);
        assertThatThrownBy(() -> transport.bind(List.of(new ListenerSpec("BAD", "no-such-host.invalid", 9092))))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("BAD", "no-such-host.invalid", "9092");
    }

    @Test
    void shouldLeaveNoMoreToTheSocketThanItsSendBufferWhenReaderIsSlow() throws IOException {
        open(settings().agents(1).sendBufferBytes(16 << 10));
        final CountedPayload payload = CountedPayload.inFile(directory, new byte[30_000_000]);
        onFrame = (exchange, frame) -> {
            exchange.response().append(payload);
            exchange.send();
        };
        final FrameClient slow = connectSlowReader();
        slow.send(new byte[1]);
        stepUntil("request", () -> handled == 1);
        stepUntilQuiet();
        // Operating systems add overheads, and the client's socket holds some bytes. With its defaults, Linux takes 2.6
        // MB here.
        assertThat(payload.transferredBytes()).isBetween(1L, 1_000_000L);
        slow.readBytesMax(Integer.MAX_VALUE);
        stepUntil("response", () -> slow.frames().size() == 1);
        assertThat(payload.transferredBytes()).isEqualTo(30_000_000);
    }

    /**
     * Checks that a slow client gets the whole response, even if this end has closed the socket long before everything
     * was read.
     */
    @Test
    void shouldLeaveToTheSystemWhatIsToBeReadAfterTheEnd() {
        open(settings().sendBufferBytes(16 << 10));
        final byte[] large = random(1, 5_000_000);
        onFrame = (exchange, frame) -> {
            answer(exchange, large);
            exchange.connection().close();
        };
        final FrameClient client = connectSlowReader().send(new byte[1]);
        client.readBytesMax(1_000);
        stepUntil("disconnect", () -> disconnected.size() == 1);
        assertThat(client.frames()).isEmpty();
        client.readBytesMax(Integer.MAX_VALUE);
        assertClosed(client);
        assertThat(client.frames()).containsExactly(large);
    }

    @Test
    void shouldSleepWhenIdleAndWakeUpForWorkOfEachKind() throws Exception {
        onFrame = (exchange, frame) -> {
            if (frame.remaining() == 1) {
                echo(exchange, frame);
            } else {
                exchange.connection().agent().timers().schedule(20, () -> answer(exchange, (byte) 7));
            }
        };
        final List<CountingThread> threads = startThreads();
        try {
            final FrameClient client = connectTo(addresses.getFirst());
            pumpUntil(client.send(new byte[1]), 1);
            pumpUntil(client.send(new byte[2]), 2);

            awaitRest(threads);

            for (final NetworkAgent agent : transport.agents()) {
                for (int i = 0; i < 200; i++) {
                    final CountDownLatch ran = new CountDownLatch(1);
                    agent.proxy().execute(ran::countDown);
                    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
                }
            }
            pumpUntil(client.send(new byte[1]), 3);
            client.close();
        } finally {
            stop(threads);
        }
    }

    @Test
    void shouldServeWhenOnlyThoseAgentsRunThatItAsksFor() throws Exception {
        create(settings().agents(3).blocking(true).build(), Clock.system());
        bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)));
        final List<CountingThread> threads = new ArrayList<>();
        final AtomicBoolean stopping = new AtomicBoolean();
        transport.run(agent -> {
            synchronized (threads) {
                if (stopping.get()) {
                    throw new IllegalStateException("no more threads");
                }
                final CountingThread thread = new CountingThread(agent);
                threads.add(thread);
                thread.start();
            }
        });
        try {
            final List<FrameClient> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(connectTo(addresses.getFirst()));
            }
            for (int frame = 1; frame <= 50; frame++) {
                for (final FrameClient client : clients) {
                    client.send(new byte[] {(byte) frame}).pump();
                }
                for (final FrameClient client : clients) {
                    pumpUntil(client, frame);
                    assertThat(client.frames().getLast()).containsExactly(frame);
                }
            }
            clients.forEach(FrameClient::close);
        } finally {
            synchronized (threads) {
                stopping.set(true);
            }
            stop(threads);
        }
        assertThat(threads).isNotEmpty().extracting(thread -> thread.agent).doesNotHaveDuplicates();
    }

    @Test
    void shouldSurviveInterrupts() throws Exception {
        final List<CountingThread> threads = startThreads();
        try {
            final FrameClient client = connectTo(addresses.getFirst());
            for (int i = 1; i <= 20; i++) {
                threads.forEach(Thread::interrupt);
                pumpUntil(client.send(new byte[1]), i);
            }
            // An interrupt that is not cleared makes a selector spin.
            awaitRest(threads);
            client.close();
        } finally {
            stop(threads);
        }
    }

    /**
     * Waits until no agent works for 400 ms. On a busy machine their earlier work may be late; an agent that spins or
     * polls never rests.
     */
    private static void awaitRest(final List<CountingThread> threads) throws InterruptedException {
        final long startNs = System.nanoTime();
        String busy;
        do {
            busy = busyInWindow(threads);
            assertThat(busy == null || System.nanoTime() - startNs < TIMEOUT_NS)
                    .as("idle agents rest, but %s", busy)
                    .isTrue();
        } while (busy != null);
    }

    private static String busyInWindow(final List<CountingThread> threads) throws InterruptedException {
        final ThreadMXBean times = ManagementFactory.getThreadMXBean();
        final long[] beforeNs = new long[threads.size()];
        final int[] cyclesBefore = new int[threads.size()];
        for (int i = 0; i < threads.size(); i++) {
            beforeNs[i] = times.getThreadCpuTime(threads.get(i).threadId());
            cyclesBefore[i] = threads.get(i).cycles.get();
        }
        Thread.sleep(400);
        for (int i = 0; i < threads.size(); i++) {
            final long usedNs = times.getThreadCpuTime(threads.get(i).threadId()) - beforeNs[i];
            final int cycles = threads.get(i).cycles.get() - cyclesBefore[i];
            if (usedNs >= IDLE_CPU_NS_MAX || cycles > IDLE_CYCLES_MAX) {
                return "one used " + usedNs + " ns of a processor and woke " + cycles + " times in 400 ms";
            }
        }
        return null;
    }

    private List<CountingThread> startThreads() {
        create(settings().blocking(true).build(), Clock.system());
        bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)));
        final List<CountingThread> threads = new ArrayList<>();
        for (final NetworkAgent agent : transport.agents()) {
            threads.add(new CountingThread(agent));
            threads.getLast().start();
        }
        return threads;
    }

    private void stop(final List<CountingThread> threads) throws InterruptedException {
        for (final CountingThread thread : threads) {
            thread.running = false;
            thread.agent.proxy().execute(() -> {});
        }
        for (final CountingThread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive()).isFalse();
            assertThat(thread.failure).isNull();
        }
    }

    private static void pumpUntil(final FrameClient client, final int frames) throws InterruptedException {
        final long startNs = System.nanoTime();
        while (client.frames().size() < frames) {
            client.pump();
            Thread.sleep(1);
            assertThat(System.nanoTime() - startNs).isLessThan(TIMEOUT_NS);
        }
    }

    /** Runs an agent and counts its duty cycles. */
    private static final class CountingThread extends Thread {
        private final NetworkAgent agent;
        private final AtomicInteger cycles = new AtomicInteger();
        private volatile boolean running = true;
        private volatile Throwable failure;

        CountingThread(final NetworkAgent agent) {
            super("test-" + agent.roleName());
            this.agent = agent;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (running) {
                    agent.doWork();
                    cycles.incrementAndGet();
                }
            } catch (final Throwable e) {
                failure = e;
            }
        }
    }
}
