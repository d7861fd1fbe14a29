package io.ottla.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private final SteppedBroker broker = new SteppedBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private static ByteBuffer header(final int apiKey, final int version) {
        final ByteBuffer frame = ByteBuffer.allocate(64);
        frame.putShort((short) apiKey).putShort((short) version).putInt(1).putShort((short) -1);
        return frame;
    }

    @Test
    void shouldCloseOnlyThatConnectionWhenTheApiIsUnknown() {
        final TestClient other = broker.connect();
        final TestClient client = broker.connect();

        client.sendRaw(header(999, 0).flip());

        assertThat(client.isClosed()).isTrue();
        assertThat(client.receiveRaw()).isNull();
        final ApiVersionsResponse response = other.ask(0, new ApiVersionsRequest());
        assertThat(response.errorCode()).isZero();
    }

    @Test
    void shouldCloseTheConnectionWhenTheVersionIsNotServed() {
        final TestClient tooNew = broker.connect();
        final TestClient tooOld = broker.connect();

        tooNew.sendRaw(header(ApiKey.METADATA.id(), 99).put(new byte[10]).flip());
        tooOld.sendRaw(header(ApiKey.PRODUCE.id(), 2).put(new byte[10]).flip());

        assertThat(tooNew.isClosed()).isTrue();
        assertThat(tooOld.isClosed()).isTrue();
    }

    @Test
    void shouldCloseTheConnectionWhenTheBodyIsCut() {
        final TestClient client = broker.connect();

        client.sendRaw(header(ApiKey.METADATA.id(), 1).putInt(5).flip());

        assertThat(client.isClosed()).isTrue();
    }

    /** Kafka logs an error with the client's address and a stack trace. */
    @Test
    void shouldLogOneLineWhenTheRequestIsMalformed() {
        assertThat(linesWhenSent(header(999, 3).flip()))
                .singleElement()
                .asString()
                .contains("WARN", "127.0.0.1", "an API that is not served", "api 999 v3");
        assertThat(linesWhenSent(
                        header(ApiKey.METADATA.id(), 99).put(new byte[10]).flip()))
                .singleElement()
                .asString()
                .contains("WARN", "127.0.0.1", "a version that is not served", "api 3 v99");
        assertThat(linesWhenSent(header(ApiKey.METADATA.id(), 1).putInt(5).flip()))
                .singleElement()
                .asString()
                .contains("WARN", "127.0.0.1", "an array of 5 elements in 0 bytes", "api 3 v1");
        assertThat(linesWhenSent(ByteBuffer.allocate(5)))
                .singleElement()
                .asString()
                .contains("WARN", "127.0.0.1", "a request of 5 bytes");
        final byte[] name = "two\nlines".getBytes(StandardCharsets.UTF_8);
        assertThat(linesWhenSent(header(999, 0)
                        .position(8)
                        .putShort((short) name.length)
                        .put(name)
                        .flip()))
                .singleElement()
                .asString()
                .contains("client two?lines");
    }

    /** Kafka accepts any number that fits into a request; 50 million elements make it run out of memory. */
    @Test
    void shouldCloseTheConnectionWhenTheRequestHasTooManyElements() {
        try (SteppedBroker bounded = new SteppedBroker("ottla.request.elements.max", "1000")) {
            final TestClient client = bounded.connect();
            final MetadataRequest request = new MetadataRequest();
            for (int i = 0; i < 1_000; i++) {
                request.topics().add(new MetadataRequest.MetadataRequestTopic().setName("t"));
            }
            assertThat(client.<MetadataResponse>ask(12, request).topics()).isNotEmpty();
            request.topics().add(new MetadataRequest.MetadataRequestTopic().setName("t"));
            client.send(12, request);
            assertThat(client.isClosed()).isTrue();
        }
    }

    private List<String> linesWhenSent(final ByteBuffer frame) {
        final PrintStream stderr = System.err;
        final ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            final TestClient client = broker.connect();
            client.sendRaw(frame);
            assertThat(client.isClosed()).isTrue();
        } finally {
            System.setErr(stderr);
        }
        return captured.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void shouldServeOthersWhenRandomBytesCome() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            final TestClient client = broker.connect(i % 2);
            final byte[] body = new byte[random.nextInt(50)];
            random.nextBytes(body);
            // Half of the cases have a valid header, so that the body is parsed.
            final ByteBuffer frame = random.nextBoolean()
                    ? ByteBuffer.wrap(body)
                    : header(random.nextInt(93), random.nextInt(14)).put(body).flip();
            client.sendRaw(frame);
            if (!client.isClosed()) {
                client.disconnect();
            }
        }
        final ApiVersionsResponse response = broker.connect().ask(0, new ApiVersionsRequest());
        assertThat(response.errorCode()).as("seed %d", seed).isZero();
    }
}
