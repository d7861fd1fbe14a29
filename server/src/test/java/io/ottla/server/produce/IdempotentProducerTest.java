package io.ottla.server.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.InitProducerIdRequest;
import io.ottla.codec.message.InitProducerIdResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.ManualClock;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdempotentProducerTest {
    @TempDir
    Path folder;

    private SteppedBroker broker = new SteppedBroker();
    private TestClient client = broker.connect();

    @BeforeEach
    void createTopic() {
        broker.createTopic("topic", 1);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private long producerId() {
        final InitProducerIdResponse response = client.ask(5, new InitProducerIdRequest().setTransactionalId(null));
        assertThat(response.errorCode()).isZero();
        assertThat(response.producerEpoch()).isZero();
        return response.producerId();
    }

    private PartitionProduceResponse send(
            final long producerId, final int epoch, final int sequence, final String... values) {
        return Batches.send(client, "topic", 0, Batches.idempotent(producerId, epoch, sequence, values));
    }

    private void assertAppended(final PartitionProduceResponse outcome, final long offset) {
        assertThat(ErrorCode.of(outcome.errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(outcome.baseOffset()).isEqualTo(offset);
    }

    private void assertError(final PartitionProduceResponse outcome, final ErrorCode error) {
        assertThat(ErrorCode.of(outcome.errorCode())).isEqualTo(error);
        assertThat(outcome.baseOffset()).isEqualTo(-1);
    }

    @Test
    void shouldGiveEachProducerAnotherId() {
        assertThat(producerId()).isNotEqualTo(producerId());
    }

    @Test
    void shouldAnswerWithTheFirstOffsetWhenABatchComesAgain() {
        final long id = producerId();
        assertAppended(send(id, 0, 0, "a", "b"), 0);
        assertAppended(send(id, 0, 2, "c"), 2);

        assertAppended(send(id, 0, 0, "a", "b"), 0);
        assertAppended(send(id, 0, 2, "c"), 2);

        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void shouldKnowTheLastFiveBatchesAndNoMore() {
        final long id = producerId();
        for (int i = 0; i < 7; i++) {
            assertAppended(send(id, 0, i, "v" + i), i);
        }
        for (int i = 2; i < 7; i++) {
            assertAppended(send(id, 0, i, "v" + i), i);
        }

        assertError(send(id, 0, 1, "v1"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(Fetches.read(client, "topic", 0, 0)).hasSize(7);
    }

    @Test
    void shouldRefuseWhenABatchIsMissingBefore() {
        final long id = producerId();
        assertAppended(send(id, 0, 0, "a"), 0);

        assertError(send(id, 0, 2, "c"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertAppended(send(id, 0, 1, "b"), 1);
    }

    @Test
    void shouldRefuseWhenTheSameSequenceHasAnotherLength() {
        final long id = producerId();
        assertAppended(send(id, 0, 0, "a", "b"), 0);

        assertError(send(id, 0, 0, "a"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void shouldContinueWithZeroWhenSequencesWrap() {
        final long id = producerId();
        assertAppended(send(id, 0, Integer.MAX_VALUE - 1, "a"), 0);
        assertAppended(send(id, 0, Integer.MAX_VALUE, "b", "c"), 1);
        assertAppended(send(id, 0, 1, "d"), 3);

        assertAppended(send(id, 0, Integer.MAX_VALUE, "b", "c"), 1);
        assertThat(Fetches.read(client, "topic", 0, 0)).hasSize(4);
    }

    @Test
    void shouldContinueWithZeroWhenTheLastSequenceIsTheLargest() {
        final long id = producerId();
        assertAppended(send(id, 0, Integer.MAX_VALUE, "a"), 0);

        assertError(send(id, 0, 1, "c"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertAppended(send(id, 0, 0, "b"), 1);
    }

    @Test
    void shouldTakeAnySequenceOfAProducerThatIsNotKnown() {
        assertAppended(send(4711, 3, 100, "a"), 0);
        assertAppended(send(4711, 3, 101, "b"), 1);
    }

    @Test
    void shouldBeginWithZeroWhenTheEpochIsNew() {
        final long id = producerId();
        assertAppended(send(id, 0, 0, "a"), 0);

        assertError(send(id, 1, 1, "b"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertAppended(send(id, 1, 0, "b"), 1);
        assertError(send(id, 0, 1, "c"), ErrorCode.INVALID_PRODUCER_EPOCH);
        assertError(send(id, 0, 0, "a"), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void shouldRefuseAnIdWithoutASequence() {
        assertError(send(producerId(), 0, -1, "a"), ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldForgetAProducerThatStaysAway() {
        broker.close();
        broker = new SteppedBroker(
                "producer.id.expiration.ms", "5000", "producer.id.expiration.check.interval.ms", "1000");
        client = broker.connect();
        broker.createTopic("topic", 1);
        final long id = producerId();
        assertAppended(send(id, 0, 0, "a"), 0);
        broker.advanceMs(4000);
        assertError(send(id, 0, 7, "b"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);

        broker.advanceMs(2500);

        assertAppended(send(id, 0, 7, "b"), 1);
    }

    @Test
    void shouldKnowProducersAndEpochsAfterARestart() {
        broker.close();
        final ManualClock clock = new ManualClock();
        broker = onFiles(clock);
        client = broker.connect();
        broker.createTopic("topic", 1);
        final long id = producerId();
        assertAppended(send(id, 2, 0, "a", "b"), 0);
        assertAppended(send(id, 2, 2, "c"), 2);
        broker.close();

        broker = onFiles(clock);
        client = broker.connect();

        assertAppended(send(id, 2, 0, "a", "b"), 0);
        assertError(send(id, 1, 0, "x"), ErrorCode.INVALID_PRODUCER_EPOCH);
        assertError(send(id, 2, 4, "e"), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertAppended(send(id, 2, 3, "d"), 3);
        assertThat(producerId()).isNotEqualTo(id);
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:a", "1:b", "2:c", "3:d");
    }

    private SteppedBroker onFiles(final ManualClock clock) {
        return new SteppedBroker(clock, null, "ottla.storage", "mmap", "log.dirs", folder.toString());
    }
}
