package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.ResponseMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** A client that speaks frames to a {@link SteppedBroker}. */
public final class TestClient {
    private final SteppedBroker broker;
    private final LocalTransport.LocalConnection connection;
    private final KafkaProtocolCodec codec = new KafkaProtocolCodec();
    private final Queue<RequestHeader> sent = new ArrayDeque<>();
    private String clientId = "test";
    private int lastCorrelationId;

    TestClient(final SteppedBroker broker, final LocalTransport.LocalConnection connection) {
        this.broker = broker;
        this.connection = connection;
    }

    public TestClient clientId(final String newClientId) {
        clientId = newClientId;
        return this;
    }

    /** Sends a request and waits for nothing. */
    public void send(final int version, final RequestMessage request) {
        final RequestHeader header = new RequestHeader();
        header.set(request.apiKey(), (short) version, ++lastCorrelationId, clientId);
        final GrowingFrameWriter writer = new GrowingFrameWriter();
        codec.writeRequest(header, request, writer);
        sent.add(header);
        connection.send(writer.toByteBuffer());
    }

    /** Sends bytes as they are. */
    public void sendRaw(final ByteBuffer frame) {
        connection.send(frame);
    }

    public ByteBuffer receiveRaw() {
        broker.step();
        return connection.receive();
    }

    /** Sends a request and steps the broker until it is answered. */
    public <R extends ResponseMessage> R ask(final int version, final RequestMessage request) {
        send(version, request);
        final R response = poll();
        assertThat(response).as("the response to %s", request).isNotNull();
        return response;
    }

    /** The next response, or null if there is none when the broker has nothing left to do. */
    public <R extends ResponseMessage> R poll() {
        broker.step();
        return pollNow();
    }

    /** The next response if it is there without the broker doing anything more, or null. */
    @SuppressWarnings("unchecked")
    public <R extends ResponseMessage> R pollNow() {
        final ByteBuffer frame = connection.receive();
        return frame == null ? null : (R) codec.readResponse(sent.remove(), frame);
    }

    /** Forgets a request that gets no response. */
    public void forget() {
        sent.remove();
    }

    public boolean isClosed() {
        broker.step();
        return connection.isClosed();
    }

    public void disconnect() {
        connection.close();
    }
}
