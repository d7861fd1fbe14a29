package io.ottla.cli;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.Providers;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.codec.RequestHeader;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.group.PartitionAssignor;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.storage.StorageProvider;
import io.ottla.api.transport.TransportProvider;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.ResponseMessage;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ConsumerGroupHeartbeatRequest;
import io.ottla.codec.message.ConsumerGroupHeartbeatResponse;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.FetchPartition;
import io.ottla.codec.message.FetchRequest.FetchTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FindCoordinatorRequest;
import io.ottla.codec.message.HeartbeatRequest;
import io.ottla.codec.message.InitProducerIdRequest;
import io.ottla.codec.message.JoinGroupRequest;
import io.ottla.codec.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.ottla.codec.message.JoinGroupResponse;
import io.ottla.codec.message.LeaveGroupRequest;
import io.ottla.codec.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.SyncGroupRequest;
import io.ottla.codec.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.ottla.codec.record.RecordBatchWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Starts the command like a user, sends some requests, and stops it. A virtual machine that records this ({@code
 * -XX:AOTCacheOutput}, JEP 514) stores the classes that a broker needs and the methods that are hot, and the next one
 * starts with both. This is not a test: the answers are hardly checked.
 */
final class TrainingRun {
    private static final String TOPIC = "training";

    /** The number of batches. More of them, in several segments, would not train more. */
    private static final int PRODUCED_BATCHES = 300;

    private static final int READY_POLL_MS = 5;
    private static final int READY_POLLS_MAX = 12_000;

    private final KafkaProtocolCodec codec = new KafkaProtocolCodec();
    private final Socket socket;
    private final DataInputStream in;
    private int lastCorrelationId;

    private TrainingRun(final Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /**
     * Runs the training and exits the process.
     *
     * @param args an existing, empty folder to work in; without it, nothing is started and {@link
     *     Providers#LIST_PROPERTY} is printed.
     * @throws Exception if the broker does not start or does not answer.
     */
    public static void main(final String[] args) throws Exception {
        if (args.length == 0) {
            System.out.println(Providers.list(List.of(
                    TransportProvider.class,
                    ProtocolCodecProvider.class,
                    StorageProvider.class,
                    MetadataCoordinatorProvider.class,
                    GroupCoordinatorProvider.class,
                    PartitionAssignor.class)));
            return;
        }
        final Path folder = Path.of(args[0]);
        final Path ready = folder.resolve("ready");
        final String[] command = {
            "--port",
            "0",
            "--data-dir",
            folder.resolve("data").toString(),
            "--ready-file",
            ready.toString(),
            "--set",
            "group.initial.rebalance.delay.ms=0"
        };
        final Thread broker = new Thread(() -> Main.main(command), "main");
        broker.setDaemon(true);
        broker.start();
        for (int polls = 0; !Files.exists(ready); polls++) {
            if (polls == READY_POLLS_MAX || !broker.isAlive()) {
                throw new IllegalStateException("the broker does not start");
            }
            Thread.sleep(READY_POLL_MS);
        }
        final String address = Files.readAllLines(ready).getFirst();
        final int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (Socket first = new Socket("127.0.0.1", port);
                Socket second = new Socket("127.0.0.1", port)) {
            first.setTcpNoDelay(true);
            new TrainingRun(first).produceAndConsume(new TrainingRun(second));
            new TrainingRun(first).joinGroups();
        }
        System.exit(0);
    }

    private void produceAndConsume(final TrainingRun other) throws IOException {
        ask(4, new ApiVersionsRequest().setClientSoftwareName("ottla").setClientSoftwareVersion("0"));
        ask(0, new ApiVersionsRequest());
        final MetadataResponse nothing = ask(13, metadata(null));
        check(nothing.brokers().size() == 1, "a broker");
        for (final int version : new int[] {2, 7}) {
            final CreateTopicsRequest topics = new CreateTopicsRequest().setTimeoutMs(1000);
            topics.topics()
                    .add(new CreatableTopic()
                            .setName(TOPIC + version)
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1));
            ask(version, topics);
        }
        ask(1, metadata(TOPIC + 2));
        final UUID topicId = ((MetadataResponse) ask(13, metadata(TOPIC)))
                .topics()
                .getFirst()
                .topicId();
        ask(5, new InitProducerIdRequest().setTransactionTimeoutMs(60_000));
        final ByteBuffer small = batch(1, 100);
        final ByteBuffer large = batch(16, 1000);
        for (int i = 0; i < PRODUCED_BATCHES; i++) {
            final ProduceResponse response =
                    ask(i % 3 == 0 ? 3 : i % 3 == 1 ? 12 : 13, produce(topicId, i % 4 == 0 ? large : small));
            check(
                    response.responses()
                                    .getFirst()
                                    .partitionResponses()
                                    .getFirst()
                                    .errorCode()
                            == 0,
                    "an append");
        }
        for (final int version : new int[] {1, 11}) {
            final ListOffsetsRequest offsets = new ListOffsetsRequest().setReplicaId(-1);
            final ListOffsetsTopic topic = new ListOffsetsTopic().setName(TOPIC);
            topic.partitions()
                    .add(new ListOffsetsPartition().setCurrentLeaderEpoch(-1).setTimestamp(-1 - version % 2));
            offsets.topics().add(topic);
            ask(version, offsets);
        }
        for (int i = 0; i < PRODUCED_BATCHES; i++) {
            final int version = i % 2 == 0 ? 4 : 17;
            final FetchResponse fetched = ask(version, fetch(topicId, i % 16 == 0 ? 0 : PRODUCED_BATCHES, 1 << 16));
            check(fetched.errorCode() == 0, "a fetch");
        }
        // A consumer that waits at the end of the log, and a record that wakes it.
        long end = 0;
        for (int i = 0; i < 200; i++) {
            final ProduceResponse appended = other.ask(12, produce(topicId, small));
            end = 1
                    + appended.responses()
                            .getFirst()
                            .partitionResponses()
                            .getFirst()
                            .baseOffset();
            send(17, fetch(topicId, end, 1 << 16));
            other.ask(12, produce(topicId, small));
            receive(17, fetch(topicId, end, 1 << 16));
        }
    }

    private void joinGroups() throws IOException {
        ask(6, new FindCoordinatorRequest().setCoordinatorKeys(List.of("classic")));
        final JoinGroupRequest join = new JoinGroupRequest()
                .setGroupId("classic")
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(10_000)
                .setMemberId("");
        join.protocols()
                .add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 0, 0, 0, 0, 0}));
        final JoinGroupResponse asked = ask(9, join);
        final JoinGroupResponse joined = ask(9, join.setMemberId(asked.memberId()));
        check(joined.errorCode() == 0, "a member");
        final SyncGroupRequest sync = new SyncGroupRequest()
                .setGroupId("classic")
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setProtocolType("consumer")
                .setProtocolName("range");
        sync.assignments()
                .add(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {0, 0, 0, 0, 0, 0}));
        ask(5, sync);
        ask(
                4,
                new HeartbeatRequest()
                        .setGroupId("classic")
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generationId()));
        final OffsetCommitRequest commit = new OffsetCommitRequest()
                .setGroupId("classic")
                .setMemberId(joined.memberId())
                .setGenerationIdOrMemberEpoch(joined.generationId());
        final OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName(TOPIC);
        topic.partitions()
                .add(new OffsetCommitRequestPartition().setCommittedOffset(1).setCommittedLeaderEpoch(-1));
        commit.topics().add(topic);
        ask(9, commit);
        final OffsetFetchRequest offsets = new OffsetFetchRequest();
        offsets.groups().add(new OffsetFetchRequestGroup().setGroupId("classic").setTopics(null));
        ask(9, offsets);
        final LeaveGroupRequest leave = new LeaveGroupRequest().setGroupId("classic");
        leave.members().add(new MemberIdentity().setMemberId(joined.memberId()));
        ask(5, leave);

        final ConsumerGroupHeartbeatRequest heartbeat = new ConsumerGroupHeartbeatRequest()
                .setGroupId("consumer")
                .setMemberId("training-member")
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(10_000)
                .setSubscribedTopicNames(List.of(TOPIC))
                .setTopicPartitions(new ArrayList<>());
        final ConsumerGroupHeartbeatResponse member = ask(1, heartbeat);
        check(member.errorCode() == 0, "a consumer");
        ask(1, heartbeat.setMemberEpoch(-1));
    }

    private static MetadataRequest metadata(final String topic) {
        if (topic == null) {
            return new MetadataRequest().setTopics(null);
        }
        final MetadataRequest request = new MetadataRequest().setAllowAutoTopicCreation(true);
        request.topics().add(new MetadataRequestTopic().setName(topic));
        return request;
    }

    private static ByteBuffer batch(final int records, final int recordBytes) {
        final RecordBatchWriter writer = new RecordBatchWriter().begin(0);
        final byte[] value = "x".repeat(recordBytes).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < records; i++) {
            writer.append(Clock.system().epochMs(), null, value);
        }
        return writer.finish();
    }

    private static ProduceRequest produce(final UUID topicId, final ByteBuffer batch) {
        final TopicProduceData topic = new TopicProduceData().setName(TOPIC).setTopicId(topicId);
        topic.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(Payload.of(batch.duplicate())));
        final ProduceRequest request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData().add(topic);
        return request;
    }

    private static FetchRequest fetch(final UUID topicId, final long offset, final int bytesMax) {
        final FetchTopic topic = new FetchTopic().setTopic(TOPIC).setTopicId(topicId);
        topic.partitions().add(new FetchPartition().setFetchOffset(offset).setPartitionMaxBytes(bytesMax));
        final FetchRequest request = new FetchRequest()
                .setMaxWaitMs(1000)
                .setMinBytes(1)
                .setMaxBytes(bytesMax)
                .setSessionEpoch(-1);
        request.topics().add(topic);
        return request;
    }

    private <R extends ResponseMessage> R ask(final int version, final RequestMessage request) throws IOException {
        send(version, request);
        return receive(version, request);
    }

    private void send(final int version, final RequestMessage request) throws IOException {
        final GrowingFrameWriter writer = new GrowingFrameWriter();
        codec.writeRequest(header(version, request, ++lastCorrelationId), request, writer);
        final byte[] frame = writer.toByteArray();
        final ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + frame.length);
        socket.getOutputStream().write(out.putInt(frame.length).put(frame).array());
    }

    @SuppressWarnings("unchecked")
    private <R extends ResponseMessage> R receive(final int version, final RequestMessage request) throws IOException {
        final byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return (R) codec.readResponse(header(version, request, lastCorrelationId), ByteBuffer.wrap(frame));
    }

    private static RequestHeader header(final int version, final RequestMessage request, final int correlationId) {
        final RequestHeader header = new RequestHeader();
        header.set(request.apiKey(), (short) version, correlationId, "training");
        return header;
    }

    private static void check(final boolean holds, final String what) {
        if (!holds) {
            throw new IllegalStateException("the training got no " + what);
        }
    }
}
