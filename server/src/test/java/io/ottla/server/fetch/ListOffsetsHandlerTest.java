package io.ottla.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DeleteRecordsRequest;
import io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.ottla.codec.message.DeleteRecordsResponse;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.Batches;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(ApiKey.LIST_OFFSETS)
class ListOffsetsHandlerTest {
    private static final int LATEST_VERSION = 11;

    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();

    @BeforeEach
    void createTopic() {
        broker.createTopic("topic", 2);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private static ListOffsetsRequest request(final String topic, final int partition, final long timestamp) {
        final ListOffsetsRequest request = new ListOffsetsRequest().setReplicaId(-1);
        request.topics()
                .add(new ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp))));
        return request;
    }

    private ListOffsetsPartitionResponse find(final int version, final ListOffsetsRequest request) {
        final ListOffsetsResponse response = client.ask(version, request);
        return response.topics().getFirst().partitions().getFirst();
    }

    private ListOffsetsPartitionResponse find(final long timestamp) {
        return find(LATEST_VERSION, request("topic", 0, timestamp));
    }

    private static void assertFound(
            final ListOffsetsPartitionResponse found, final long offset, final long timestamp, final int epoch) {
        assertThat(found.errorCode()).isZero();
        assertThat(found.offset()).isEqualTo(offset);
        assertThat(found.timestamp()).isEqualTo(timestamp);
        assertThat(found.leaderEpoch()).isEqualTo(epoch);
    }

    private void append(final CompressionType compression, final long... timestamps) {
        final RecordBatchWriter writer = new RecordBatchWriter().begin(0).compression(compression);
        for (final long timestamp : timestamps) {
            writer.append(timestamp, null, new byte[10]);
        }
        assertThat(Batches.send(client, "topic", 0, Batches.copy(writer.finish()))
                        .errorCode())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void shouldFindTheEndsInAnyVersion(final int version) {
        append(CompressionType.NONE, 10, 20);
        final int epoch = version >= 4 ? 0 : -1;

        assertFound(find(version, request("topic", 0, -1)), 2, -1, epoch);
        assertFound(find(version, request("topic", 0, -2)), 0, -1, epoch);
        assertFound(find(version, request("topic", 0, 15)), 1, 20, epoch);
    }

    @Test
    void shouldFindTheEndsOfAnEmptyPartition() {
        assertFound(find(-1), 0, -1, 0);
        assertFound(find(-2), 0, -1, 0);
        assertFound(find(-3), -1, -1, -1);
        assertFound(find(-4), 0, -1, 0);
        assertFound(find(0), -1, -1, -1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldFindTheFirstRecordThatIsNotOlder(final CompressionType compression) {
        append(compression, 100, 110, 105);
        append(compression, 90, 120);
        append(compression, 120, 130);

        assertFound(find(0), 0, 100, 0);
        assertFound(find(100), 0, 100, 0);
        assertFound(find(101), 1, 110, 0);
        assertFound(find(110), 1, 110, 0);
        assertFound(find(111), 4, 120, 0);
        assertFound(find(121), 6, 130, 0);
        assertFound(find(131), -1, -1, -1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldFindTheFirstRecordOfTheLargestTimestamp(final CompressionType compression) {
        append(compression, 100, 500, 500);
        append(compression, 200, 500);
        append(compression, 300);

        assertFound(find(-3), 1, 500, 0);
    }

    /** Kafka returns a record below the log start offset, because it checks only whole batches (KIP-734). */
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldFindNoRecordBelowTheStartByTheLargestTimestamp(final CompressionType compression) {
        append(compression, 900, 500, 700, 600);
        append(compression, 300, 400, 650);
        append(compression, 200);
        assertFound(find(-3), 0, 900, 0);

        deleteRecords(1);
        assertFound(find(-3), 2, 700, 0);
        deleteRecords(3);
        assertFound(find(-3), 6, 650, 0);
        deleteRecords(7);
        assertFound(find(-3), 7, 200, 0);
        deleteRecords(8);
        assertFound(find(-3), -1, -1, -1);
    }

    @Test
    void shouldFindTheFirstOfTheLatestWhenTheStartIsInsideOfABatch() {
        append(CompressionType.NONE, 900, 650, 650);
        append(CompressionType.NONE, 650);

        deleteRecords(1);

        assertFound(find(-3), 1, 650, 0);
    }

    private void deleteRecords(final long offset) {
        final DeleteRecordsTopic topic = new DeleteRecordsTopic().setName("topic");
        topic.partitions().add(new DeleteRecordsPartition().setOffset(offset));
        final DeleteRecordsRequest request = new DeleteRecordsRequest();
        request.topics().add(topic);
        final DeleteRecordsResponse response = client.ask(2, request);
        assertThat(response.topics().getFirst().partitions().getFirst().errorCode())
                .isZero();
    }

    @Test
    void shouldNotKnowTiers() {
        append(CompressionType.NONE, 1);

        assertFound(find(-5), -1, -1, -1);
        assertFound(find(-6), -1, -1, -1);
    }

    @ParameterizedTest
    @CsvSource({"6,-3", "7,-4", "8,-5", "10,-6", "11,-7", "11,-9223372036854775808"})
    void shouldRefuseWhenTheVersionDoesNotHaveTheSpecialTime(final int version, final long timestamp) {
        assertThat(ErrorCode.of(find(version, request("topic", 0, timestamp)).errorCode()))
                .isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
    }

    @Test
    void shouldRefuseWhenThePartitionIsUnknown() {
        assertThat(ErrorCode.of(find(7, request("absent", 0, -1)).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        final ListOffsetsPartitionResponse found = find(7, request("topic", 9, -1));
        assertThat(ErrorCode.of(found.errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(found.offset()).isEqualTo(-1);
        assertThat(found.timestamp()).isEqualTo(-1);
    }

    @Test
    void shouldFenceWhenTheClientKnowsAnotherEpoch() {
        final ListOffsetsRequest right = request("topic", 0, -1);
        right.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(0);
        final ListOffsetsRequest future = request("topic", 0, -1);
        future.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(3);

        assertThat(find(7, right).errorCode()).isZero();
        assertThat(ErrorCode.of(find(7, future).errorCode())).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void shouldRefuseOnceWhatIsRequestedTwice() {
        final ListOffsetsRequest request = request("topic", 0, -1);
        request.topics().addAll(request("topic", 0, -2).topics());
        request.topics().addAll(request("topic", 1, -2).topics());

        final ListOffsetsResponse response = client.ask(7, request);

        assertThat(response.topics()).hasSize(1);
        assertThat(response.topics().getFirst().partitions())
                .extracting(partition -> partition.partitionIndex() + " " + ErrorCode.of(partition.errorCode()))
                .containsExactly("0 INVALID_REQUEST", "1 NONE");
    }

    @Test
    void shouldLeaveOutATopicWhenNoneOfItsPartitionsIsRequested() {
        final ListOffsetsRequest request = request("topic", 0, -1);
        request.topics().getFirst().setPartitions(List.of());

        final ListOffsetsResponse response = client.ask(7, request);

        assertThat(response.topics()).isEmpty();
    }
}
