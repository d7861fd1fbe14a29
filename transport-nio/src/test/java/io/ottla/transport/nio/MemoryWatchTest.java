package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.TransportConfig;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests the limit on the memory of all connections, and what is logged about those that are closed. Kafka has no limit
 * unless {@code queued.max.request.bytes} is set. With it, a request takes its whole length as soon as that is read,
 * and is kept until its client is idle for {@code connections.max.idle.ms}.
 */
class MemoryWatchTest {
    private static final int FRAME_BYTES_MAX = 4 << 20;
    private static final int REQUEST_BYTES_MAX = 16 << 20;
    private static final int CLIENTS = 200;

    private final ManualClock clock = new ManualClock();
    private final List<SocketChannel> clients = new ArrayList<>();
    private NioTransport transport;
    private InetSocketAddress address;
    private LogTail log;

    @BeforeEach
    void bind() throws IOException {
        transport = (NioTransport) new NioTransportProvider()
                .create(
                        TransportConfig.builder()
                                .agents(2)
                                .blocking(false)
                                .frameBytesMax(FRAME_BYTES_MAX)
                                .requestBytesMax(REQUEST_BYTES_MAX)
                                .inFlightRequestsMax(10)
                                .unsentBytesMax(1_000)
                                .backlog(500)
                                .build(),
                        clock,
                        agent -> new Echo());
        address = transport
                .bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)))
                .getFirst();
        log = new LogTail();
    }

    @AfterEach
    void close() throws IOException {
        for (final SocketChannel client : clients) {
            client.close();
        }
        transport.agents().forEach(NetworkAgent::onClose);
        transport.close();
        assertThat(transport.memory().takenBytes()).isZero();
    }

    private void step() throws Exception {
        for (final NetworkAgent agent : transport.agents()) {
            agent.doWork();
        }
        assertThat(transport.memory().takenBytes()).isLessThanOrEqualTo(REQUEST_BYTES_MAX + REQUEST_BYTES_MAX / 2);
    }

    @Test
    void shouldBoundWhatIncompleteRequestsHoldAndCloseThoseThatSendNoMore() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(SocketChannel.open(address));
            clients.get(i).configureBlocking(false);
        }
        final ByteBuffer part = ByteBuffer.allocate(1 << 20).putInt(0, FRAME_BYTES_MAX);
        for (int round = 0; round < 20; round++) {
            for (final SocketChannel client : clients) {
                assertThat(client.write(part.slice(round * 50_000, 50_000))).isNotNegative();
            }
            step();
        }
        assertThat(transport.memory().isScarce()).isTrue();
        assertThat(transport.memory().takenBytes()).isGreaterThan(REQUEST_BYTES_MAX / 2);
        for (int i = 0; i < 300 && transport.memory().isScarce(); i++) {
            clock.advanceMs(500);
            step();
        }
        assertThat(transport.memory().isScarce()).isFalse();
        assertThat(log.lines("WARN"))
                .isNotEmpty()
                .allMatch(line -> line.contains("memory is scarce") || line.contains("queued.max.request.bytes"));
        assertThat(log.lines("ERROR")).isEmpty();
    }
}
