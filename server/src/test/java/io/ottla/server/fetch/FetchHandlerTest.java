package io.ottla.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.Proves;
import io.ottla.server.Topics;
import io.ottla.server.partition.LeaderEpochs;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(ApiKey.FETCH)
class FetchHandlerTest {
    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();
    private UUID topicId;

    @BeforeEach
    void createTopic() {
        topicId = broker.createTopic("topic", 3);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private PartitionData fetch(final FetchRequest request) {
        return Fetches.only(client.ask(Fetches.VERSION, request));
    }

    private static ErrorCode errorOf(final PartitionData data) {
        return ErrorCode.of(data.errorCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    void shouldGiveRecordsInAnyVersion(final int version) {
        Batches.append(client, "topic", 1, "a", "b");
        final FetchRequest request = Fetches.fetch("topic", 1, 0);
        if (version >= 13) {
            request.topics().getFirst().setTopic("").setTopicId(topicId);
        }

        final FetchResponse response = client.ask(version, request);

        final PartitionData data = Fetches.only(response);
        assertThat(response.errorCode()).isZero();
        assertThat(errorOf(data)).isEqualTo(ErrorCode.NONE);
        assertThat(data.partitionIndex()).isEqualTo(1);
        assertThat(data.highWatermark()).isEqualTo(2);
        assertThat(data.lastStableOffset()).isEqualTo(2);
        assertThat(data.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
        assertThat(Batches.values(data.records())).containsExactly("0:a", "1:b");
        if (version >= 13) {
            assertThat(response.responses().getFirst().topicId()).isEqualTo(topicId);
        } else {
            assertThat(response.responses().getFirst().topic()).isEqualTo("topic");
        }
    }

    @Test
    void shouldReturnTheWholeBatchWhenTheOffsetIsInsideIt() {
        Batches.append(client, "topic", 0, "a", "b", "c");
        Batches.append(client, "topic", 0, "d");

        assertThat(Fetches.read(client, "topic", 0, 2)).containsExactly("0:a", "1:b", "2:c", "3:d");
        assertThat(Fetches.read(client, "topic", 0, 3)).containsExactly("3:d");
    }

    @Test
    void shouldReturnNothingAtTheEndAndAnErrorPastIt() {
        Batches.append(client, "topic", 0, "a");

        final PartitionData atEnd = fetch(Fetches.fetch("topic", 0, 1));
        final PartitionData past = fetch(Fetches.fetch("topic", 0, 2));
        final PartitionData before = fetch(Fetches.fetch("topic", 0, -1));

        assertThat(errorOf(atEnd)).isEqualTo(ErrorCode.NONE);
        assertThat(atEnd.highWatermark()).isEqualTo(1);
        assertThat(atEnd.records().sizeBytes()).isZero();
        assertThat(errorOf(past)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(past.highWatermark()).isEqualTo(-1);
        assertThat(past.logStartOffset()).isEqualTo(-1);
        assertThat(errorOf(before)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldRefuseWhenThePartitionIsUnknown() {
        assertThat(errorOf(fetch(Fetches.fetch("absent", 0, 0)))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(fetch(Fetches.fetch("topic", 3, 0)))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(fetch(Fetches.fetch("topic", -1, 0)))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void shouldDistinguishUnknownTopicIdsFromUnknownPartitions() {
        final FetchRequest request = Fetches.fetch("", 0, 0);
        request.topics().getFirst().setTopicId(new UUID(1, 2));
        Fetches.add(request, "", 99, 0);
        request.topics().getLast().setTopicId(topicId);
        Fetches.add(request, "", 0, 0);

        final FetchResponse response = client.ask(13, request);

        assertThat(response.responses())
                .extracting(topic -> errorOf(topic.partitions().getFirst()))
                .containsExactly(
                        ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void shouldNotFindTheOldIdWhenATopicWasMadeAgain() {
        Batches.append(client, "topic", 0, "old");
        Topics.delete(client, "topic");
        final UUID newId = broker.createTopic("topic", 1);
        final FetchRequest request = Fetches.fetch("", 0, 0);
        request.topics().getFirst().setTopicId(topicId);
        Fetches.add(request, "", 0, 0);
        request.topics().getLast().setTopicId(newId);

        final FetchResponse response = client.ask(13, request);

        assertThat(newId).isNotEqualTo(topicId);
        final PartitionData old = response.responses().getFirst().partitions().getFirst();
        final PartitionData recent = response.responses().getLast().partitions().getFirst();
        assertThat(errorOf(old)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(errorOf(recent)).isEqualTo(ErrorCode.NONE);
        assertThat(recent.highWatermark()).isZero();
    }

    @Test
    void shouldFenceWhenTheClientKnowsAnotherEpoch() {
        Batches.append(client, "topic", 0, "a");
        final FetchRequest right = Fetches.fetch("topic", 0, 0);
        Fetches.partition(right).setCurrentLeaderEpoch(0);
        final FetchRequest future = Fetches.fetch("topic", 0, 0);
        Fetches.partition(future).setCurrentLeaderEpoch(1);

        assertThat(errorOf(fetch(right))).isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(fetch(future))).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(LeaderEpochs.fence(5, 4)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
    }

    @Test
    void shouldNotServeReplicasOfAnotherBroker() {
        final FetchRequest request = Fetches.fetch("topic", 0, 0).setReplicaId(5);

        assertThat(errorOf(fetch(request))).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldReturnTheWholeFirstBatchWhenItIsLargerThanAllLimits() {
        Batches.append(client, "topic", 0, "x".repeat(1000));
        Batches.append(client, "topic", 0, "y");
        Batches.append(client, "topic", 1, "z".repeat(1000));
        final FetchRequest request = Fetches.fetch("topic", 0, 0).setMaxBytes(100);
        Fetches.partition(request).setPartitionMaxBytes(10);
        Fetches.add(request, "topic", 1, 0);

        final FetchResponse response = client.ask(Fetches.VERSION, request);

        final List<PartitionData> partitions = response.responses().getFirst().partitions();
        assertThat(Batches.values(partitions.getFirst().records())).containsExactly("0:" + "x".repeat(1000));
        assertThat(partitions.get(1).records().sizeBytes()).isZero();
        assertThat(partitions.get(1).highWatermark()).isEqualTo(1);
    }

    @Test
    void shouldSkipEmptyPartitionsBeforeTheFirstBatch() {
        Batches.append(client, "topic", 1, "z".repeat(1000));
        final FetchRequest request = Fetches.fetch("topic", 0, 0).setMaxBytes(100);
        Fetches.add(request, "topic", 1, 0);
        Fetches.partition(request).setPartitionMaxBytes(10);

        final FetchResponse response = client.ask(Fetches.VERSION, request);

        assertThat(response.responses().getFirst().partitions().get(1).records().sizeBytes())
                .isGreaterThan(1000);
    }

    @Test
    void shouldObeyThePartitionsLimitAfterTheFirstBatch() {
        for (int i = 0; i < 20; i++) {
            Batches.append(client, "topic", 0, "x".repeat(100));
        }
        final FetchRequest request = Fetches.fetch("topic", 0, 0);
        Fetches.partition(request).setPartitionMaxBytes(500);

        final PartitionData data = fetch(request);

        assertThat(data.records().sizeBytes()).isLessThanOrEqualTo(500);
        assertThat(Batches.values(data.records())).hasSizeBetween(2, 3);
    }

    @Test
    void shouldObeyTheBrokersLimitWhenTheClientRequestsMore() {
        final SteppedBroker small = new SteppedBroker("fetch.max.bytes", "1024");
        final TestClient other = small.connect();
        small.createTopic("topic", 1);
        for (int i = 0; i < 50; i++) {
            Batches.append(other, "topic", 0, "x".repeat(100));
        }
        final PartitionData data = Fetches.only(other.ask(Fetches.VERSION, Fetches.fetch("topic", 0, 0)));
        small.close();

        assertThat(data.records().sizeBytes()).isLessThanOrEqualTo(1024);
    }

    @Test
    void shouldReturnNoAbortedTransactionsWhenReadUncommitted() {
        Batches.append(client, "topic", 0, "a");

        final PartitionData uncommitted = fetch(Fetches.fetch("topic", 0, 0));
        final PartitionData committed = fetch(Fetches.fetch("topic", 0, 0).setIsolationLevel((byte) 1));

        assertThat(uncommitted.abortedTransactions()).isNull();
        assertThat(committed.abortedTransactions()).isEmpty();
        assertThat(Batches.values(committed.records())).containsExactly("0:a");
    }

    @Test
    void shouldRespondWhenNothingIsRequested() {
        final FetchResponse response =
                client.ask(Fetches.VERSION, new FetchRequest().setMinBytes(1).setMaxWaitMs(10_000));

        assertThat(response.errorCode()).isZero();
        assertThat(response.responses()).isEmpty();
    }
}
