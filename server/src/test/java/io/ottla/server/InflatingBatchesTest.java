package io.ottla.server;

import static io.ottla.server.Bombs.MEGABYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.codec.message.IncrementalAlterConfigsRequest;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.codec.message.IncrementalAlterConfigsResponse;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Measures the cost of batches that are much larger after decompression than in a request. */
class InflatingBatchesTest {
    private static final String LIMIT = "max.decompressed.message.bytes";

    /** The maximum that a validation or a lookup may allocate, much less than a record of these tests. */
    private static final long ALLOCATED_BYTES_MAX = 40L * MEGABYTE;

    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();

    @AfterEach
    void close() {
        broker.close();
    }

    private ErrorCode send(final String topic, final ByteBuffer batch) {
        return ErrorCode.of(Batches.send(client, topic, 0, batch).errorCode());
    }

    /** Kafka accepts it, too: its broker skips values while it decompresses. */
    @Test
    void shouldTakeNoMemoryForARecordWhenItIsProduced() {
        broker.createTopic("topic", 1);
        final ByteBuffer bomb = Bombs.of(null, 600 * MEGABYTE);
        assertThat(bomb.remaining()).isLessThan(20_000);
        final long before = Bombs.allocatedBytes();

        assertThat(send("topic", bomb)).isEqualTo(ErrorCode.NONE);

        assertThat(Bombs.allocatedBytes() - before).isLessThan(ALLOCATED_BYTES_MAX);
    }

    @Test
    void shouldTakeNoMemoryForARecordWhenItIsLookedUpByTime() {
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "before");
        send("topic", Bombs.of(null, 300 * MEGABYTE));
        final long before = Bombs.allocatedBytes();

        assertThat(find("topic", Batches.NOW_MS).offset()).isZero();
        assertThat(find("topic", -3).offset()).isZero();

        trim("topic");
        assertThat(find("topic", Batches.NOW_MS).offset()).isEqualTo(1);
        assertThat(find("topic", -3).offset()).isEqualTo(1);
        assertThat(Bombs.allocatedBytes() - before).isLessThan(ALLOCATED_BYTES_MAX);
    }

    private void trim(final String topic) {
        final var request = new io.ottla.codec.message.DeleteRecordsRequest();
        final var records = new io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsTopic().setName(topic);
        records.partitions().add(new io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsPartition().setOffset(1));
        request.topics().add(records);
        client.ask(2, request);
    }

    private ListOffsetsPartitionResponse find(final String topic, final long timestamp) {
        final ListOffsetsResponse response = client.ask(7, request(topic, 1, timestamp));
        return response.topics().getFirst().partitions().getFirst();
    }

    private static ListOffsetsRequest request(final String topic, final int partitions, final long timestamp) {
        final ListOffsetsTopic asked = new ListOffsetsTopic().setName(topic);
        for (int i = 0; i < partitions; i++) {
            asked.partitions()
                    .add(new ListOffsetsPartition().setPartitionIndex(i).setTimestamp(timestamp));
        }
        final ListOffsetsRequest request = new ListOffsetsRequest().setReplicaId(-1);
        request.topics().add(asked);
        return request;
    }

    /** As in Kafka 4.4: INVALID_RECORD for records of compressed batches. It counts the bytes after the length. */
    @Test
    void shouldRefuseARecordWhenItIsLargerThanTheTopicAllows() {
        broker.createTopic("topic", 1, LIMIT, "1008");

        for (final CompressionType type : CompressionType.values()) {
            assertThat(send("topic", compressed(type, 1001))).isEqualTo(ErrorCode.NONE);
            final boolean isBounded = type != CompressionType.NONE;
            assertThat(send("topic", compressed(type, 1002)))
                    .isEqualTo(isBounded ? ErrorCode.INVALID_RECORD : ErrorCode.NONE);
        }
        final PartitionProduceResponse refused = Batches.send(client, "topic", 0, Bombs.of(null, 300 * MEGABYTE));
        assertThat(refused.errorMessage()).contains("more than the 1008");
    }

    private static ByteBuffer compressed(final CompressionType type, final int valueBytes) {
        return Batches.copy(new RecordBatchWriter()
                .begin(0)
                .compression(type)
                .append(Batches.NOW_MS, null, new byte[valueBytes])
                .finish());
    }

    /** As in Kafka 4.4, whose documentation says that lookups by timestamp fail until the limit is raised again. */
    @Test
    void shouldFailToLookUpByTimeWhenTheLimitIsLowered() {
        broker.createTopic("topic", 1);
        send("topic", Bombs.of(null, MEGABYTE));
        alter("topic", LIMIT, "100000");

        assertThat(ErrorCode.of(find("topic", Batches.NOW_MS).errorCode())).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(client.isClosed()).isFalse();

        alter("topic", LIMIT, "2000000");
        assertThat(find("topic", Batches.NOW_MS).offset()).isZero();
    }

    private void alter(final String topic, final String key, final String value) {
        final AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType((byte) 2).setResourceName(topic);
        resource.configs().add(new AlterableConfig().setName(key).setValue(value));
        final IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest();
        request.resources().add(resource);
        final IncrementalAlterConfigsResponse response = client.ask(1, request);
        assertThat(response.responses().getFirst().errorCode()).isZero();
    }

    /** Kafka accepts it, and its coordinator runs out of memory when it loads the partition. */
    @Test
    void shouldRefuseALargeRecordWhenACoordinatorWouldReadIt() {
        broker.createTopic("__consumer_offsets", 1, "cleanup.policy", "delete");
        final TestClient tool = broker.connect().clientId("__admin_client");

        assertThat(ErrorCode.of(Batches.send(tool, "__consumer_offsets", 0, Bombs.of(null, MEGABYTE))
                        .errorCode()))
                .isEqualTo(ErrorCode.NONE);
        assertThat(ErrorCode.of(Batches.send(tool, "__consumer_offsets", 0, Bombs.of(null, 17 * MEGABYTE))
                        .errorCode()))
                .isEqualTo(ErrorCode.INVALID_RECORD);
    }

    /** Kafka compresses it, however much memory that takes. */
    @Test
    void shouldLeaveARecordAsItIsWhenTheTopicsCompressionIsAnotherOne() {
        broker.createTopic("gzip", 1, "compression.type", "gzip");
        broker.createTopic("plain", 1, "compression.type", "uncompressed");
        final long before = Bombs.allocatedBytes();

        assertThat(send("gzip", Bombs.of(null, 300 * MEGABYTE))).isEqualTo(ErrorCode.NONE);
        assertThat(send("plain", Bombs.of(null, 300 * MEGABYTE))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);

        assertThat(Bombs.allocatedBytes() - before).isLessThan(ALLOCATED_BYTES_MAX);
        final ByteBuffer stored = Batches.buffer(Fetches.records(client, "gzip", 0, 0));
        assertThat(CompressionType.ofAttributes(RecordBatchHeader.attributes(stored, 0)))
                .isEqualTo(CompressionType.ZSTD);
    }

    /** Kafka's response contains all of them, each with a sentence. */
    @Test
    void shouldNameOnlySomeRecordsWhenManyAreInvalid() {
        broker.createTopic("compacted", 1, "cleanup.policy", "compact");
        final RecordBatchWriter writer = new RecordBatchWriter().begin(0).compression(CompressionType.ZSTD);
        for (int i = 0; i < 20_000; i++) {
            writer.append(Batches.NOW_MS, null, new byte[1]);
        }

        final PartitionProduceResponse refused = Batches.send(client, "compacted", 0, Batches.copy(writer.finish()));

        assertThat(ErrorCode.of(refused.errorCode())).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refused.errorMessage()).contains("due to 20000 record errors");
        assertThat(refused.recordErrors()).hasSize(10_000);
    }

    private static ProduceRequest bombs(final String topic, final int partitions, final int valueBytes) {
        final ProduceRequest request = Batches.produce(topic, 0, Bombs.of(null, valueBytes));
        for (int i = 1; i < partitions; i++) {
            request.topicData()
                    .getFirst()
                    .partitionData()
                    .add(new PartitionProduceData().setIndex(i).setRecords(Payload.of(Bombs.of(null, valueBytes))));
        }
        return request;
    }

    /** Runs the agents once; returns whether there was work. */
    private boolean stepOnce() {
        return broker.broker().invoke() > 0;
    }

    /** In Kafka, another thread serves the other clients. */
    @Test
    void shouldServeOthersWithinAProduceThatDecompressesMuch() {
        broker.createTopic("bombs", 3);
        broker.createTopic("topic", 1);
        final TestClient other = broker.connect();

        client.send(12, bombs("bombs", 3, 50 * MEGABYTE));
        int turns = 0;
        ProduceResponse response = client.pollNow();
        while (response == null) {
            other.send(12, Batches.produce("topic", 0, compressed(CompressionType.LZ4, 1000)));
            final ProduceResponse answer = other.pollNow();
            assertThat(answer).as("the other client's, within turn %d", turns).isNotNull();
            assertThat(stepOnce()).isTrue();
            turns++;
            response = client.pollNow();
        }

        assertThat(turns).isBetween(3 * 50 / 4, 3 * 50 / 3);
        assertThat(response.responses()).hasSize(1);
        assertThat(response.responses().getFirst().partitionResponses())
                .extracting(PartitionProduceResponse::index)
                .containsExactly(0, 1, 2);
        assertThat(response.responses().getFirst().partitionResponses()).allMatch(result -> result.errorCode() == 0);
    }

    @Test
    void shouldKeepTheOrderOfRequestsWhenOneTakesTurns() {
        broker.createTopic("bombs", 2);
        client.send(12, bombs("bombs", 2, 10 * MEGABYTE));
        client.send(12, Batches.produce("bombs", 0, Batches.of("after")));
        client.send(12, Batches.produce("bombs", 1, Batches.of("after")));

        assertThat(client.<ProduceResponse>pollNow()).isNull();
        broker.step();

        for (int i = 0; i < 3; i++) {
            final ProduceResponse response = client.pollNow();
            assertThat(response.responses().getFirst().partitionResponses())
                    .hasSize(i == 0 ? 2 : 1)
                    .allMatch(result -> result.errorCode() == 0);
            assertThat(response.responses()
                            .getFirst()
                            .partitionResponses()
                            .getFirst()
                            .baseOffset())
                    .isEqualTo(i == 0 ? 0 : 1);
        }
    }

    /** At most one of them pauses in the middle of a batch at a time, because that takes memory. */
    @Test
    void shouldAnswerAllWhenManyTakeTurns() {
        broker.createTopic("bombs", 20);
        final TestClient[] clients = new TestClient[6];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = broker.connect();
            clients[i].send(12, bombs("bombs", 4, 9 * MEGABYTE));
        }
        clients[1].disconnect();
        broker.step();
        for (int i = 0; i < clients.length; i++) {
            if (i != 1) {
                final ProduceResponse response = clients[i].pollNow();
                assertThat(response.responses().getFirst().partitionResponses())
                        .hasSize(4)
                        .allMatch(result -> result.errorCode() == 0);
            }
        }
        assertThat(stepOnce()).isFalse();
    }

    @Test
    void shouldFailWhenTheTopicIsDeletedBetweenTurns() {
        broker.createTopic("bombs", 2);
        client.send(12, bombs("bombs", 2, 20 * MEGABYTE));
        stepOnce();
        final DeleteTopicsRequest request = new DeleteTopicsRequest().setTimeoutMs(1000);
        request.topics().add(new DeleteTopicState().setName("bombs"));
        broker.connect().send(6, request);

        final ProduceResponse response = client.poll();
        assertThat(response.responses().getFirst().partitionResponses())
                .hasSize(2)
                .extracting(result -> ErrorCode.of(result.errorCode()))
                .contains(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        broker.createTopic("bombs", 2);
        client.send(12, bombs("bombs", 2, 20 * MEGABYTE));
        final ProduceResponse later = client.poll();
        assertThat(later.responses().getFirst().partitionResponses()).allMatch(result -> result.errorCode() == 0);
    }

    /** It is done without a turn, like nearly all requests. */
    @Test
    void shouldTakeNoTurnsWhenLittleIsDecompressed() {
        broker.createTopic("topic", 1);
        for (int i = 0; i < 3; i++) {
            client.send(12, Batches.produce("topic", 0, Bombs.of(null, MEGABYTE)));
            assertThat(client.<ProduceResponse>pollNow()).isNotNull();
        }
        client.send(12, Batches.produce("topic", 0, Bombs.of(null, MEGABYTE)));
        assertThat(client.<ProduceResponse>pollNow()).isNull();
        assertThat(client.<ProduceResponse>poll()).isNotNull();

        broker.clock().advanceMs(5);
        client.send(12, Batches.produce("topic", 0, Bombs.of(null, MEGABYTE)));
        assertThat(client.<ProduceResponse>pollNow()).isNotNull();
    }

    @Test
    void shouldServeOthersWithinAListOffsetsThatDecompressesMuch() {
        broker.createTopic("bombs", 4);
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a");
        client.send(12, bombs("bombs", 4, 30 * MEGABYTE));
        assertThat(client.<ProduceResponse>poll()).isNotNull();
        final TestClient other = broker.connect();

        for (final long timestamp : new long[] {Batches.NOW_MS + 1, Batches.NOW_MS, -3}) {
            broker.clock().advanceMs(1000);
            client.send(7, request("bombs", 4, timestamp));
            client.send(7, request("topic", 1, -1));
            int turns = 0;
            ListOffsetsResponse response = client.pollNow();
            while (response == null) {
                other.send(7, request("topic", 1, Batches.NOW_MS));
                assertThat(other.<ListOffsetsResponse>pollNow()).isNotNull();
                assertThat(stepOnce()).isTrue();
                turns++;
                response = client.pollNow();
            }
            // The storage knows that there is no record with such a late timestamp.
            assertThat(turns)
                    .isBetween(
                            timestamp > Batches.NOW_MS ? 0 : 4 * 30 / 4, timestamp > Batches.NOW_MS ? 0 : 4 * 30 / 3);
            assertThat(response.topics().getFirst().partitions())
                    .hasSize(4)
                    .allMatch(result -> result.errorCode() == 0)
                    .allMatch(result -> result.offset() == (timestamp > Batches.NOW_MS ? -1 : 0));
            final ListOffsetsResponse next = client.pollNow();
            assertThat(next.topics().getFirst().partitions().getFirst().offset())
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldAbandonSearchesWhenTheClientOrTopicIsGone() {
        broker.createTopic("bombs", 2);
        client.send(12, bombs("bombs", 2, 30 * MEGABYTE));
        client.<ProduceResponse>poll();
        final TestClient leaving = broker.connect();
        leaving.send(7, request("bombs", 2, Batches.NOW_MS));
        final TestClient staying = broker.connect();
        staying.send(7, request("bombs", 2, Batches.NOW_MS));
        stepOnce();
        leaving.disconnect();
        stepOnce();
        final DeleteTopicsRequest request = new DeleteTopicsRequest().setTimeoutMs(1000);
        request.topics().add(new DeleteTopicState().setName("bombs"));
        broker.connect().send(6, request);

        final ListOffsetsResponse response = staying.poll();
        assertThat(response.topics().getFirst().partitions())
                .hasSize(2)
                .allMatch(result -> ErrorCode.of(result.errorCode()) == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                        || result.offset() == 0);
        assertThat(stepOnce()).isFalse();
    }
}
