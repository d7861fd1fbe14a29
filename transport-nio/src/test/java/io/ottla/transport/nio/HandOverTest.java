package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Clock;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.ResourceSnapshot;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests connections that move from one agent to another. */
@Timeout(120)
class HandOverTest {
    private final ManualClock clock = new ManualClock();
    private final List<Connection> connected = new ArrayList<>();
    private final List<Connection> disconnected = new ArrayList<>();
    private final List<Exchange> parked = new ArrayList<>();
    private final List<SocketChannel> clients = new ArrayList<>();
    private final Echo handler = new Echo() {
        @Override
        public void onConnect(final Connection connection) {
            connected.add(connection);
        }

        @Override
        public void onFrame(final Exchange exchange, final ByteBuffer frame) {
            if (frame.get(frame.position()) == 'p') {
                parked.add(exchange);
            } else {
                super.onFrame(exchange, frame);
            }
        }

        @Override
        public void onDisconnect(final Connection connection) {
            disconnected.add(connection);
        }
    };
    private Transport transport;
    private InetSocketAddress address;

    private void open(final int agents) throws IOException {
        transport = new NioTransportProvider().create(EchoMain.config(agents, false), clock, agent -> handler);
        address = transport
                .bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)))
                .getFirst();
    }

    @AfterEach
    void close() throws IOException {
        for (final SocketChannel client : clients) {
            client.close();
        }
        transport.agents().forEach(NetworkAgent::onClose);
        transport.close();
        for (final NetworkAgent agent : transport.agents()) {
            assertThat(((NioNetworkAgent) agent).buffers().lent()).isZero();
        }
        assertThat(disconnected).containsExactlyInAnyOrderElementsOf(connected);
    }

    private SocketChannel connect() throws Exception {
        final SocketChannel client = SocketChannel.open(address);
        client.configureBlocking(false);
        clients.add(client);
        while (connected.size() < clients.size()) {
            step();
        }
        return client;
    }

    private boolean step() throws Exception {
        boolean worked = false;
        for (final NetworkAgent agent : transport.agents()) {
            worked |= agent.doWork() > 0;
        }
        return worked;
    }

    /** Lets time pass while no agent has work. */
    private void rest(final int durationMs) throws Exception {
        for (int i = 0; i < durationMs; i++) {
            while (step()) {}
            clock.advanceMs(1);
        }
    }

    private static ByteBuffer frame(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .flip();
    }

    private static void send(final SocketChannel client, final String text) throws IOException {
        final ByteBuffer frame = frame(text);
        while (frame.hasRemaining()) {
            client.write(frame);
        }
    }

    private void assertReceives(final SocketChannel client, final String text) throws Exception {
        final ByteBuffer expected = frame(text);
        final ByteBuffer received = ByteBuffer.allocate(expected.remaining());
        while (received.hasRemaining()) {
            step();
            assertThat(client.read(received)).isNotNegative();
        }
        assertThat(received.flip()).isEqualTo(expected);
    }

    /** Keeps all of these connections busy for some milliseconds. */
    private void keepBusy(final List<SocketChannel> busy, final int durationMs) throws Exception {
        for (int i = 0; i < durationMs; i++) {
            for (final SocketChannel client : busy) {
                send(client, "echo");
            }
            // Time passes between two duty cycles with work, and never after one without work.
            for (final SocketChannel client : busy) {
                assertReceivesBusily(client);
            }
        }
    }

    private void assertReceivesBusily(final SocketChannel client) throws Exception {
        final ByteBuffer received = ByteBuffer.allocate(8);
        while (received.hasRemaining()) {
            if (step()) {
                clock.advanceNs(400_000);
            }
            client.read(received);
        }
    }

    private List<Integer> owners() {
        return connected.stream()
                .map(connection -> transport.agents().indexOf(connection.agent()))
                .sorted()
                .toList();
    }

    @Test
    void shouldStayWithTheFirstAgentWhileItHasTime() throws Exception {
        open(3);
        for (int i = 0; i < 4; i++) {
            connect();
        }
        for (int i = 0; i < 200; i++) {
            send(clients.get(i % 4), "echo");
            assertReceives(clients.get(i % 4), "echo");
            rest(1);
        }
        assertThat(owners()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void shouldSpreadBusyConnectionsAndGatherThemWhenTheLoadIsGone() throws Exception {
        open(2);
        for (int i = 0; i < 4; i++) {
            connect();
        }
        for (int i = 0; !owners().contains(1); i++) {
            assertThat(i).isLessThan(1_000);
            keepBusy(clients, 1);
        }
        final List<Integer> spread = owners();
        assertThat(spread).contains(0, 1);
        rest(200);
        // An inactive connection is no reason to wake up.
        assertThat(owners()).isEqualTo(spread);
        for (int round = 0; round < 2; round++) {
            for (final SocketChannel client : clients) {
                send(client, "echo");
                assertReceives(client, "echo");
                rest(1);
            }
        }
        assertThat(owners()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void shouldTakeAnIncompleteRequestAlong() throws Exception {
        open(2);
        for (int i = 0; i < 3; i++) {
            connect();
        }
        final SocketChannel client = clients.getFirst();
        final NioConnection connection = (NioConnection) connected.getFirst();
        final NioNetworkAgent first = (NioNetworkAgent) transport.agents().get(0);
        final NioNetworkAgent second = (NioNetworkAgent) transport.agents().get(1);
        for (final int length : new int[] {0, 1, 3, 4, 5, 100, 100_000}) {
            final String text = "x".repeat(150_000);
            final ByteBuffer frame = frame(text);
            while (frame.position() < length) {
                client.write(frame.limit(length));
                step();
            }
            for (int i = 0; i < 10; i++) {
                step();
            }
            final NioNetworkAgent giver = connection.agent() == first ? first : second;
            final NioNetworkAgent recipient = giver == first ? second : first;
            assertThat(connection.canLeave()).isTrue();
            connection.leave();
            assertThat(giver.buffers().lent()).isZero();
            recipient.take(connection, giver);
            step();
            assertThat(connection.agent()).isSameAs(recipient);
            frame.limit(frame.capacity());
            final ByteBuffer received = ByteBuffer.allocate(frame.capacity());
            while (received.hasRemaining()) {
                client.write(frame);
                step();
                client.read(received);
            }
            assertThat(received.flip()).isEqualTo(frame.flip());
        }
    }

    @Test
    void shouldStayWhereItIsWhileARequestWaits() throws Exception {
        open(2);
        connect();
        final NioConnection connection = (NioConnection) connected.getFirst();
        assertThat(connection.canLeave()).isTrue();
        send(clients.getFirst(), "park");
        while (parked.isEmpty()) {
            step();
        }
        assertThat(connection.canLeave()).isFalse();
        parked.getFirst().response().ensure(4).putInt(7);
        parked.getFirst().send();
        assertThat(connection.canLeave()).isFalse();
        step();
        assertThat(connection.canLeave()).isTrue();
        connection.mute(1_000);
        step();
        assertThat(connection.canLeave()).isFalse();
        clock.advanceMs(1_001);
        step();
        assertThat(connection.canLeave()).isTrue();
        connection.close();
        assertThat(connection.canLeave()).isFalse();
    }

    @Test
    void shouldEndConnectionWhenItsHeirIsClosed() throws Exception {
        open(2);
        connect();
        final NioConnection connection = (NioConnection) connected.getFirst();
        final NioNetworkAgent first = (NioNetworkAgent) transport.agents().get(0);
        final NioNetworkAgent second = (NioNetworkAgent) transport.agents().get(1);
        second.onClose();
        connection.leave();
        second.take(connection, first);
        assertThat(disconnected).containsExactly(connection);
    }

    @Test
    void shouldEndConnectionWhenItsHeirClosesBeforeItTookIt() throws Exception {
        open(2);
        connect();
        final NioConnection connection = (NioConnection) connected.getFirst();
        connection.leave();
        ((NioNetworkAgent) transport.agents().get(1))
                .take(connection, (NioNetworkAgent) transport.agents().get(0));
        assertThat(disconnected).isEmpty();
        transport.agents().get(1).onClose();
        assertThat(disconnected).containsExactly(connection);
    }

    @Test
    void shouldCloseIdleConnectionInTimeAfterItWasHandedOver() throws Exception {
        open(2);
        connect();
        final NioConnection connection = (NioConnection) connected.getFirst();
        connection.leave();
        ((NioNetworkAgent) transport.agents().get(1))
                .take(connection, (NioNetworkAgent) transport.agents().get(0));
        step();
        clock.advanceMs(600_001);
        step();
        assertThat(disconnected).containsExactly(connection);
    }

    @Test
    void shouldDoWithoutAgentsThatCanNotBeStarted() throws Exception {
        open(2);
        final List<NetworkAgent> run = new ArrayList<>();
        transport.run(agent -> {
            run.add(agent);
            if (agent != transport.agents().getFirst()) {
                throw new OutOfMemoryError("thrown by the test");
            }
        });
        assertThat(run).containsExactly(transport.agents().getFirst());
        for (int i = 0; i < 4; i++) {
            connect();
        }
        keepBusy(clients, 30);
        assertThat(run).containsExactlyElementsOf(transport.agents());
        assertThat(owners()).containsExactly(0, 0, 0, 0);
    }

    /**
     * Moves connections at random moments, much more often than a workload would, with each agent on its own thread.
     */
    @Test
    void shouldAnswerEachRequestInOrderWhileConnectionsGoToAndFro() throws Exception {
        final long seed = System.nanoTime();
        open(1);
        final ResourceSnapshot before = ResourceSnapshot.take();
        final Set<Connection> ended = ConcurrentHashMap.newKeySet();
        final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        final AtomicBoolean running = new AtomicBoolean(true);
        final AtomicInteger handedOver = new AtomicInteger();
        final Transport threaded = new NioTransportProvider()
                .create(EchoMain.config(3, true), Clock.system(), agent -> new CheckingEcho(agent, ended, failures));
        final InetSocketAddress target =
                threaded.bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0))).getFirst();
        final List<Thread> threads = new ArrayList<>();
        for (final NetworkAgent agent : threaded.agents()) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (running.get()) {
                    try {
                        agent.doWork();
                    } catch (final Throwable e) {
                        failures.add(e);
                    }
                }
                agent.onClose();
            }));
        }
        final List<Thread> users = new ArrayList<>();
        final AtomicInteger conversations = new AtomicInteger();
        for (int i = 0; i < 6; i++) {
            final Random random = new Random(seed + i);
            users.add(Thread.ofPlatform().start(() -> {
                try {
                    // Again, if a busy machine ran the clients before any connection was moved.
                    do {
                        conversations.incrementAndGet();
                        converse(target, random);
                    } while (handedOver.get() == 0);
                } catch (final Throwable e) {
                    failures.add(e);
                }
            }));
        }
        final Random random = new Random(seed);
        while (users.stream().anyMatch(Thread::isAlive)) {
            final NioNetworkAgent giver = (NioNetworkAgent) threaded.agents().get(random.nextInt(3));
            final NioNetworkAgent recipient =
                    (NioNetworkAgent) threaded.agents().get(random.nextInt(3));
            final CountDownLatch done = new CountDownLatch(1);
            giver.proxy().execute(() -> {
                handedOver.addAndGet(handOverAll(giver, recipient));
                done.countDown();
            });
            done.await();
        }
        running.set(false);
        for (final NetworkAgent agent : threaded.agents()) {
            agent.proxy().execute(() -> {});
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        threaded.close();
        assertThat(failures).as("seed %d", seed).isEmpty();
        assertThat(ended).as("seed %d", seed).hasSize(conversations.get());
        assertThat(handedOver.get()).as("hand-overs, seed %d", seed).isPositive();
        for (final NetworkAgent agent : threaded.agents()) {
            assertThat(((NioNetworkAgent) agent).buffers().lent())
                    .as("seed %d", seed)
                    .isZero();
        }
        before.assertNothingLeaked();
    }

    private static int handOverAll(final NioNetworkAgent giver, final NioNetworkAgent recipient) {
        int handedOver = 0;
        NioConnection next = giver == recipient ? null : giver.connections().first();
        while (next != null) {
            final NioConnection connection = next;
            next = connection.nextIdle();
            if (connection.canLeave()) {
                connection.leave();
                recipient.take(connection, giver);
                handedOver++;
            }
        }
        return handedOver;
    }

    /** Answers, and checks that each call is on the thread of the connection's agent. */
    private static final class CheckingEcho extends Echo {
        private final NetworkAgent agent;
        private final Set<Connection> ended;
        private final List<Throwable> failures;
        private Thread thread;

        CheckingEcho(final NetworkAgent agent, final Set<Connection> ended, final List<Throwable> failures) {
            this.agent = agent;
            this.ended = ended;
            this.failures = failures;
        }

        private void check(final Connection connection) {
            if (thread == null) {
                thread = Thread.currentThread();
            }
            if (connection.agent() != agent || thread != Thread.currentThread() || ended.contains(connection)) {
                failures.add(new AssertionError("a call for " + connection + " on " + Thread.currentThread()));
            }
        }

        @Override
        public void onConnect(final Connection connection) {
            check(connection);
            connection.attach(new int[1]);
        }

        @Override
        public void onFrame(final Exchange exchange, final ByteBuffer frame) {
            check(exchange.connection());
            // Not atomic: the agents must see each other's changes.
            final int[] count = (int[]) exchange.connection().attachment();
            final int number = frame.getInt(frame.position());
            if (count[0]++ != number) {
                failures.add(new AssertionError("request " + number + " instead of " + (count[0] - 1)));
            }
            super.onFrame(exchange, frame);
        }

        @Override
        public void onDisconnect(final Connection connection) {
            check(connection);
            ended.add(connection);
        }
    }

    /** Sends requests, several at a time, and checks the order of the responses. */
    private static void converse(final InetSocketAddress target, final Random random) throws IOException {
        try (Socket socket = new Socket(target.getAddress(), target.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            int number = 0;
            for (int round = 0; round < 300; round++) {
                final List<byte[]> sent = new ArrayList<>();
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    final byte[] frame = new byte[4 + random.nextInt(random.nextInt(20) == 0 ? 60_000 : 500)];
                    random.nextBytes(frame);
                    ByteBuffer.wrap(frame).putInt(number++);
                    sent.add(frame);
                    // In pieces, so that the broker gets incomplete requests.
                    final int part = random.nextInt(frame.length);
                    out.writeInt(frame.length);
                    out.write(frame, 0, part);
                    out.write(frame, part, frame.length - part);
                }
                for (final byte[] frame : sent) {
                    final byte[] received = new byte[in.readInt()];
                    in.readFully(received);
                    assertThat(received).isEqualTo(frame);
                }
            }
        }
    }
}
