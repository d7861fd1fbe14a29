package io.ottla.server.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.BatchIndexAndErrorMessage;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(ApiKey.PRODUCE)
class ProduceHandlerTest {
    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();
    private UUID topicId;

    @BeforeEach
    void createTopic() {
        topicId = broker.createTopic("topic", 2);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private PartitionProduceResponse send(final ByteBuffer records) {
        return Batches.send(client, "topic", 0, records);
    }

    private static ErrorCode errorOf(final PartitionProduceResponse outcome) {
        return ErrorCode.of(outcome.errorCode());
    }

    private List<String> readAll() {
        return Fetches.read(client, "topic", 0, 0);
    }

    private static RecordBatchWriter writer() {
        return new RecordBatchWriter().begin(0);
    }

    @Test
    void shouldLeaveOutATopicWhenItHasNoPartitions() {
        final ProduceRequest request = Batches.produce("topic", 0, Batches.of("a"));
        request.topicData().getFirst().partitionData().clear();

        final ProduceResponse response = client.ask(9, request);

        assertThat(response.responses()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
    void shouldAppendInAnyVersion(final int version) {
        final ProduceRequest request = Batches.produce("topic", 1, Batches.of("a", "b"));
        request.topicData().getFirst().setTopicId(version >= 13 ? topicId : new UUID(0, 0));

        final ProduceResponse response = client.ask(version, request);
        final PartitionProduceResponse outcome =
                response.responses().getFirst().partitionResponses().getFirst();

        assertThat(outcome.index()).isEqualTo(1);
        assertThat(errorOf(outcome)).isEqualTo(ErrorCode.NONE);
        assertThat(outcome.baseOffset()).isZero();
        assertThat(outcome.logAppendTimeMs()).isEqualTo(-1);
        assertThat(outcome.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
        assertThat(Fetches.read(client, "topic", 1, 0)).containsExactly("0:a", "1:b");
    }

    @Test
    void shouldNumberBatchesOneAfterTheOther() {
        assertThat(send(Batches.of("a", "b", "c")).baseOffset()).isZero();
        assertThat(send(Batches.of("d")).baseOffset()).isEqualTo(3);
        assertThat(readAll()).containsExactly("0:a", "1:b", "2:c", "3:d");
    }

    @Test
    void shouldNotAnswerWhenAcksIsZero() {
        client.send(12, Batches.produce("topic", 0, Batches.of("a")).setAcks((short) 0));

        assertThat(client.receiveRaw()).isNull();
        assertThat(client.isClosed()).isFalse();
        client.forget();
        assertThat(readAll()).containsExactly("0:a");
    }

    @Test
    void shouldCloseTheConnectionWhenAcksIsZeroAndTheAppendFails() {
        client.send(12, Batches.produce("absent", 0, Batches.of("a")).setAcks((short) 0));

        assertThat(client.receiveRaw()).isNull();
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void shouldRefuseWhenAcksMeansNothing() {
        final ProduceResponse response =
                client.ask(12, Batches.produce("topic", 0, Batches.of("a")).setAcks((short) 2));
        final PartitionProduceResponse outcome =
                response.responses().getFirst().partitionResponses().getFirst();

        assertThat(errorOf(outcome)).isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS);
        assertThat(outcome.baseOffset()).isEqualTo(-1);
        assertThat(readAll()).isEmpty();
    }

    @Test
    void shouldAnswerEachPartitionOnItsOwn() {
        final ProduceRequest request = Batches.produce("topic", 0, Batches.of("a"));
        request.topicData().addAll(Batches.produce("absent", 0, Batches.of("b")).topicData());
        request.topicData().addAll(Batches.produce("topic", 7, Batches.of("c")).topicData());
        request.topicData().addAll(Batches.produce("topic", 1, Batches.of("d")).topicData());

        final ProduceResponse response = client.ask(12, request);

        assertThat(response.responses())
                .extracting(topic -> errorOf(topic.partitionResponses().getFirst()))
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.NONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseWhenTheTopicIdIsUnknown(final boolean isZero) {
        final ProduceRequest request = Batches.produce("", 0, Batches.of("a"));
        request.topicData().getFirst().setTopicId(isZero ? new UUID(0, 0) : new UUID(1, 2));

        final ProduceResponse response = client.ask(13, request);

        assertThat(errorOf(response.responses().getFirst().partitionResponses().getFirst()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void shouldRefuseWhenAByteIsFlipped() {
        final ByteBuffer batch = Batches.of("abc");
        batch.put(RecordBatchHeader.SIZE + 5, (byte) (batch.get(RecordBatchHeader.SIZE + 5) ^ 1));

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(readAll()).isEmpty();
    }

    @Test
    void shouldRefuseWhenTheFormatIsOld() {
        final ByteBuffer batch = Batches.of("abc");
        batch.put(RecordBatchHeader.MAGIC_FIELD_OFFSET, (byte) 1);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseWhenThereAreTwoBatches() {
        final ByteBuffer one = Batches.of("a");
        final ByteBuffer two = ByteBuffer.allocate(one.remaining() * 2);
        two.put(one.duplicate()).put(one.duplicate()).flip();

        assertThat(errorOf(send(two))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(readAll()).isEmpty();
    }

    @Test
    void shouldRefuseWhenThereIsNoBatchOrOnlyAPiece() {
        final ByteBuffer batch = Batches.of("abc");

        assertThat(errorOf(send(null))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(errorOf(send(ByteBuffer.allocate(0)))).isEqualTo(ErrorCode.INVALID_RECORD);
        for (int size = 1; size < batch.limit(); size++) {
            assertThat(errorOf(send(batch.slice(0, size)))).isEqualTo(ErrorCode.INVALID_RECORD);
        }
        assertThat(readAll()).isEmpty();
    }

    @Test
    void shouldRefuseWhenTheLengthCantBe() {
        final ByteBuffer batch = Batches.of("abc");
        batch.putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, 3);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void shouldDropAPartialBatchAfterTheFirstOne() {
        final ByteBuffer batch = Batches.of("abc");
        final ByteBuffer longer = ByteBuffer.allocate(batch.remaining() + 11);
        longer.put(batch).limit(longer.capacity()).position(0);

        assertThat(errorOf(send(longer))).isEqualTo(ErrorCode.NONE);
        assertThat(readAll()).containsExactly("0:abc");
    }

    @Test
    void shouldRefuseWhenTheBaseOffsetIsNotZero() {
        final ByteBuffer batch = Batches.of("abc");
        batch.putLong(RecordBatchHeader.BASE_OFFSET_FIELD_OFFSET, 5);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseWhenTheBatchIsLargerThanTheTopicsLimit() {
        broker.createTopic("small", 1, "max.message.bytes", "200");

        assertThat(errorOf(Batches.send(client, "small", 0, Batches.of("x".repeat(300)))))
                .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(errorOf(Batches.send(client, "small", 0, Batches.of("x".repeat(100)))))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldRefuseWhenTheBatchIsLargerThanASegment() {
        broker.createTopic("small", 1, "segment.bytes", "1048576", "max.message.bytes", "3000000");

        assertThat(errorOf(Batches.send(client, "small", 0, Batches.of("x".repeat(2_000_000)))))
                .isEqualTo(ErrorCode.RECORD_LIST_TOO_LARGE);
    }

    @Test
    void shouldRefuseWhenTheCountsDoNotAgree() {
        final ByteBuffer tooMany = Batches.of("a", "b");
        tooMany.putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, 3);
        RecordBatches.updateCrc(tooMany, 0);
        final ByteBuffer tooFewRecords = Batches.of("a", "b");
        tooFewRecords.putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, 3);
        tooFewRecords.putInt(RecordBatchHeader.LAST_OFFSET_DELTA_FIELD_OFFSET, 2);
        RecordBatches.updateCrc(tooFewRecords, 0);
        final ByteBuffer negative = Batches.of("a", "b");
        negative.putInt(RecordBatchHeader.RECORD_COUNT_FIELD_OFFSET, -1);
        RecordBatches.updateCrc(negative, 0);

        assertThat(errorOf(send(tooMany))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(errorOf(send(tooFewRecords))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(errorOf(send(negative))).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseWhenRecordsAreNotNumberedInARow() {
        final ByteBuffer batch =
                Batches.copy(writer().append(0, Batches.NOW_MS, null, ByteBuffer.wrap(Batches.bytes("a")), List.of())
                        .append(2, Batches.NOW_MS, null, ByteBuffer.wrap(Batches.bytes("b")), List.of())
                        .finish());
        batch.putInt(RecordBatchHeader.LAST_OFFSET_DELTA_FIELD_OFFSET, 1);
        RecordBatches.updateCrc(batch, 0);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseControlBatchesAndTransactions() {
        final ByteBuffer control = Batches.copy(
                writer().control(true).append(0, new byte[4], new byte[6]).finish());
        final ByteBuffer transactional = Batches.copy(writer().producer(1, (short) 0, 0)
                .transactional(true)
                .append(Batches.NOW_MS, null, new byte[1])
                .finish());

        assertThat(errorOf(send(control))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(errorOf(send(transactional))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(readAll()).isEmpty();
    }

    @Test
    void shouldNameTheRecordsWithoutKeyWhenTheTopicIsCompacted() {
        broker.createTopic("compacted", 1, "cleanup.policy", "compact");
        final ByteBuffer batch = Batches.copy(writer().append(Batches.NOW_MS, Batches.bytes("k"), Batches.bytes("a"))
                .append(Batches.NOW_MS, null, Batches.bytes("b"))
                .append(Batches.NOW_MS, null, Batches.bytes("c"))
                .finish());

        final PartitionProduceResponse outcome = Batches.send(client, "compacted", 0, batch);

        assertThat(errorOf(outcome)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(outcome.recordErrors())
                .extracting(BatchIndexAndErrorMessage::batchIndex)
                .containsExactly(1, 2);
        assertThat(outcome.recordErrors().getFirst().batchIndexErrorMessage()).contains("without key");
        assertThat(outcome.errorMessage()).contains("2 record errors");
        assertThat(Fetches.read(client, "compacted", 0, 0)).isEmpty();
    }

    @Test
    void shouldRefuseWhenATimestampIsTooFarFromNow() {
        broker.createTopic(
                "bounded", 1, "message.timestamp.before.max.ms", "1000", "message.timestamp.after.max.ms", "2000");
        final long nowMs = broker.clock().epochMs();

        assertThat(errorOf(timestamp("bounded", nowMs - 1000))).isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(timestamp("bounded", nowMs - 1001))).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(errorOf(timestamp("bounded", nowMs + 2000))).isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(timestamp("bounded", -1))).isEqualTo(ErrorCode.NONE);
        final PartitionProduceResponse outcome = timestamp("bounded", nowMs + 2001);
        assertThat(errorOf(outcome)).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(outcome.recordErrors()).hasSize(1);
    }

    private PartitionProduceResponse timestamp(final String topic, final long timestampMs) {
        return Batches.send(
                client,
                topic,
                0,
                Batches.copy(writer().append(timestampMs, null, new byte[1]).finish()));
    }

    @Test
    void shouldSetTheBrokersTimeWhenTheTopicHasLogAppendTime() {
        broker.createTopic("stamped", 1, "message.timestamp.type", "LogAppendTime");
        broker.advanceMs(5);

        final PartitionProduceResponse outcome = Batches.send(client, "stamped", 0, Batches.of("a", "b"));

        assertThat(outcome.logAppendTimeMs()).isEqualTo(broker.clock().epochMs());
        final ByteBuffer stored = Batches.buffer(Fetches.records(client, "stamped", 0, 0));
        assertThat(RecordBatches.isCrcValid(stored, 0)).isTrue();
        assertThat(RecordBatchHeader.attributes(stored, 0) & RecordBatchHeader.LOG_APPEND_TIME_FLAG)
                .isNotZero();
        final RecordBatchReader reader = new RecordBatchReader().wrap(stored, 0);
        while (reader.next()) {
            assertThat(reader.timestamp()).isEqualTo(broker.clock().epochMs());
        }
    }

    @Test
    void shouldRefuseWhenTheProducerSetsLogAppendTime() {
        final ByteBuffer batch = Batches.copy(writer().logAppendTime(Batches.NOW_MS)
                .append(Batches.NOW_MS, null, new byte[1])
                .finish());

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    }

    @Test
    void shouldCorrectTheLargestTimestampWhenTheProducerGotItWrong() {
        final ByteBuffer batch = Batches.copy(writer().append(Batches.NOW_MS + 7, null, new byte[1])
                .append(Batches.NOW_MS, null, new byte[1])
                .finish());
        batch.putLong(RecordBatchHeader.MAX_TIMESTAMP_FIELD_OFFSET, Batches.NOW_MS + 1_000_000);
        RecordBatches.updateCrc(batch, 0);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.NONE);
        final ByteBuffer stored = Batches.buffer(Fetches.records(client, "topic", 0, 0));
        assertThat(RecordBatchHeader.maxTimestamp(stored, 0)).isEqualTo(Batches.NOW_MS + 7);
        assertThat(RecordBatches.isCrcValid(stored, 0)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldRecompressWhenTheTopicHasACompressionOfItsOwn(final CompressionType wanted) {
        final String name = wanted == CompressionType.NONE ? "uncompressed" : wanted.configName();
        for (final CompressionType given : CompressionType.values()) {
            final String topic = "from-" + given.configName();
            broker.createTopic(topic, 1, "compression.type", name);
            final ByteBuffer batch = Batches.copy(writer().compression(given)
                    .append(Batches.NOW_MS, Batches.bytes("key"), Batches.bytes("v".repeat(1000)))
                    .append(Batches.NOW_MS + 1, Batches.bytes("gone"), null)
                    .finish());

            assertThat(errorOf(Batches.send(client, topic, 0, batch))).isEqualTo(ErrorCode.NONE);

            final ByteBuffer stored = Batches.buffer(Fetches.records(client, topic, 0, 0));
            assertThat(CompressionType.ofAttributes(RecordBatchHeader.attributes(stored, 0)))
                    .isEqualTo(wanted);
            assertThat(RecordBatches.isCrcValid(stored, 0)).isTrue();
            assertThat(RecordBatchHeader.maxTimestamp(stored, 0)).isEqualTo(Batches.NOW_MS + 1);
            assertThat(Fetches.read(client, topic, 0, 0)).containsExactly("0:" + "v".repeat(1000), "1:null");
        }
    }

    @Test
    void shouldRefuseZstdWhenTheVersionIsTooOld() {
        final ByteBuffer batch = Batches.copy(writer().compression(CompressionType.ZSTD)
                .append(Batches.NOW_MS, null, new byte[10])
                .finish());

        final ProduceResponse old = client.ask(6, Batches.produce("topic", 0, batch.duplicate()));
        final ProduceResponse recent = client.ask(7, Batches.produce("topic", 0, batch.duplicate()));

        assertThat(errorOf(old.responses().getFirst().partitionResponses().getFirst()))
                .isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(errorOf(recent.responses().getFirst().partitionResponses().getFirst()))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldRefuseWhenTheCompressionIsUnknown() {
        final ByteBuffer batch = Batches.of("a");
        batch.putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, (short) 7);
        RecordBatches.updateCrc(batch, 0);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    }

    @Test
    void shouldRefuseWhenCompressedRecordsAreDamaged() {
        final ByteBuffer batch = Batches.copy(writer().compression(CompressionType.GZIP)
                .append(Batches.NOW_MS, null, new byte[100])
                .finish());
        for (int i = RecordBatchHeader.SIZE; i < batch.limit(); i++) {
            batch.put(i, (byte) 42);
        }
        RecordBatches.updateCrc(batch, 0);

        assertThat(errorOf(send(batch))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void shouldRefuseInternalTopicsWhenTheClientIsNotAnAdminTool() {
        broker.createTopic("__consumer_offsets", 1, "cleanup.policy", "delete");

        final PartitionProduceResponse refused = Batches.send(client, "__consumer_offsets", 0, Batches.of("a"));
        final PartitionProduceResponse taken =
                Batches.send(broker.connect().clientId("__admin_client"), "__consumer_offsets", 0, Batches.of("a"));

        assertThat(errorOf(refused)).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(refused.errorMessage()).contains("__consumer_offsets");
        assertThat(errorOf(taken)).isEqualTo(ErrorCode.NONE);
    }
}
