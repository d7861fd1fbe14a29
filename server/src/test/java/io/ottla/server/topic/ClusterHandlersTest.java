package io.ottla.server.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeClusterRequest;
import io.ottla.codec.message.DescribeClusterResponse;
import io.ottla.codec.message.DescribeTopicPartitionsRequest;
import io.ottla.codec.message.DescribeTopicPartitionsRequest.Cursor;
import io.ottla.codec.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.ottla.codec.message.DescribeTopicPartitionsResponse;
import io.ottla.codec.message.InitProducerIdRequest;
import io.ottla.codec.message.InitProducerIdResponse;
import io.ottla.codec.message.OffsetForLeaderEpochRequest;
import io.ottla.codec.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.ottla.codec.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.ottla.codec.message.OffsetForLeaderEpochResponse;
import io.ottla.codec.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import io.ottla.server.Batches;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves({
    ApiKey.DESCRIBE_CLUSTER,
    ApiKey.DESCRIBE_TOPIC_PARTITIONS,
    ApiKey.INIT_PRODUCER_ID,
    ApiKey.OFFSET_FOR_LEADER_EPOCH
})
class ClusterHandlersTest {
    private final SteppedBroker broker = new SteppedBroker("node.id", "7", "broker.rack", "r1");
    private final TestClient client = broker.connect();

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldDescribeTheOneBrokerInAnyVersion(final int version) {
        final DescribeClusterResponse response = client.ask(version, new DescribeClusterRequest());

        assertThat(response.errorCode()).isZero();
        assertThat(response.clusterId()).isEqualTo(broker.broker().clusterId()).hasSize(22);
        assertThat(response.controllerId()).isEqualTo(7);
        assertThat(response.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(response.brokers()).hasSize(1);
        assertThat(response.brokers().getFirst().brokerId()).isEqualTo(7);
        assertThat(response.brokers().getFirst().host()).isEqualTo("127.0.0.1");
        assertThat(response.brokers().getFirst().port()).isEqualTo(9092);
        assertThat(response.brokers().getFirst().rack()).isEqualTo("r1");
    }

    @Test
    void shouldReturnAuthorizedOperationsWhenRequested() {
        final DescribeClusterResponse response =
                client.ask(2, new DescribeClusterRequest().setIncludeClusterAuthorizedOperations(true));

        assertThat(response.clusterAuthorizedOperations()).isEqualTo(8096);
    }

    @ParameterizedTest
    @CsvSource({"2,MISMATCHED_ENDPOINT_TYPE", "3,UNSUPPORTED_ENDPOINT_TYPE"})
    void shouldRefuseToDescribeControllers(final int endpointType, final ErrorCode error) {
        final DescribeClusterResponse response =
                client.ask(2, new DescribeClusterRequest().setEndpointType((byte) endpointType));

        assertThat(ErrorCode.of(response.errorCode())).isEqualTo(error);
    }

    private DescribeTopicPartitionsResponse page(final int limit, final Cursor cursor, final String... topics) {
        final DescribeTopicPartitionsRequest request = new DescribeTopicPartitionsRequest()
                .setResponsePartitionLimit(limit)
                .setCursor(cursor);
        for (final String topic : topics) {
            request.topics().add(new TopicRequest().setName(topic));
        }
        return client.ask(0, request);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 100})
    void shouldReturnAllPartitionsPageByPage(final int limit) {
        broker.createTopic("b", 4);
        broker.createTopic("a", 3);
        broker.createTopic("c", 1);
        final List<String> seen = new ArrayList<>();
        Cursor cursor = null;
        do {
            final DescribeTopicPartitionsResponse response = page(limit, cursor);
            final int before = seen.size();
            response.topics()
                    .forEach(topic -> topic.partitions().forEach(partition -> {
                        assertThat(partition.leaderId()).isEqualTo(7);
                        assertThat(partition.isrNodes()).containsExactly(7);
                        seen.add(topic.name() + partition.partitionIndex());
                    }));
            assertThat(seen.size() - before).isLessThanOrEqualTo(limit);
            cursor = response.nextCursor() == null
                    ? null
                    : new Cursor()
                            .setTopicName(response.nextCursor().topicName())
                            .setPartitionIndex(response.nextCursor().partitionIndex());
        } while (cursor != null);

        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1", "b2", "b3", "c0");
    }

    @Test
    void shouldNameTopicsThatDoNotExist() {
        broker.createTopic("b", 1);

        final DescribeTopicPartitionsResponse response = page(10, null, "z", "b", "b", "not a name");

        assertThat(response.topics())
                .extracting(topic -> topic.name() + " " + ErrorCode.of(topic.errorCode()))
                .containsExactly("b NONE", "not a name INVALID_TOPIC_EXCEPTION", "z UNKNOWN_TOPIC_OR_PARTITION");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void shouldGiveAFreshProducerIdInAnyVersion(final int version) {
        final Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 1500; i++) {
            final InitProducerIdResponse response =
                    client.ask(version, new InitProducerIdRequest().setTransactionalId(null));
            assertThat(response.errorCode()).isZero();
            assertThat(response.producerEpoch()).isZero();
            ids.add(response.producerId());
        }
        assertThat(ids).hasSize(1500);
    }

    @Test
    void shouldGiveAFreshProducerIdWhenThereWasOneBefore() {
        final InitProducerIdResponse response = client.ask(
                5,
                new InitProducerIdRequest()
                        .setTransactionalId(null)
                        .setProducerId(123_456)
                        .setProducerEpoch(Short.MAX_VALUE));

        assertThat(response.errorCode()).isZero();
        assertThat(response.producerId()).isNotEqualTo(123_456);
        assertThat(response.producerEpoch()).isZero();
    }

    @Test
    void shouldRefuseTransactionalProducersForNow() {
        final InitProducerIdResponse transactional = client.ask(
                5, new InitProducerIdRequest().setTransactionalId("t").setTransactionTimeoutMs(1000));
        final InitProducerIdResponse nameless = client.ask(5, new InitProducerIdRequest().setTransactionalId(""));
        final InitProducerIdResponse halfKnown = client.ask(
                5, new InitProducerIdRequest().setTransactionalId(null).setProducerId(5));

        assertThat(ErrorCode.of(transactional.errorCode())).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(transactional.producerId()).isEqualTo(-1);
        assertThat(ErrorCode.of(nameless.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(ErrorCode.of(halfKnown.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private EpochEndOffset endOf(
            final int version, final String topic, final int partition, final int currentEpoch, final int epoch) {
        final OffsetForLeaderEpochRequest request = new OffsetForLeaderEpochRequest();
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new OffsetForLeaderPartition()
                                .setPartition(partition)
                                .setCurrentLeaderEpoch(currentEpoch)
                                .setLeaderEpoch(epoch))));
        final OffsetForLeaderEpochResponse response = client.ask(version, request);
        return response.topics().getFirst().partitions().getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldReturnTheEndOfAnEpochInAnyVersion(final int version) {
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a", "b");

        final EpochEndOffset end = endOf(version, "topic", 0, 0, 0);

        assertThat(end.errorCode()).isZero();
        assertThat(end.leaderEpoch()).isZero();
        assertThat(end.endOffset()).isEqualTo(2);
    }

    @Test
    void shouldReturnNoneForEpochsAndPartitionsThatDoNotExist() {
        broker.createTopic("topic", 1);

        final EpochEndOffset future = endOf(4, "topic", 0, -1, 5);
        assertThat(future.errorCode()).isZero();
        assertThat(future.leaderEpoch()).isEqualTo(-1);
        assertThat(future.endOffset()).isEqualTo(-1);
        assertThat(ErrorCode.of(endOf(4, "topic", 0, 1, 0).errorCode())).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(ErrorCode.of(endOf(4, "topic", 1, 0, 0).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(ErrorCode.of(endOf(4, "absent", 0, 0, 0).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
