package io.ottla.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.IncrementalAlterConfigsRequest;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.codec.message.IncrementalAlterConfigsResponse;
import io.ottla.codec.message.InitProducerIdRequest;
import io.ottla.codec.message.InitProducerIdResponse;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetCommitResponse;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.ottla.codec.message.OffsetFetchResponse;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.Batches;
import io.ottla.server.BrokerInternals;
import io.ottla.server.CountedStorage;
import io.ottla.server.CountedStorage.CountedLog;
import io.ottla.server.Fetches;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.LogFault;
import io.ottla.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code flush.messages}, {@code flush.ms} and the broker's keys for them, by counting flushes. */
class FlushSettingsTest {
    private final CountedStorage storage = new CountedStorage("memory", null);
    private SteppedBroker broker;
    private TestClient client;

    @AfterEach
    void close() {
        broker.close();
    }

    /** Starts a broker with {@code topic}. */
    private void start(final List<String> brokerSettings, final int partitions, final String... topicSettings) {
        broker = new SteppedBroker(new ManualClock(), storage, brokerSettings.toArray(String[]::new));
        client = broker.connect();
        broker.createTopic("topic", partitions, topicSettings);
    }

    private void produce(final TestClient producer, final int partition, final String value) {
        producer.send(12, Batches.produce("topic", partition, Batches.of(value)));
    }

    /** Returns the response that is sent without a flush; null if there is none. */
    private static PartitionProduceResponse now(final TestClient producer) {
        return outcome(producer.pollNow());
    }

    private static PartitionProduceResponse later(final TestClient producer) {
        return outcome(producer.poll());
    }

    private static PartitionProduceResponse outcome(final ProduceResponse response) {
        return response == null
                ? null
                : response.responses().getFirst().partitionResponses().getFirst();
    }

    private static ErrorCode errorOf(final PartitionProduceResponse outcome) {
        return ErrorCode.of(outcome.errorCode());
    }

    private CountedLog log(final int partition) {
        return storage.log("topic-" + partition);
    }

    private void change(final String key, final String value) {
        final AlterConfigsResource topic =
                new AlterConfigsResource().setResourceType((byte) 2).setResourceName("topic");
        topic.configs()
                .add(new AlterableConfig()
                        .setName(key)
                        .setConfigOperation((byte) (value == null ? 1 : 0))
                        .setValue(value));
        final IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest();
        request.resources().add(topic);
        final IncrementalAlterConfigsResponse response = broker.admin().ask(1, request);
        assertThat(response.responses().getFirst().errorCode()).isZero();
    }

    private static long highWatermark(final TestClient consumer, final long offset) {
        final FetchResponse response = consumer.ask(Fetches.VERSION, Fetches.fetch("topic", 0, offset));
        assertThat(Fetches.only(response).errorCode()).isZero();
        return Fetches.only(response).highWatermark();
    }

    @Test
    void shouldTakeNoDuplicateForGrantedWhenAnAppendFailed() {
        start(List.of(), 1);
        assertThat(sendOf(0)).isEqualTo(ErrorCode.NONE);
        assertThat(sendOf(0)).isEqualTo(ErrorCode.NONE);
        storage.faults().failNext(LogFault.APPEND_ERROR);
        assertThat(sendOf(1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(sendOf(0)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    }

    private ErrorCode sendOf(final int sequence) {
        return errorOf(outcome(
                client.ask(12, Batches.produce("topic", 0, Batches.idempotent(7, 0, sequence, "record " + sequence)))));
    }

    // flush.messages

    @ParameterizedTest
    @ValueSource(shorts = {1, -1})
    void shouldAnswerAndShowWhenFlushedAndNotBefore(final short acks) {
        start(List.of(), 1, "flush.messages", "1");
        client.send(12, Batches.produce("topic", 0, Batches.of("a")).setAcks(acks));
        assertThat(now(client)).isNull();
        final TestClient consumer = broker.connect(1);
        consumer.send(Fetches.VERSION, Fetches.fetch("topic", 0, 0));
        final FetchResponse before = consumer.pollNow();
        assertThat(Fetches.only(before).highWatermark()).isZero();
        assertThat(Fetches.only(before).records().sizeBytes()).isZero();
        assertThat(log(0).flushedOffset()).isZero();

        assertThat(later(client).baseOffset()).isZero();

        assertThat(log(0).flushedOffset()).isEqualTo(1);
        assertThat(Fetches.read(consumer, "topic", 0, 0)).containsExactly("0:a");
    }

    @Test
    void shouldWakeWaitingFetchesWhenFlushed() {
        start(List.of(), 1, "flush.messages", "1");
        final TestClient consumer = broker.connect(1);
        consumer.send(Fetches.VERSION, Fetches.fetch("topic", 0, 0).setMaxWaitMs(1000));
        broker.step();

        produce(client, 0, "a");
        assertThat((FetchResponse) consumer.pollNow()).isNull();

        final FetchResponse response = consumer.poll();
        assertThat(Batches.values(Fetches.only(response).records())).containsExactly("0:a");
    }

    @Test
    void shouldAnswerNothingWhenAcksIsZero() {
        start(List.of(), 1, "flush.messages", "1");
        client.send(12, Batches.produce("topic", 0, Batches.of("a")).setAcks((short) 0));
        client.forget();

        assertThat(client.receiveRaw()).isNull();
        assertThat(client.isClosed()).isFalse();
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:a");
    }

    @Test
    void shouldFlushOnceForAllAppendsWhenAHundredProduce() {
        start(List.of("log.flush.interval.messages", "1"), 4);
        for (int i = 0; i < 4; i++) {
            produce(client, i, "first");
            assertThat(later(client).baseOffset()).isZero();
        }
        final List<TestClient> producers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            producers.add(broker.connect(i % 2));
            produce(producers.getLast(), i % 4, "v" + i);
            assertThat(now(producers.getLast())).isNull();
        }

        for (int i = 0; i < 100; i++) {
            assertThat(later(producers.get(i)).baseOffset()).isEqualTo(1 + i / 4);
        }

        for (int i = 0; i < 4; i++) {
            assertThat(log(i).appends()).isEqualTo(26);
            // One when the log was opened, one for the first record, one for the 25 that were sent together.
            assertThat(log(i).flushes()).isEqualTo(3);
        }
    }

    @Test
    void shouldHoldOnlyTheAppendThatReachesTheNumberAndLaterOnes() {
        start(List.of(), 1, "flush.messages", "3");
        produce(client, 0, "a");
        produce(client, 0, "b");
        assertThat(now(client).baseOffset()).isZero();
        assertThat(now(client).baseOffset()).isEqualTo(1);
        final int before = log(0).flushes();
        produce(client, 0, "c");
        produce(client, 0, "d");
        assertThat(now(client)).isNull();
        assertThat(log(0).flushes()).isEqualTo(before);

        assertThat(later(client).baseOffset()).isEqualTo(2);
        assertThat(later(client).baseOffset()).isEqualTo(3);
        assertThat(log(0).flushes()).isEqualTo(before + 1);

        produce(client, 0, "e");
        assertThat(now(client).baseOffset()).isEqualTo(4);
    }

    @Test
    void shouldNeverFlushWhenNotConfigured() {
        start(List.of(), 1);
        for (int i = 0; i < 100; i++) {
            produce(client, 0, "v");
            assertThat(now(client).baseOffset()).isEqualTo(i);
        }
        broker.advanceMs(600_000);
        assertThat(log(0).flushes()).isZero();
    }

    // flush.ms

    @Test
    void shouldFlushInTheBackgroundWhenTheTimeHasCome() {
        start(List.of(), 1, "flush.ms", "1000");
        produce(client, 0, "a");
        assertThat(now(client).baseOffset()).isZero();
        broker.advanceMs(600);
        produce(client, 0, "b");
        assertThat(now(client).baseOffset()).isEqualTo(1);
        broker.advanceMs(390);
        assertThat(log(0).flushes()).isZero();

        broker.advanceMs(12);
        assertThat(log(0).flushes()).isEqualTo(1);
        assertThat(log(0).flushedOffset()).isEqualTo(2);

        broker.advanceMs(10_000);
        assertThat(log(0).flushes()).as("nothing new").isEqualTo(1);
        produce(client, 0, "c");
        broker.advanceMs(1002);
        assertThat(log(0).flushedOffset()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        // broker keys                                                            | flushed after
        "log.flush.interval.ms=700,                                                 702",
        "log.flush.scheduler.interval.ms=700,                                       1402",
        "log.flush.interval.ms=100;log.flush.scheduler.interval.ms=1000,            1002"
    })
    void shouldTakeTheBrokersTimesWhenTheTopicHasNone(final String settings, final int flushedAfterMs) {
        start(List.of(settings.split("[=;]")), 1);
        // Ticks are multiples of the interval.
        final long phaseMs = broker.clock().nanoTime() / 1_000_000 % 7000;
        broker.advanceMs(7000 - phaseMs + 1);
        produce(client, 0, "a");
        broker.step();

        broker.advanceMs(99);
        assertThat(log(0).flushes()).isZero();
        broker.advanceMs(flushedAfterMs - 99);

        assertThat(log(0).flushedOffset()).isEqualTo(1);
    }

    @Test
    void shouldFlushSoonInTheBackgroundWhenTheTimeIsZero() {
        start(List.of(), 1, "flush.ms", "0");
        produce(client, 0, "a");
        assertThat(now(client).baseOffset()).isZero();
        assertThat(log(0).flushes()).isZero();

        broker.step();

        assertThat(log(0).flushedOffset()).isEqualTo(1);
    }

    // Changes

    @Test
    void shouldTakeEffectAtOnceWhenChanged() {
        start(List.of(), 1);
        produce(client, 0, "a");
        assertThat(now(client).baseOffset()).isZero();

        change("flush.messages", "1");
        assertThat(log(0).flushedOffset()).as("what was there").isEqualTo(1);
        produce(client, 0, "b");
        assertThat(now(client)).isNull();
        assertThat(later(client).baseOffset()).isEqualTo(1);

        change("flush.messages", null);
        produce(client, 0, "c");
        assertThat(now(client).baseOffset()).isEqualTo(2);

        change("flush.ms", "50");
        broker.advanceMs(52);
        assertThat(log(0).flushedOffset()).isEqualTo(3);
    }

    @Test
    void shouldFlushASegmentInTheBackgroundWhenItIsRolled() {
        start(List.of(), 1, "internal.segment.bytes", "150");
        produce(client, 0, "a".repeat(60));
        produce(client, 0, "b");
        assertThat(now(client).baseOffset()).isZero();
        assertThat(now(client).baseOffset()).isEqualTo(1);
        assertThat(log(0).flushes()).isZero();

        broker.step();

        assertThat(log(0).flushes()).isEqualTo(1);
        assertThat(log(0).flushedOffset()).isEqualTo(2);
    }

    // Failures

    @Test
    void shouldRefuseProducersAndServeReadersWhenAFlushFails() {
        start(List.of(), 2, "flush.messages", "1");
        produce(client, 0, "a");
        produce(client, 1, "a");
        assertThat(later(client).baseOffset()).isZero();
        assertThat(later(client).baseOffset()).isZero();
        final TestClient other = broker.connect(1);
        produce(client, 0, "b");
        produce(other, 0, "c");

        storage.faults().failNext(LogFault.FLUSH_ERROR);

        assertThat(errorOf(later(client))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(errorOf(later(other))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        produce(client, 0, "d");
        assertThat(errorOf(later(client))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:a");
        assertThat(highWatermark(client, 1)).isEqualTo(1);
        produce(client, 1, "b");
        assertThat(later(client).baseOffset()).as("the other partition").isEqualTo(1);
    }

    /** Apache Kafka marks the folder of the log as failed when a flush fails, whatever the reason. */
    @Test
    void shouldRetryTheFlushAndAnswerWaitingAppendsWhenTheLogHasNotFailed() {
        start(List.of(), 1, "flush.messages", "1");
        produce(client, 0, "a");
        storage.faults().failNext(LogFault.FLUSH_REFUSED);
        assertThat(later(client)).isNull();

        broker.advanceMs(100);

        assertThat(later(client).baseOffset()).isZero();
        assertThat(log(0).flushedOffset()).isEqualTo(1);
        produce(client, 0, "b");
        assertThat(later(client).baseOffset()).isEqualTo(1);
    }

    @Test
    void shouldNotCountOnADuplicateWhenTheFlushOfTheFirstFailed() {
        start(List.of(), 1, "flush.messages", "1");
        final TestClient other = broker.connect(1);
        client.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));
        other.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));

        storage.faults().failNext(LogFault.FLUSH_ERROR);

        assertThat(errorOf(later(client))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(errorOf(later(other))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        other.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));
        assertThat(errorOf(later(other))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(Fetches.read(client, "topic", 0, 0)).isEmpty();
    }

    @Test
    void shouldRefuseLaterAppendsWhenABackgroundFlushFails() {
        start(List.of(), 1, "flush.ms", "100");
        produce(client, 0, "a");
        assertThat(now(client).baseOffset()).isZero();
        storage.faults().failNext(LogFault.FLUSH_ERROR);
        broker.advanceMs(102);

        produce(client, 0, "b");

        assertThat(errorOf(now(client))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:a");
    }

    @Test
    void shouldAnswerWaitingAppendsWhenTheTopicIsDeleted() {
        start(List.of(), 1, "flush.messages", "1");
        produce(client, 0, "a");
        final Partition partition =
                BrokerInternals.partitions(broker).topic("topic").partition(0);
        partition.delete();

        assertThat(errorOf(later(client))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void shouldDeleteTopicsWhenTheyAreFlushed() {
        start(List.of(), 1, "flush.messages", "1", "flush.ms", "10");
        produce(client, 0, "a");
        final DeleteTopicsRequest request = new DeleteTopicsRequest().setTopicNames(List.of("topic"));
        broker.admin().ask(5, request);
        broker.advanceMs(1000);
        assertThat(errorOf(later(client))).isIn(ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    // Coordinators

    private static OffsetCommitRequest commit(final long offset) {
        final OffsetCommitRequest request =
                new OffsetCommitRequest().setGroupId("group").setGenerationIdOrMemberEpoch(-1);
        final OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("topic");
        topic.partitions().add(new OffsetCommitRequestPartition().setCommittedOffset(offset));
        request.topics().add(topic);
        return request;
    }

    private static ErrorCode errorOf(final OffsetCommitResponse response) {
        return ErrorCode.of(response.topics().getFirst().partitions().getFirst().errorCode());
    }

    private OffsetFetchResponse committed() {
        final OffsetFetchRequest request = new OffsetFetchRequest().setGroupId("group");
        request.topics().add(new OffsetFetchRequestTopic().setName("topic").setPartitionIndexes(List.of(0)));
        return client.ask(7, request);
    }

    private void startWithGroup() {
        start(List.of("log.flush.interval.messages", "1", "offsets.topic.num.partitions", "1"), 1);
        final OffsetCommitResponse response = client.ask(8, commit(0));
        assertThat(errorOf(response)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldFlushOffsetsBeforeTheyAreAcknowledgedWhenConfigured() {
        startWithGroup();
        final CountedLog offsets = storage.log("__consumer_offsets-0");
        final long before = offsets.flushedOffset();
        assertThat(before).isEqualTo(offsets.logEndOffset()).isPositive();

        final OffsetCommitResponse response = client.ask(8, commit(1));

        assertThat(errorOf(response)).isEqualTo(ErrorCode.NONE);
        assertThat(offsets.flushedOffset()).isEqualTo(before + 1).isEqualTo(offsets.logEndOffset());
    }

    @Test
    void shouldAcknowledgeNothingMoreWhenTheFlushOfOffsetsFailed() {
        startWithGroup();
        client.send(8, commit(1));
        storage.faults().failNext(LogFault.FLUSH_ERROR);

        final OffsetCommitResponse inDoubt = client.poll();
        final OffsetCommitResponse later = client.ask(8, commit(2));

        assertThat(errorOf(inDoubt)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(errorOf(later)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(ErrorCode.of(committed().errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void shouldCreateNoMoreTopicsWhenTheFlushOfTheMetadataFailed() {
        start(List.of(), 1);
        storage.faults().failNext(LogFault.FLUSH_ERROR);

        assertThat(create("second")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(create("third")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);

        assertThat(BrokerInternals.partitions(broker).topic("second")).isNull();
        final InitProducerIdResponse id = client.ask(5, new InitProducerIdRequest().setTransactionalId(null));
        assertThat(id.errorCode()).isNotZero();
        produce(client, 0, "a");
        assertThat(later(client).baseOffset()).as("existing topics continue").isZero();
    }

    private ErrorCode create(final String name) {
        final CreateTopicsRequest request = new CreateTopicsRequest();
        request.topics()
                .add(new CreatableTopic().setName(name).setNumPartitions(1).setReplicationFactor((short) 1));
        final CreateTopicsResponse response = client.ask(7, request);
        return ErrorCode.of(response.topics().getFirst().errorCode());
    }
}
