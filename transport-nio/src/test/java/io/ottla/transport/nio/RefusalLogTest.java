package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever runs a broker learns from one line what is wrong with a client. */
class RefusalLogTest {
    private final ManualClock clock = new ManualClock();
    private final Transport transport = new NioTransportProvider()
            .create(
                    new TransportConfig(1, false, 1_000, 2, 2, 60_000, 10, 1_000, -1, -1, 50, Map.of()),
                    clock,
                    agent -> new Echo());
    private InetSocketAddress address;
    private LogTail log;

    @BeforeEach
    void bind() throws IOException {
        address = transport
                .bind(List.of(new ListenerSpec("OUTSIDE", "127.0.0.1", 0)))
                .getFirst();
        log = new LogTail();
    }

    @AfterEach
    void close() {
        transport.agents().forEach(NetworkAgent::onClose);
        transport.close();
    }

    @ParameterizedTest
    @CsvSource({
        "47455420, HTTP",
        "504f5354, HTTP",
        "48545450, HTTP",
        "16030102, TLS",
        "16030300, TLS",
        "5353482d, SSH",
        "ffffffff, -1 bytes",
        "000003e9, 1001 bytes"
    })
    void shouldSayWhatTheClientSentWhenItIsNoRequest(final String firstBytes, final String expected) throws Exception {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.getOutputStream()
                    .write(ByteBuffer.allocate(50)
                            .putInt(Integer.parseUnsignedInt(firstBytes, 16))
                            .array());
            stepUntilClosed(client);
        }
        assertThat(log.lines("WARN", "ERROR")).singleElement().asString().contains("OUTSIDE", "127.0.0.1", expected);
    }

    @Test
    void shouldLogOneLineASecondWhenConnectionsAreRefused() throws Exception {
        final Socket[] clients = new Socket[2];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Socket(address.getAddress(), address.getPort());
        }
        refuse(5);
        assertThat(log.lines("WARN")).singleElement().asString().contains("OUTSIDE", "127.0.0.1", "2 connections");
        clock.advanceMs(1_000);
        refuse(5);
        assertThat(log.lines("WARN")).hasSize(2).last().asString().contains("6 refused");
        for (final Socket client : clients) {
            client.close();
        }
    }

    private void refuse(final int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                stepUntilClosed(client);
            }
        }
    }

    private void stepUntilClosed(final Socket client) throws Exception {
        client.setSoTimeout(1);
        final InputStream in = client.getInputStream();
        for (int i = 0; i < 5_000; i++) {
            transport.agents().getFirst().doWork();
            try {
                if (in.read() < 0) {
                    return;
                }
            } catch (final SocketTimeoutException e) {
                continue;
            }
        }
        throw new AssertionError("never closed");
    }
}
