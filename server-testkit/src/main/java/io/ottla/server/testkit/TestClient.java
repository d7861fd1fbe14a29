package io.ottla.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.ResponseMessage;
import io.ottla.testkit.LocalClient;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A client of a {@link SteppedBroker}, which sends any request in any version and receives the responses in order. The
 * broker reads a request at once; a response that needs more work waits until the broker is stepped.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class TestClient {
    private final SteppedBroker broker;
    private final LocalClient connection;
    private final KafkaProtocolCodec codec = new KafkaProtocolCodec();
    private final Queue<RequestHeader> sent = new ArrayDeque<>();
    private String clientId = "test";
    private int lastCorrelationId;

    TestClient(final SteppedBroker broker, final LocalClient connection) {
        this.broker = broker;
        this.connection = connection;
    }

    /**
     * Sets the client id of the requests from now on.
     *
     * @param newClientId the id, which is {@code test} at first.
     * @return this.
     */
    public TestClient clientId(final String newClientId) {
        clientId = newClientId;
        return this;
    }

    /**
     * Sends a request without waiting for a response.
     *
     * @param version the version of the request.
     * @param request the request.
     */
    public void send(final int version, final RequestMessage request) {
        final RequestHeader header = new RequestHeader();
        header.set(request.apiKey(), (short) version, ++lastCorrelationId, clientId);
        final GrowingFrameWriter writer = new GrowingFrameWriter();
        codec.writeRequest(header, request, writer);
        sent.add(header);
        deliver(writer.toByteArray());
    }

    /**
     * Sends bytes as they are, with their length before them.
     *
     * @param frame the bytes from position to limit; neither moves.
     */
    public void sendRaw(final ByteBuffer frame) {
        final byte[] bytes = new byte[frame.remaining()];
        frame.get(frame.position(), bytes);
        deliver(bytes);
    }

    private void deliver(final byte[] frame) {
        if (connection.ended()) {
            throw new IllegalStateException("the broker has closed the connection");
        }
        connection.send(frame);
        connection.deliver();
    }

    /**
     * Steps the broker and returns the bytes of the next response.
     *
     * @return the response without its length, or null if there is none when the broker has no work left.
     */
    public ByteBuffer receiveRaw() {
        broker.step();
        return receive();
    }

    private ByteBuffer receive() {
        final byte[] frame = connection.receive();
        return frame == null ? null : ByteBuffer.wrap(frame);
    }

    /**
     * Sends a request, steps the broker and returns the response.
     *
     * @param <R> the type of the response to this request.
     * @param version the version of the request.
     * @param request the request.
     * @return the response.
     * @throws AssertionError if there is none when the broker has no work left.
     */
    public <R extends ResponseMessage> R ask(final int version, final RequestMessage request) {
        send(version, request);
        final R response = poll();
        assertThat(response).as("the response to %s", request).isNotNull();
        return response;
    }

    /**
     * Steps the broker and returns the next response.
     *
     * @param <R> the type of the response to the oldest request that has none yet.
     * @return the response, or null if there is none when the broker has no work left.
     */
    public <R extends ResponseMessage> R poll() {
        broker.step();
        return pollNow();
    }

    /**
     * Returns the next response if there is one already, without stepping the broker.
     *
     * @param <R> the type of the response to the oldest request that has none yet.
     * @return the response, or null.
     */
    @SuppressWarnings("unchecked")
    public <R extends ResponseMessage> R pollNow() {
        final ByteBuffer frame = receive();
        return frame == null ? null : (R) codec.readResponse(sent.remove(), frame);
    }

    /** Drops the oldest request without a response, which gets none. */
    public void forget() {
        sent.remove();
    }

    /**
     * Steps the broker and returns whether it has closed the connection.
     *
     * @return true if it has.
     */
    public boolean isClosed() {
        broker.step();
        return connection.ended();
    }

    /** Ends the connection, which the broker notices at once. */
    public void disconnect() {
        connection.close();
        connection.deliver();
    }
}
