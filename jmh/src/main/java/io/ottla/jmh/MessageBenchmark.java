package io.ottla.jmh;

import io.ottla.api.Payload;
import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.FrameWriter;
import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.ApiKey;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.ResponseMessage;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.ApiVersionsResponse.ApiVersion;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.FetchPartition;
import io.ottla.codec.message.FetchRequest.FetchTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.FetchableTopicResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.codec.message.HeartbeatRequest;
import io.ottla.codec.message.HeartbeatResponse;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.MetadataResponse.MetadataResponseBroker;
import io.ottla.codec.message.MetadataResponse.MetadataResponsePartition;
import io.ottla.codec.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetCommitResponse;
import io.ottla.codec.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.ottla.codec.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.message.ProduceResponse.TopicProduceResponse;
import io.ottla.testkit.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures reading the requests and writing the responses that are most frequent in a busy broker, for one partition.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MessageBenchmark {
    private static final String MEMBER = "consumer-readers-1-00000000-0000-0001-0000-000000000002";
    private static final UUID TOPIC_ID = new UUID(1, 2);

    /** The API and its version. */
    @Param({
        "PRODUCE-3",
        "PRODUCE-13",
        "FETCH-4",
        "FETCH-17",
        "API_VERSIONS-4",
        "METADATA-13",
        "LIST_OFFSETS-9",
        "HEARTBEAT-4",
        "OFFSET_COMMIT-9"
    })
    String message;

    private final KafkaProtocolCodec codec = new KafkaProtocolCodec();
    private final RequestHeader header = new RequestHeader();
    private final Sink sink = new Sink();
    private ByteBuffer frame;
    private ResponseMessage response;

    /** Writes each response into the same memory. */
    private static final class Sink implements FrameWriter {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);

        @Override
        public ByteBuffer ensure(final int bytes) {
            return buffer;
        }

        @Override
        public int runStart() {
            return 0;
        }

        @Override
        public void append(final Payload payload) {
            payload.release();
        }
    }

    @Setup
    public void prepare() {
        final int dash = message.indexOf('-');
        final ApiKey api = ApiKey.valueOf(message.substring(0, dash));
        header.set(api.id(), Short.parseShort(message.substring(dash + 1)), 42, "benchmark-client");
        final GrowingFrameWriter writer = new GrowingFrameWriter();
        codec.writeRequest(header, request(api), writer);
        final byte[] bytes = writer.toByteArray();
        frame = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        response = response(api);
    }

    @Benchmark
    public ApiMessage readRequest() {
        codec.readHeader(frame.position(0), header);
        return codec.readRequest(header, frame);
    }

    @Benchmark
    public int writeResponse() {
        sink.buffer.clear();
        codec.writeResponse(header, header.apiVersion(), response, sink);
        return sink.buffer.position();
    }

    private static RequestMessage request(final ApiKey api) {
        return switch (api) {
            case PRODUCE -> {
                final TopicProduceData topic =
                        new TopicProduceData().setName("orders").setTopicId(TOPIC_ID);
                topic.partitionData()
                        .add(new PartitionProduceData()
                                .setRecords(Payload.of(
                                        new BatchBuilder().value(1024, (byte) 1).build())));
                final ProduceRequest request =
                        new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
                request.topicData().add(topic);
                yield request;
            }
            case FETCH -> {
                final FetchTopic topic = new FetchTopic().setTopic("orders").setTopicId(TOPIC_ID);
                topic.partitions().add(new FetchPartition().setFetchOffset(7).setPartitionMaxBytes(1 << 20));
                final FetchRequest request = new FetchRequest()
                        .setMaxWaitMs(500)
                        .setMinBytes(1)
                        .setMaxBytes(1 << 20)
                        .setSessionEpoch(-1);
                request.topics().add(topic);
                yield request;
            }
            case API_VERSIONS ->
                new ApiVersionsRequest().setClientSoftwareName("benchmark").setClientSoftwareVersion("1");
            case METADATA -> {
                final MetadataRequest request = new MetadataRequest();
                request.topics().add(new MetadataRequestTopic().setName("orders"));
                yield request;
            }
            case LIST_OFFSETS -> {
                final ListOffsetsTopic topic = new ListOffsetsTopic().setName("orders");
                topic.partitions().add(new ListOffsetsPartition().setTimestamp(-1));
                final ListOffsetsRequest request = new ListOffsetsRequest().setReplicaId(-1);
                request.topics().add(topic);
                yield request;
            }
            case HEARTBEAT ->
                new HeartbeatRequest().setGroupId("readers").setMemberId(MEMBER).setGenerationId(7);
            case OFFSET_COMMIT -> {
                final OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("orders");
                topic.partitions().add(new OffsetCommitRequestPartition().setCommittedOffset(7));
                final OffsetCommitRequest request = new OffsetCommitRequest()
                        .setGroupId("readers")
                        .setMemberId(MEMBER)
                        .setGenerationIdOrMemberEpoch(7);
                request.topics().add(topic);
                yield request;
            }
            default -> throw new IllegalArgumentException(api.name());
        };
    }

    private static ResponseMessage response(final ApiKey api) {
        return switch (api) {
            case PRODUCE -> {
                final TopicProduceResponse topic =
                        new TopicProduceResponse().setName("orders").setTopicId(TOPIC_ID);
                topic.partitionResponses().add(new PartitionProduceResponse().setBaseOffset(7));
                final ProduceResponse response = new ProduceResponse();
                response.responses().add(topic);
                yield response;
            }
            case FETCH -> {
                final FetchableTopicResponse topic =
                        new FetchableTopicResponse().setTopic("orders").setTopicId(TOPIC_ID);
                topic.partitions()
                        .add(new PartitionData()
                                .setHighWatermark(8)
                                .setLastStableOffset(8)
                                .setRecords(Payload.of(
                                        new BatchBuilder().value(1024, (byte) 1).build())));
                final FetchResponse response = new FetchResponse();
                response.responses().add(topic);
                yield response;
            }
            case API_VERSIONS -> {
                final ApiVersionsResponse response = new ApiVersionsResponse();
                for (short key = 0; key < 40; key++) {
                    response.apiKeys().add(new ApiVersion().setApiKey(key).setMaxVersion((short) 9));
                }
                yield response;
            }
            case METADATA -> {
                final MetadataResponseTopic topic =
                        new MetadataResponseTopic().setName("orders").setTopicId(TOPIC_ID);
                topic.partitions()
                        .add(new MetadataResponsePartition()
                                .setLeaderId(1)
                                .setReplicaNodes(List.of(1))
                                .setIsrNodes(List.of(1)));
                final MetadataResponse response = new MetadataResponse()
                        .setClusterId("AAAAAAAAAAAAAAAAAAAAAA")
                        .setControllerId(1);
                response.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(1)
                                .setHost("localhost")
                                .setPort(9092));
                response.topics().add(topic);
                yield response;
            }
            case LIST_OFFSETS -> {
                final ListOffsetsTopicResponse topic = new ListOffsetsTopicResponse().setName("orders");
                topic.partitions().add(new ListOffsetsPartitionResponse().setOffset(7));
                final ListOffsetsResponse response = new ListOffsetsResponse();
                response.topics().add(topic);
                yield response;
            }
            case HEARTBEAT -> new HeartbeatResponse();
            case OFFSET_COMMIT -> {
                final OffsetCommitResponseTopic topic = new OffsetCommitResponseTopic().setName("orders");
                topic.partitions().add(new OffsetCommitResponsePartition());
                final OffsetCommitResponse response = new OffsetCommitResponse();
                response.topics().add(topic);
                yield response;
            }
            default -> throw new IllegalArgumentException(api.name());
        };
    }
}
