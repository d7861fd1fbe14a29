package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Clock;
import io.ottla.api.transport.Exchange;
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
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Transport} must do, with real sockets on the loopback. Extend it in the tests of a transport, and say
 * which one to test:
 *
 * <pre>{@code
 * class MyTransportTest extends TransportContract {
 *     @Override
 *     protected TransportProvider provider() {
 *         return new MyTransportProvider();
 *     }
 * }
 * }</pre>
 */
@Timeout(300)
public abstract class TransportContract extends TransportConnectionContract {
    private static final long IDLE_CPU_NS_MAX = 4_000_000;
    private static final int IDLE_CYCLES_MAX = 2;

    /** A contract for the transport that {@link #provider()} names. */
    protected TransportContract() {}

    @Test
    void shouldListenOnAllAddressesWhenHostIsEmpty() {
        open(settings(), new ListenerSpec("ALL", "", 0));
        assertThat(addresses.getFirst().getAddress().isAnyLocalAddress()).isTrue();
        final int port = addresses.getFirst().getPort();
        assertServed(connect(FrameClient.connect("127.0.0.1", port)));
        if (hasIpv6()) {
            assertServed(connect(FrameClient.connect("::1", port)));
        }
    }

    @Test
    void shouldListenOnIpv6WhenHostIsSuchAnAddress() {
        Assumptions.assumeTrue(hasIpv6(), "this machine has no IPv6");
        open(settings(), new ListenerSpec("SIX", "::1", 0), new ListenerSpec("FOUR", "127.0.0.1", 0));
        final FrameClient six = connect(FrameClient.connect(addresses.get(0)));
        assertServed(six);
        assertThat(connectionOf(six).listener()).isEqualTo("SIX");
        final FrameClient four = connect(FrameClient.connect(addresses.get(1)));
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
    void shouldFreeThePortsWhenClosed() throws IOException {
        open(settings());
        final FrameClient client = connect();
        assertServed(client);
        closeAgents();
        transport.close();
        transport.close();
        client.pump();
        assertThat(client.ended()).isTrue();
        final InetSocketAddress address = addresses.getFirst();
        try (Transport next = provider().create(settings().build(), clock, agent -> null)) {
            assertThat(next.bind(List.of(new ListenerSpec("NEXT", "127.0.0.1", address.getPort()))))
                    .containsExactly(address);
        }
    }

    @Test
    void shouldAcceptBeforeAgentsRunAndServeOnceTheyDo() {
        open(settings());
        final FrameClient client = connect().send(new byte[] {9});
        client.pump();
        stepUntil("answer", () -> client.frames().size() == 1);
    }

    @Test
    void shouldTellOfTheEndOfEachConnectionWhenAgentsAreClosed() {
        open(settings());
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(connect());
            assertServed(clients.get(i));
        }
        // Accepted, but not with its agent yet, or not even accepted.
        clients.add(connect());
        closeAgents();
        assertThat(disconnected).hasSize(10);
        transport.close();
        for (final FrameClient client : clients) {
            stepUntil("end", client::ended);
        }
    }

    @Test
    void shouldRunCommandsInOrderAndTimersInTimeWhenOneThrows() {
        open(settings().agents(1));
        final NetworkAgent agent = transport.agents().getFirst();
        final List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final int number = i;
            agent.proxy().execute(() -> {
                if (number == 2) {
                    throw new AssertionError("thrown by the test");
                }
                ran.add(number);
            });
        }
        agent.timers().schedule(1_000, () -> {
            throw new AssertionError("thrown by the test");
        });
        agent.timers().schedule(1_000, () -> ran.add(5));
        assertThat(ran).isEmpty();
        stepUntilQuiet();
        assertThat(ran).containsExactly(0, 1, 3, 4);
        clock.advanceMs(999);
        stepUntilQuiet();
        assertThat(ran).hasSize(4);
        clock.advanceMs(1);
        stepUntilQuiet();
        assertThat(ran).containsExactly(0, 1, 3, 4, 5);
    }

    @Test
    void shouldServeOthersWhenCommandsQueueThemselvesForEver() {
        open(settings().agents(1));
        final NetworkAgent agent = transport.agents().getFirst();
        final boolean[] stopped = {false};
        agent.proxy().execute(new Runnable() {
            @Override
            public void run() {
                if (!stopped[0]) {
                    agent.proxy().execute(this);
                }
            }
        });
        assertServed(connect());
        stopped[0] = true;
    }

    @Test
    void shouldAnswerFromCommandsAndTimersWhenRequestWaits() {
        open(settings());
        final List<Exchange> exchanges = new ArrayList<>();
        onFrame = (exchange, frame) -> exchanges.add(exchange);
        final FrameClient client = connect().send(new byte[1]).send(new byte[1]);
        stepUntil("requests", () -> exchanges.size() == 2);
        final NetworkAgent agent = exchanges.getFirst().connection().agent();
        agent.timers().schedule(100, () -> answer(exchanges.get(1), (byte) 2));
        agent.proxy().execute(() -> answer(exchanges.get(0), (byte) 1));
        stepUntil("first response", () -> client.frames().size() == 1);
        advanceMs(110);
        stepUntil("second response", () -> client.frames().size() == 2);
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
            final FrameClient client = FrameClient.connect(addresses.getFirst());
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
                clients.add(FrameClient.connect(addresses.getFirst()));
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
            final FrameClient client = FrameClient.connect(addresses.getFirst());
            for (int i = 1; i <= 20; i++) {
                threads.forEach(Thread::interrupt);
                pumpUntil(client.send(new byte[1]), i);
            }
            // An interrupt that is not taken note of makes a selector spin.
            awaitRest(threads);
            client.close();
        } finally {
            stop(threads);
        }
    }

    /**
     * Until no agent does anything for 400 ms. On a busy machine they may be late with what they had to do before; one that
     * spins or polls never rests.
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
