package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import java.nio.ByteBuffer;
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

    @Test
    void shouldServeOthersWhenRandomBytesCome() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            final TestClient client = broker.connect(i % 2);
            final byte[] body = new byte[random.nextInt(50)];
            random.nextBytes(body);
            // In half of the cases the header is good, so that bodies are reached.
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
