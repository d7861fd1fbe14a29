package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.FetchPartition;
import io.ottla.codec.message.FetchRequest.FetchTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.server.testkit.TestClient;
import java.util.List;

/** Creates fetch requests for tests, in versions that name topics by name unless a test says otherwise. */
public final class Fetches {
    public static final int VERSION = 12;
    private static final int BYTES_MAX = 10 << 20;

    private Fetches() {}

    /** Returns a fetch that does not wait. */
    public static FetchRequest fetch(final String topic, final int partition, final long offset) {
        final FetchRequest request =
                new FetchRequest().setMaxBytes(BYTES_MAX).setMinBytes(1).setMaxWaitMs(0);
        return add(request, topic, partition, offset);
    }

    public static FetchRequest add(
            final FetchRequest request, final String topic, final int partition, final long offset) {
        final FetchTopic fetchTopic = new FetchTopic().setTopic(topic);
        fetchTopic
                .partitions()
                .add(new FetchPartition()
                        .setPartition(partition)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(BYTES_MAX));
        request.topics().add(fetchTopic);
        return request;
    }

    public static FetchPartition partition(final FetchRequest request) {
        return request.topics().getLast().partitions().getLast();
    }

    public static PartitionData only(final FetchResponse response) {
        assertThat(response.responses()).hasSize(1);
        assertThat(response.responses().getFirst().partitions()).hasSize(1);
        return response.responses().getFirst().partitions().getFirst();
    }

    public static Payload records(final TestClient client, final String topic, final int partition, final long offset) {
        final PartitionData data = only(client.ask(VERSION, fetch(topic, partition, offset)));
        assertThat(data.errorCode()).isZero();
        return data.records();
    }

    /** Reads all records from the batch with an offset on, see {@link Batches#values}. */
    public static List<String> read(
            final TestClient client, final String topic, final int partition, final long offset) {
        return Batches.values(records(client, topic, partition, offset));
    }
}
