package io.example.proxy;

import io.ottla.api.ErrorCode;
import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.ApiKey;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.ResponseMessage;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.ApiVersionsResponse.ApiVersion;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.MetadataResponse.MetadataResponseBroker;
import io.ottla.codec.message.MetadataResponse.MetadataResponseTopic;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Answers the requests that Kafka's own AdminClient sends to list topics. Each connection has a thread. */
public final class Server implements AutoCloseable {
    private static final int FRAME_BYTES_MAX = 100 * 1024 * 1024;

    private final ServerSocket listener;

    /**
     * Listens on a free port of the loopback interface.
     *
     * @throws IOException if it can't.
     */
    public Server() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /**
     * Returns the address of the server.
     *
     * @return the value for bootstrap.servers.
     */
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            while (true) {
                final Socket socket = listener.accept();
                start(() -> converse(socket));
            }
        } catch (final IOException e) {
            // The server was closed.
        }
    }

    private static void start(final Runnable work) {
        final Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void converse(final Socket socket) {
        try (socket) {
            // region: frames
            final KafkaProtocolCodec codec = new KafkaProtocolCodec();
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            while (true) {
                final byte[] request = new byte[Objects.checkIndex(in.readInt(), FRAME_BYTES_MAX)];
                in.readFully(request);
                final byte[] response = answer(codec, ByteBuffer.wrap(request), socket.getLocalPort());
                out.writeInt(response.length);
                out.write(response);
                out.flush();
            }
            // endregion
        } catch (final EOFException | SocketException e) {
            // The client has closed the connection.
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // region: answer
    static byte[] answer(final KafkaProtocolCodec codec, final ByteBuffer frame, final int port) {
        final RequestHeader header = new RequestHeader();
        codec.readHeader(frame, header);
        final RequestMessage request = codec.readRequest(header, frame);
        final ResponseMessage response;
        if (request instanceof ApiVersionsRequest) {
            response = apiVersions();
        } else if (request instanceof MetadataRequest) {
            response = metadata(port);
        } else {
            throw new IllegalArgumentException("not answered: " + header);
        }
        final GrowingFrameWriter out = new GrowingFrameWriter();
        codec.writeResponse(header, header.apiVersion(), response, out);
        return out.toByteArray();
    }

    static ApiVersionsResponse apiVersions() {
        final ApiVersionsResponse response = new ApiVersionsResponse();
        for (final ApiKey api : List.of(ApiKey.API_VERSIONS, ApiKey.METADATA)) {
            response.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(api.id())
                            .setMinVersion(api.lowestVersion())
                            .setMaxVersion(api.highestVersion()));
        }
        return response;
    }

    static MetadataResponse metadata(final int port) {
        final MetadataResponse response =
                new MetadataResponse().setClusterId("my-cluster").setControllerId(1);
        response.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(1)
                        .setHost("127.0.0.1")
                        .setPort(port));
        response.topics()
                .add(new MetadataResponseTopic()
                        .setErrorCode(ErrorCode.NONE.code())
                        .setName("greetings")
                        .setTopicId(new UUID(1, 2)));
        return response;
    }
    // endregion
}
