package io.ottla.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.ResponseMessage;
import io.ottla.codec.message.DescribeTopicPartitionsRequest;
import io.ottla.codec.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.OffsetForLeaderEpochRequest;
import io.ottla.codec.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.ottla.codec.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.ottla.codec.message.OffsetForLeaderEpochResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.Batches;
import io.ottla.server.BrokerInternals;
import io.ottla.server.Fetches;
import io.ottla.server.partition.Partition;
import io.ottla.server.request.Turns;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests requests for many unused partitions, together with other requests. In Kafka, another thread serves these. */
class LogOpeningTest {
    private static final int PARTITIONS = 600;
    private static final int OPENING_TURNS = PARTITIONS / Turns.TURN_OPENS;

    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();
    private final TestClient other = broker.connect();
    private int turns;

    @BeforeEach
    void createTopics() {
        broker.createTopic("many", PARTITIONS);
        broker.createTopic("topic", 1);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    /**
     * Runs the broker until the request is answered, with a request of another client in each turn, and counts these.
     */
    private <R extends ResponseMessage> R ask(final int version, final RequestMessage request) {
        client.send(version, request);
        turns = 0;
        R response = client.pollNow();
        while (response == null) {
            other.send(12, Batches.produce("topic", 0, Batches.of("other")));
            assertThat(other.<ProduceResponse>pollNow()).as("turn %d", turns).isNotNull();
            assertThat(broker.broker().invoke()).isPositive();
            turns++;
            response = client.pollNow();
        }
        return response;
    }

    private void assertTurnsAreToOpen() {
        // Sometimes another agent has work.
        assertThat(turns).isBetween(OPENING_TURNS, OPENING_TURNS + 2);
    }

    private static ProduceRequest produce(final String topic, final int partitions) {
        final ProduceRequest request = Batches.produce(topic, 0, Batches.of("value"));
        final List<PartitionProduceData> all = request.topicData().getFirst().partitionData();
        for (int i = 1; i < partitions; i++) {
            all.add(new PartitionProduceData().setIndex(i).setRecords(Payload.of(Batches.of("value"))));
        }
        return request;
    }

    private static void assertAppendedAt(final ProduceResponse response, final long offset) {
        assertThat(response.responses().getFirst().partitionResponses())
                .allMatch(result -> result.errorCode() == 0 && result.baseOffset() == offset)
                .extracting(PartitionProduceResponse::index)
                .containsExactlyElementsOf(
                        IntStream.range(0, PARTITIONS).boxed().toList());
    }

    private static FetchRequest fetch() {
        final FetchRequest request = Fetches.fetch("many", 0, 0);
        for (int i = 1; i < PARTITIONS; i++) {
            Fetches.add(request, "many", i, 0);
        }
        return request;
    }

    private static ListOffsetsRequest latest() {
        final ListOffsetsTopic topic = new ListOffsetsTopic().setName("many");
        for (int i = 0; i < PARTITIONS; i++) {
            topic.partitions()
                    .add(new ListOffsetsPartition().setPartitionIndex(i).setTimestamp(-1));
        }
        final ListOffsetsRequest request = new ListOffsetsRequest().setReplicaId(-1);
        request.topics().add(topic);
        return request;
    }

    private static OffsetForLeaderEpochRequest epochs() {
        final OffsetForLeaderTopic topic = new OffsetForLeaderTopic().setTopic("many");
        for (int i = 0; i < PARTITIONS; i++) {
            topic.partitions().add(new OffsetForLeaderPartition().setPartition(i));
        }
        final OffsetForLeaderEpochRequest request = new OffsetForLeaderEpochRequest();
        request.topics().add(topic);
        return request;
    }

    @Test
    void shouldServeOthersWithinAProduceWhenItOpensManyLogs() {
        assertAppendedAt(ask(12, produce("many", PARTITIONS)), 0);
        assertTurnsAreToOpen();

        assertAppendedAt(ask(12, produce("many", PARTITIONS)), 1);
        assertThat(turns).isZero();
    }

    @Test
    void shouldServeOthersWithinAFetchWhenItOpensManyLogs() {
        final FetchResponse response = ask(Fetches.VERSION, fetch());

        assertTurnsAreToOpen();
        assertThat(response.responses().getFirst().partitions())
                .hasSize(PARTITIONS)
                .allMatch(partition -> partition.errorCode() == 0 && partition.highWatermark() == 0);
        ask(Fetches.VERSION, fetch());
        assertThat(turns).isZero();
    }

    @Test
    void shouldServeOthersWithinListOffsetsWhenItOpensManyLogs() {
        final ListOffsetsResponse response = ask(11, latest());

        assertTurnsAreToOpen();
        assertThat(response.topics().getFirst().partitions())
                .hasSize(PARTITIONS)
                .allMatch(partition -> partition.errorCode() == 0 && partition.offset() == 0);
        ask(11, latest());
        assertThat(turns).isZero();
    }

    @Test
    void shouldServeOthersWithinOffsetForLeaderEpochWhenItOpensManyLogs() {
        final OffsetForLeaderEpochResponse response = ask(4, epochs());

        assertTurnsAreToOpen();
        assertThat(response.topics().getFirst().partitions())
                .hasSize(PARTITIONS)
                .allMatch(partition -> partition.errorCode() == 0 && partition.endOffset() == 0);
        ask(4, epochs());
        assertThat(turns).isZero();
    }

    @Test
    void shouldForgetARequestWhenItsConnectionEndsMeanwhile() {
        client.send(Fetches.VERSION, fetch());
        client.disconnect();
        broker.step();

        assertThat(openLogs()).isLessThan(PARTITIONS);
        assertThat(Fetches.records(other, "many", PARTITIONS - 1, 0).sizeBytes())
                .isZero();
    }

    /** It is done without a turn, like nearly all requests. */
    @Test
    void shouldTakeNoTurnsWhenAProduceOpensFewLogs() {
        broker.createTopic("few", 16);

        client.send(12, produce("few", 16));

        assertThat(client.<ProduceResponse>pollNow()).isNotNull();
    }

    /** Clients request all topics at once, whether they use them or not. */
    @Test
    void shouldOpenNoLogWhenItDescribesTopics() {
        client.ask(13, new MetadataRequest().setTopics(null));
        final DescribeTopicPartitionsRequest describe =
                new DescribeTopicPartitionsRequest().setResponsePartitionLimit(PARTITIONS);
        describe.topics().add(new TopicRequest().setName("many"));
        client.ask(0, describe);

        assertThat(openLogs()).isZero();
    }

    private long openLogs() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(i -> BrokerInternals.partitions(broker).topic("many").partition(i))
                .filter(Partition::isOpen)
                .count();
    }
}
