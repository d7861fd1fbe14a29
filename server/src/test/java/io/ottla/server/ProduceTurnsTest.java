package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Produce of many partitions beside others. In Kafka another thread serves these. */
class ProduceTurnsTest {
    private static final int PARTITIONS = 600;

    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();
    private final TestClient other = broker.connect();

    @AfterEach
    void close() {
        broker.close();
    }

    private static ProduceRequest produce(final String topic, final int partitions) {
        final ProduceRequest request = Batches.produce(topic, 0, Batches.of("value"));
        final List<PartitionProduceData> all = request.topicData().getFirst().partitionData();
        for (int i = 1; i < partitions; i++) {
            all.add(new PartitionProduceData().setIndex(i).setRecords(Payload.of(Batches.of("value"))));
        }
        return request;
    }

    /** Lets the broker work until the request is answered, with another client's request in each turn. */
    private int turns(final long offset) {
        client.send(12, produce("many", PARTITIONS));
        int turns = 0;
        ProduceResponse response = client.pollNow();
        while (response == null) {
            other.send(12, Batches.produce("topic", 0, Batches.of("other")));
            assertThat(other.<ProduceResponse>pollNow()).as("turn %d", turns).isNotNull();
            assertThat(broker.broker().invoke()).isPositive();
            turns++;
            response = client.pollNow();
        }
        assertThat(response.responses().getFirst().partitionResponses())
                .allMatch(result -> result.errorCode() == 0 && result.baseOffset() == offset)
                .extracting(PartitionProduceResponse::index)
                .containsExactlyElementsOf(
                        IntStream.range(0, PARTITIONS).boxed().toList());
        return turns;
    }

    @Test
    void shouldServeOthersWithinAProduceWhenItOpensManyLogs() {
        broker.createTopic("many", PARTITIONS);
        broker.createTopic("topic", 1);

        // Now and then another agent has something to do.
        final int opening = PARTITIONS / ProduceHandler.TURN_OPENS;
        assertThat(turns(0)).isBetween(opening, opening + 2);
        assertThat(turns(1)).isZero();
    }

    /** So it is done without waiting, as nearly all requests are. */
    @Test
    void shouldTakeNoTurnsWhenAProduceOpensFewLogs() {
        broker.createTopic("few", 16);

        client.send(12, produce("few", 16));

        assertThat(client.<ProduceResponse>pollNow()).isNotNull();
    }
}
