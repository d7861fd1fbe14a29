package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks that one line of the log says what is wrong with a client. */
class RefusalLogTest {
    private final ManualClock clock = new ManualClock();
    private final Transport transport = new NioTransportProvider()
            .create(
                    TransportConfig.builder()
                            .blocking(false)
                            .frameBytesMax(1_000)
                            .requestBytesMax(1 << 20)
                            .connectionsMax(2)
                            .connectionsPerAddressMax(2)
                            .idleMs(60_000)
                            .build(),
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

    /**
     * Checks the line for each protocol. Kafka's line names none: it has the size that the bytes would be, with a stack
     * trace, or there is no line while it waits for more bytes.
     */
    @ParameterizedTest
    @CsvSource({
        "47455420, HTTP",
        "504f5354, HTTP",
        "48545450, HTTP",
        "505249202a20485454502f322e300d0a, HTTP/2",
        "16030102, TLS",
        "16030300, TLS",
        "5353482d, SSH",
        "2a310d0a24340d0a50494e470d0a, Redis",
        "50494e470d0a, Redis",
        "45484c4f206d650d0a, SMTP",
        "48454c4f206d650d0a, SMTP",
        "101000044d515454, MQTT",
        "108001 00044d515454, MQTT",
        "102600064d514973647003, MQTT",
        "414d515000000901, AMQP",
        "72756f6b, ZooKeeper",
        "73746174, ZooKeeper",
        "515549540d0a, a protocol of text",
        "ffffffff, -1 bytes",
        "000003e9, 1001 bytes"
    })
    void shouldSayWhatTheClientSentWhenItIsNoRequest(final String firstBytes, final String expected) throws Exception {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.getOutputStream().write(Arrays.copyOf(bytes(firstBytes), 50));
            stepUntilClosed(client);
        }
        assertThat(log.lines("WARN", "ERROR")).singleElement().asString().contains("OUTSIDE", "127.0.0.1", expected);
    }

    /**
     * Checks protocols whose clients send a valid length first, and nothing more before a response. Kafka waits too.
     */
    @ParameterizedTest
    @CsvSource({
        "0000000804d2162f, PostgreSQL",
        "0000000804d21630, PostgreSQL",
        "00000023 00030000 75736572006d6500, PostgreSQL",
        "0000002d 00000000 0000000000000000 00007530 0000000000000000 00000010, ZooKeeper",
        "00000085ff534d4272000000, SMB"
    })
    void shouldSayWhatTheClientSpeaksWhenItBeginsWithAValidLength(final String firstBytes, final String expected)
            throws Exception {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            // In two parts, as over a slow network.
            final byte[] bytes = bytes(firstBytes);
            client.getOutputStream().write(bytes, 0, 6);
            transport.agents().getFirst().doWork();
            client.getOutputStream().write(bytes, 6, bytes.length - 6);
            stepUntilClosed(client);
        }
        assertThat(log.lines("WARN", "ERROR"))
                .singleElement()
                .asString()
                .contains("OUTSIDE", "127.0.0.1", "it speaks " + expected);
    }

    @Test
    void shouldTakeRequestsWhenTheyLookLikeAnotherProtocolAfterTheFirst() throws Exception {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.getOutputStream().write(bytes("00000001aa" + "0000000804d2162f00000000"));
            client.setSoTimeout(1);
            int received = 0;
            for (int i = 0; i < 5_000 && received < 17; i++) {
                received += stepAndRead(client);
            }
            assertThat(received).isEqualTo(17);
        }
        assertThat(log.lines("WARN", "ERROR")).isEmpty();
    }

    private static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
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
        for (int i = 0; i < 5_000; i++) {
            if (stepAndRead(client) < 0) {
                return;
            }
        }
        throw new AssertionError("never closed");
    }

    /** Steps the transport and returns the number of bytes read; -1 at the end of the connection. */
    private int stepAndRead(final Socket client) throws Exception {
        transport.agents().getFirst().doWork();
        try {
            return client.getInputStream().read(new byte[100]);
        } catch (final SocketTimeoutException e) {
            return 0;
        }
    }
}
