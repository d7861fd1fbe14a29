package io.example.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.FetchPartition;
import io.ottla.codec.message.FetchRequest.FetchTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Tests a broker over the storage, on the thread of the test. */
class SteppedBrokerTest {
    private static final int FETCH_VERSION = 12;
    private static final int PRODUCE_VERSION = 12;

    @Test
    void shouldAnswerAFetchWhenARecordComesOrTheTimeIsUp() {
        // region: stepped
        try (SteppedBroker broker = new SteppedBroker(new ManualClock(), new SimpleStorageProvider())) {
            broker.createTopic("greetings", 1);
            final TestClient consumer = broker.connect();
            final TestClient producer = broker.connect();

            consumer.send(FETCH_VERSION, fetch("greetings", 0).setMaxWaitMs(500));
            assertThat(consumer.<FetchResponse>poll()).isNull();
            final ProduceResponse produced = producer.ask(PRODUCE_VERSION, produce("greetings", "hello"));
            assertThat(errorCode(produced)).isZero();
            assertThat(sizeBytes(consumer.poll())).isPositive();

            consumer.send(FETCH_VERSION, fetch("greetings", 1).setMaxWaitMs(500));
            broker.advanceMs(400);
            assertThat(consumer.<FetchResponse>poll()).isNull();
            broker.advanceMs(101);
            assertThat(sizeBytes(consumer.poll())).isZero();
        }
        // endregion
    }

    private static FetchRequest fetch(final String topic, final long offset) {
        final FetchTopic fetched = new FetchTopic().setTopic(topic);
        fetched.partitions().add(new FetchPartition().setFetchOffset(offset).setPartitionMaxBytes(1 << 20));
        final FetchRequest request = new FetchRequest().setMinBytes(1).setMaxBytes(1 << 20);
        request.topics().add(fetched);
        return request;
    }

    private static int sizeBytes(final FetchResponse response) {
        return response.responses().getFirst().partitions().getFirst().records().sizeBytes();
    }

    private static ProduceRequest produce(final String topic, final String value) {
        final RecordBatchWriter batch = new RecordBatchWriter().begin(0);
        batch.append(ManualClock.EPOCH_MS_DEFAULT, null, value.getBytes(StandardCharsets.UTF_8));
        final TopicProduceData data = new TopicProduceData().setName(topic);
        data.partitionData().add(new PartitionProduceData().setRecords(Payload.of(batch.finish())));
        final ProduceRequest request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1_000);
        request.topicData().add(data);
        return request;
    }

    private static short errorCode(final ProduceResponse response) {
        return response.responses().getFirst().partitionResponses().getFirst().errorCode();
    }
}
