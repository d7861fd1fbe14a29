package io.ottla.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.ApiVersionsResponse.ApiVersion;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.MetadataResponse.MetadataResponseBroker;
import io.ottla.codec.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** The code of docs/use-one-module.md, which a client of Kafka is happy with. */
class UseOneModuleTest {
    private static final int FRAME_BYTES_MAX = 100 * 1024 * 1024;

    @Test
    void shouldAnswerKafkasOwnClient() throws Exception {
        final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        final CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(listener));
        final String address = "127.0.0.1:" + listener.getLocalPort();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS)).containsExactly("greetings");
        } finally {
            listener.close();
        }
        server.get(60, TimeUnit.SECONDS);
    }

    private static void serve(final ServerSocket listener) {
        final List<CompletableFuture<Void>> connections = new ArrayList<>();
        try {
            while (true) {
                final Socket socket = listener.accept();
                connections.add(CompletableFuture.runAsync(() -> converse(socket), Thread::startVirtualThread));
            }
        } catch (final IOException e) {
            connections.forEach(CompletableFuture::join);
        }
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
            // The client is done.
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    // region: answer
    static byte[] answer(final KafkaProtocolCodec codec, final ByteBuffer frame, final int port) {
        final RequestHeader header = new RequestHeader();
        codec.readHeader(frame, header);
        final ResponseMessage response = switch (codec.readRequest(header, frame)) {
            case final ApiVersionsRequest request -> apiVersions();
            case final MetadataRequest request -> metadata(port);
            default -> throw new IllegalArgumentException("not answered: " + header);
        };
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

    @Test
    void shouldReadTheRecordsOfAProduceRequest() {
        assertThat(values(produceRequest())).containsExactly("hello", "world");
    }

    // region: write
    static ByteBuffer produceRequest() {
        final ByteBuffer batch = new RecordBatchWriter()
                .begin(0)
                .compression(CompressionType.ZSTD)
                .append(1_700_000_000_000L, null, "hello".getBytes(UTF_8))
                .append(1_700_000_000_001L, null, "world".getBytes(UTF_8))
                .finish();
        final ProduceRequest request = new ProduceRequest()
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(List.of(new TopicProduceData()
                        .setName("greetings")
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(Payload.of(batch))))));
        final RequestHeader header = new RequestHeader();
        header.set(ApiKey.PRODUCE.id(), (short) 12, 1, "my-client");
        final GrowingFrameWriter out = new GrowingFrameWriter();
        new KafkaProtocolCodec().writeRequest(header, request, out);
        return out.toByteBuffer();
    }
    // endregion

    // region: read
    static List<String> values(final ByteBuffer frame) {
        final KafkaProtocolCodec codec = new KafkaProtocolCodec();
        final RequestHeader header = new RequestHeader();
        codec.readHeader(frame, header);
        final ProduceRequest request = (ProduceRequest) codec.readRequest(header, frame);
        final RecordBatchReader reader = new RecordBatchReader();
        final List<String> values = new ArrayList<>();
        for (final TopicProduceData topic : request.topicData()) {
            for (final PartitionProduceData partition : topic.partitionData()) {
                final ByteBuffer batch = toByteBuffer(partition.records());
                RecordBatches.checkBounds(batch, 0);
                if (!RecordBatches.isCrcValid(batch, 0)) {
                    throw new IllegalArgumentException("damaged on its way");
                }
                reader.wrap(batch, 0);
                while (reader.next()) {
                    values.add(UTF_8.decode(reader.value()).toString());
                }
            }
        }
        return values;
    }
    // endregion

    private static ByteBuffer toByteBuffer(final Payload payload) {
        try {
            return payload.toByteBuffer();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
