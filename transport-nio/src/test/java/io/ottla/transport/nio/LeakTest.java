package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.ResourceSnapshot;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeakTest {
    @Test
    void shouldLeaveNothingBehindWhenConnectionsEndInEveryWay() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final ResourceSnapshot before = ResourceSnapshot.take();
        final Clock clock = new ManualClock();
        final List<Exchange> open = new ArrayList<>();
        final Echo handler = new Echo() {
            @Override
            public void onFrame(final Exchange exchange, final ByteBuffer frame) {
                switch (random.nextInt(6)) {
                    case 0 -> throw new IllegalStateException("thrown by the test");
                    case 1 -> exchange.connection().close();
                    case 2 -> open.add(exchange);
                    case 3 -> exchange.skip();
                    default -> {
                        exchange.response().ensure(100).put(new byte[100]);
                        exchange.response().append(Payload.of(ByteBuffer.allocate(random.nextInt(200_000))));
                        exchange.send();
                    }
                }
            }
        };
        final Transport transport =
                new NioTransportProvider().create(EchoMain.config(2, false), clock, agent -> handler);
        final InetSocketAddress address = transport
                .bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)))
                .getFirst();
        final List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            clients.add(SocketChannel.open(address));
            clients.getLast().configureBlocking(false);
            clients.getLast()
                    .write(ByteBuffer.allocate(4 + random.nextInt(3_000)).putInt(0, 500));
            step(transport);
            if (random.nextInt(3) == 0) {
                end(random, clients.remove(random.nextInt(clients.size())));
            }
        }
        for (int i = 0; i < 100; i++) {
            step(transport);
        }
        // Half of these have lost their connections by now.
        for (int i = 0; i < open.size(); i += 2) {
            open.get(i).response().ensure(10).putInt(1);
            open.get(i).send();
        }
        step(transport);
        transport.agents().forEach(NetworkAgent::onClose);
        for (int i = 1; i < open.size(); i += 2) {
            open.get(i).response().ensure(10).putInt(1);
            open.get(i).send();
        }
        transport.close();
        for (final SocketChannel client : clients) {
            client.close();
        }
        before.assertNothingLeaked();
        for (final NetworkAgent agent : transport.agents()) {
            assertThat(((NioNetworkAgent) agent).buffers().lent())
                    .as("seed %d", seed)
                    .isZero();
        }
    }

    private static void end(final Random random, final SocketChannel client) throws IOException {
        if (random.nextBoolean()) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        client.close();
    }

    private static void step(final Transport transport) throws Exception {
        for (final NetworkAgent agent : transport.agents()) {
            agent.doWork();
        }
    }

    @Test
    void shouldHoldNoBufferWhenConnectionsAreIdle() throws Exception {
        final BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        final int connections = 500;
        final List<SocketChannel> clients = new ArrayList<>();
        try (Transport transport =
                new NioTransportProvider().create(EchoMain.config(1, false), new ManualClock(), agent -> new Echo())) {
            final InetSocketAddress address = transport
                    .bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)))
                    .getFirst();
            final NioNetworkAgent agent = (NioNetworkAgent) transport.agents().getFirst();
            final ByteBuffer request = ByteBuffer.allocateDirect(1_004).putInt(0, 1_000);
            long bytesBefore = 0;
            for (int i = 0; i < connections; i++) {
                clients.add(SocketChannel.open(address));
                clients.getLast().write(request.clear());
                final ByteBuffer response = ByteBuffer.allocate(1_004);
                clients.getLast().configureBlocking(false);
                while (response.hasRemaining()) {
                    agent.doWork();
                    clients.getLast().read(response);
                }
                if (i == 0) {
                    bytesBefore = direct.getMemoryUsed();
                }
            }
            assertThat(agent.buffers().lent()).isZero();
            assertThat(direct.getMemoryUsed() - bytesBefore).isLessThan(10L * connections);
            agent.onClose();
        } finally {
            for (final SocketChannel client : clients) {
                client.close();
            }
        }
    }
}
