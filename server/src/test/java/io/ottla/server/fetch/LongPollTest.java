package io.ottla.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.Topics;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongPollTest {
    private static final int WAIT_MS = 500;

    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient consumer = broker.connect(0);

    @BeforeEach
    void createTopic() {
        broker.createTopic("topic", 3);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private static FetchRequest waiting(final int partition, final long offset) {
        return Fetches.fetch("topic", partition, offset).setMaxWaitMs(WAIT_MS);
    }

    private List<String> values(final FetchResponse response) {
        assertThat(response).isNotNull();
        return Batches.values(Fetches.only(response).records());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldWakeWhenRecordsComeByAnyAgent(final int producersAgent) {
        final TestClient producer = broker.connect(producersAgent);
        consumer.send(Fetches.VERSION, waiting(0, 0));
        assertThat((FetchResponse) consumer.poll()).isNull();

        Batches.append(producer, "topic", 0, "a");

        assertThat(values(consumer.poll())).containsExactly("0:a");
    }

    @Test
    void shouldAnswerEmptyWhenTheTimeIsUp() {
        consumer.send(Fetches.VERSION, waiting(0, 0));
        broker.advanceMs(WAIT_MS - 2);
        assertThat((FetchResponse) consumer.poll()).isNull();

        broker.advanceMs(4);

        final FetchResponse response = consumer.poll();
        assertThat(values(response)).isEmpty();
        assertThat(Fetches.only(response).highWatermark()).isZero();
    }

    @Test
    void shouldWaitForMinBytesOverAllPartitions() {
        final TestClient producer = broker.connect(1);
        final FetchRequest request = waiting(0, 0).setMinBytes(1000);
        Fetches.add(request, "topic", 1, 0);
        consumer.send(Fetches.VERSION, request);

        Batches.append(producer, "topic", 0, "x".repeat(400));
        assertThat((FetchResponse) consumer.poll()).isNull();
        Batches.append(producer, "topic", 2, "x".repeat(4000));
        assertThat((FetchResponse) consumer.poll()).isNull();
        Batches.append(producer, "topic", 1, "x".repeat(600));

        final FetchResponse response = consumer.poll();
        assertThat(response.responses().getFirst().partitions())
                .extracting(data -> data.records().sizeBytes() > 0)
                .containsExactly(true, true);
    }

    @Test
    void shouldGiveWhatThereIsWhenTheTimeIsUpBeforeMinBytes() {
        Batches.append(broker.connect(1), "topic", 0, "a");
        consumer.send(Fetches.VERSION, waiting(0, 0).setMinBytes(100_000));
        assertThat((FetchResponse) consumer.poll()).isNull();

        broker.advanceMs(WAIT_MS + 2);

        assertThat(values(consumer.poll())).containsExactly("0:a");
    }

    @Test
    void shouldNotWaitForMinBytesWhenTheRestIsInTheNextSegment() {
        broker.createTopic("split", 1, "segment.bytes", "1048576");
        final TestClient producer = broker.connect(1);
        for (int i = 0; i < 5; i++) {
            Batches.append(producer, "split", 0, "x".repeat(400_000));
        }
        final FetchRequest request =
                Fetches.fetch("split", 0, 0).setMaxWaitMs(WAIT_MS).setMinBytes(2_000_000);

        consumer.send(Fetches.VERSION, request);

        assertThat(values(consumer.poll())).isNotEmpty();
    }

    @Test
    void shouldAnswerWhenTheTopicIsDeleted() {
        consumer.send(Fetches.VERSION, waiting(0, 0));
        assertThat((FetchResponse) consumer.poll()).isNull();

        Topics.delete(broker.connect(1), "topic");

        final FetchResponse response = consumer.poll();
        final PartitionData data = Fetches.only(response);
        assertThat(ErrorCode.of(data.errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void shouldForgetTheFetchWhenTheConnectionIsClosed() {
        consumer.send(Fetches.VERSION, waiting(0, 0));
        consumer.disconnect();

        Batches.append(broker.connect(1), "topic", 0, "a");
        broker.advanceMs(WAIT_MS + 2);

        assertThat(consumer.receiveRaw()).isNull();
    }

    @Test
    void shouldWakeAllWaiters() {
        final TestClient[] consumers = new TestClient[6];
        for (int i = 0; i < consumers.length; i++) {
            consumers[i] = broker.connect(i % 2);
            consumers[i].send(Fetches.VERSION, waiting(0, 0));
        }

        Batches.append(broker.connect(1), "topic", 0, "a");

        for (final TestClient each : consumers) {
            assertThat(values(each.poll())).containsExactly("0:a");
        }
    }

    @Test
    void shouldKeepTheOrderOfResponsesWhenALaterRequestIsDoneFirst() {
        consumer.send(Fetches.VERSION, waiting(0, 0));
        consumer.send(Fetches.VERSION, Fetches.fetch("topic", 1, 0));
        assertThat((FetchResponse) consumer.poll()).isNull();

        Batches.append(broker.connect(1), "topic", 0, "a");

        assertThat(values(consumer.poll())).containsExactly("0:a");
        assertThat(values(consumer.poll())).isEmpty();
    }
}
