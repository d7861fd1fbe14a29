package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a storage that commits later than it appends, like a replicated one. */
class LaggingLogTest {
    private final LaggingProvider storage = new LaggingProvider();
    private final SteppedBroker broker = new SteppedBroker(new ManualClock(), storage);
    private final TestClient client = broker.connect();
    private LaggingLog log;

    @BeforeEach
    void createTopic() {
        final UUID topicId = broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "first");
        log = storage.log(new LogId(topicId, "topic", 0));
        log.setLagging(true);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private PartitionProduceResponse outcome() {
        final ProduceResponse response = client.poll();
        return response == null
                ? null
                : response.responses().getFirst().partitionResponses().getFirst();
    }

    private void produce(final String value) {
        client.send(12, Batches.produce("topic", 0, Batches.of(value)));
    }

    @Test
    void shouldAnswerWhenTheBatchIsCommittedAndNotBefore() {
        produce("a");
        assertThat(outcome()).isNull();

        log.commitAll();

        final PartitionProduceResponse outcome = outcome();
        assertThat(outcome.errorCode()).isZero();
        assertThat(outcome.baseOffset()).isEqualTo(1);
        assertThat(outcome.logStartOffset()).isZero();
    }

    @Test
    void shouldNotShowWhatIsNotCommitted() {
        produce("a");
        final TestClient consumer = broker.connect(1);
        final FetchResponse atEnd = consumer.ask(Fetches.VERSION, Fetches.fetch("topic", 0, 1));
        assertThat(Fetches.only(atEnd).errorCode()).isZero();
        assertThat(Fetches.only(atEnd).highWatermark()).isEqualTo(1);
        assertThat(Fetches.only(atEnd).records().sizeBytes()).isZero();
        assertThat(Fetches.read(consumer, "topic", 0, 0)).containsExactly("0:first");
        assertThat(latest(consumer)).isEqualTo(1);
        consumer.send(Fetches.VERSION, Fetches.fetch("topic", 0, 1).setMaxWaitMs(1000));
        assertThat((FetchResponse) consumer.poll()).isNull();

        log.commitAll();

        final FetchResponse response = consumer.poll();
        assertThat(Batches.values(Fetches.only(response).records())).containsExactly("1:a");
        assertThat(latest(consumer)).isEqualTo(2);
    }

    private static long latest(final TestClient client) {
        final ListOffsetsRequest request = new ListOffsetsRequest().setReplicaId(-1);
        request.topics()
                .add(new ListOffsetsTopic()
                        .setName("topic")
                        .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(-1))));
        final ListOffsetsResponse response = client.ask(7, request);
        return response.topics().getFirst().partitions().getFirst().offset();
    }

    @Test
    void shouldReportWhenTheTimeIsUp() {
        produce("a");
        broker.advanceMs(1002);

        assertThat(ErrorCode.of(outcome().errorCode())).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        log.commitAll();
        assertThat(outcome()).isNull();
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void shouldDistinguishRejectedFromIndeterminate() {
        produce("a");
        log.reject();
        final ErrorCode rejected = ErrorCode.of(outcome().errorCode());
        produce("b");
        log.loseLeadership();
        final ErrorCode indeterminate = ErrorCode.of(outcome().errorCode());

        assertThat(rejected).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(indeterminate).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    }

    @Test
    void shouldRefuseWhenAnotherNodeLeads() {
        log.loseLeadership();
        produce("a");

        assertThat(ErrorCode.of(outcome().errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        final FetchResponse response = client.ask(Fetches.VERSION, Fetches.fetch("topic", 0, 0));
        assertThat(ErrorCode.of(Fetches.only(response).errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldNotAnswerADuplicateBeforeTheFirstIsCommitted() {
        client.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));
        client.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));
        assertThat(outcome()).isNull();

        log.commitAll();

        assertThat(outcome().baseOffset()).isEqualTo(1);
        assertThat(outcome().baseOffset()).isEqualTo(1);
        assertThat(Fetches.read(client, "topic", 0, 1)).containsExactly("1:a");
    }

    @Test
    void shouldRejectADuplicateWhenTheFirstIsRejected() {
        client.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));
        client.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));

        log.reject();

        assertThat(ErrorCode.of(outcome().errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(ErrorCode.of(outcome().errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        client.send(12, Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a")));
        log.commitAll();
        assertThat(outcome().baseOffset()).isEqualTo(1);
    }

    @Test
    void shouldNotAnswerWhenAcksIsZeroAndTheCommitComesLater() {
        client.send(12, Batches.produce("topic", 0, Batches.of("a")).setAcks((short) 0));
        client.forget();
        assertThat(client.receiveRaw()).isNull();

        log.commitAll();

        assertThat(client.receiveRaw()).isNull();
        assertThat(client.isClosed()).isFalse();
        assertThat(Fetches.read(client, "topic", 0, 1)).containsExactly("1:a");
    }

    @Test
    void shouldReportAFullDeviceAndContinueWhenThereIsRoom() {
        log.setFull(true);
        produce("a");

        assertThat(ErrorCode.of(outcome().errorCode())).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:first");

        log.setFull(false);
        produce("b");
        log.commitAll();
        assertThat(outcome().baseOffset()).isEqualTo(1);
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:first", "1:b");
    }

    @Test
    void shouldFlushTheMetadataOnceWhenOneRequestCreatesManyTopics() {
        final LaggingLog metadata = storage.log(MetadataLog.ID);
        final CreateTopicsRequest request = new CreateTopicsRequest();
        for (int i = 0; i < 1000; i++) {
            request.topics()
                    .add(new CreatableTopic()
                            .setName("topic." + i)
                            .setNumPartitions(2)
                            .setReplicationFactor((short) 1));
        }
        final int before = metadata.flushes();

        final CreateTopicsResponse response = client.ask(7, request);

        assertThat(response.topics()).hasSize(1000).allMatch(topic -> topic.errorCode() == 0);
        assertThat(metadata.flushes() - before).isEqualTo(1);
    }
}
