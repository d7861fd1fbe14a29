package io.ottla.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.Providers;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.FetchPartition;
import io.ottla.codec.message.FetchRequest.FetchTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.testkit.FaultyStorage;
import io.ottla.testkit.LogFault;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteppedBrokerTest {
    private static final int PRODUCE_VERSION = 12;
    private static final int FETCH_VERSION = 12;

    @TempDir
    Path folder;

    @Test
    void shouldProduceAndFetch() throws IOException {
        try (SteppedBroker broker = new SteppedBroker()) {
            broker.createTopic("topic", 1);
            final TestClient client = broker.connect();

            assertThat(produce(client, "one").baseOffset()).isZero();
            assertThat(produce(client, "two").baseOffset()).isEqualTo(1);

            assertThat(values(client.ask(FETCH_VERSION, fetch(0)))).containsExactly("one", "two");
        }
    }

    @Test
    void shouldAnswerAParkedFetchWhenTheClockWasAdvanced() throws IOException {
        try (SteppedBroker broker = new SteppedBroker()) {
            broker.createTopic("topic", 1);
            final TestClient client = broker.connect();
            client.send(FETCH_VERSION, fetch(0).setMaxWaitMs(500));
            assertThat(client.<FetchResponse>poll()).isNull();

            broker.advanceMs(400);
            assertThat(client.<FetchResponse>poll()).isNull();
            broker.advanceMs(101);

            assertThat(values(client.pollNow())).isEmpty();
        }
    }

    @Test
    void shouldAnswerAParkedFetchWhenAClientOfAnotherAgentProduces() throws IOException {
        try (SteppedBroker broker = new SteppedBroker("num.network.threads", "2")) {
            broker.createTopic("topic", 1);
            final TestClient consumer = broker.connect(0);
            consumer.send(FETCH_VERSION, fetch(0).setMaxWaitMs(500));
            broker.step();

            produce(broker.connect(1), "value");

            assertThat(values(consumer.poll())).containsExactly("value");
        }
    }

    @Test
    void shouldGoOnWithTheSameFolderWhenItStartsAgain() throws IOException {
        final ManualClock clock = new ManualClock();
        final String clusterId;
        try (SteppedBroker broker = startInFolder(clock)) {
            clusterId = broker.broker().clusterId();
            broker.createTopic("topic", 1);
            produce(broker.connect(), "before");
        }
        try (SteppedBroker broker = startInFolder(clock)) {
            assertThat(broker.broker().clusterId()).isEqualTo(clusterId);
            assertThat(produce(broker.connect(), "after").baseOffset()).isEqualTo(1);
            assertThat(values(broker.connect().ask(FETCH_VERSION, fetch(0)))).containsExactly("before", "after");
        }
    }

    private SteppedBroker startInFolder(final ManualClock clock) {
        return new SteppedBroker(clock, null, "ottla.storage", "mmap", "log.dirs", folder.toString());
    }

    @Test
    void shouldAnswerWithAnErrorWhenTheStorageFails() throws IOException {
        final FaultyProvider provider = new FaultyProvider();
        try (SteppedBroker broker = new SteppedBroker(new ManualClock(), provider)) {
            broker.createTopic("topic", 1);
            final TestClient client = broker.connect();
            produce(client, "one");
            provider.storage.failNext(LogFault.APPEND_ERROR);

            assertThat(send(client, "two").errorCode()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR.code());

            assertThat(provider.storage.hits()).isEqualTo(1);
            assertThat(values(client.ask(FETCH_VERSION, fetch(0)))).containsExactly("one");
        }
    }

    /** The memory storage, which fails on a test's request. */
    private static final class FaultyProvider implements StorageProvider {
        private FaultyStorage storage;

        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public int spiVersion() {
            return SPI_VERSION;
        }

        @Override
        public Storage create(final StorageContext context) {
            storage = new FaultyStorage(Providers.find(StorageProvider.class, SPI_VERSION, "ottla.storage", "memory")
                    .create(context));
            return storage;
        }
    }

    @Test
    void shouldDoTheSameInEachRun() {
        final List<String> ids = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (SteppedBroker broker = new SteppedBroker()) {
                ids.add(broker.broker().clusterId() + ' ' + broker.createTopic("topic", 1));
            }
        }
        assertThat(ids.get(0)).isEqualTo(ids.get(1));
    }

    @Test
    void shouldCloseNoConnectionWhenTheClockLeaps() {
        try (SteppedBroker broker = new SteppedBroker();
                SteppedBroker strict = new SteppedBroker("connections.max.idle.ms", "1000")) {
            final TestClient client = broker.connect();
            final TestClient idle = strict.connect();
            assertThat(client.isClosed() || idle.isClosed()).isFalse();

            broker.advanceMs(1_000_000_000);
            strict.advanceMs(1_000_000_000);

            assertThat(client.isClosed()).isFalse();
            assertThat(idle.isClosed()).isTrue();
            assertThatThrownBy(() -> idle.send(FETCH_VERSION, fetch(0))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldConnectToTheListenerOfTheAddress() {
        try (SteppedBroker broker = new SteppedBroker(
                "listeners", "IN://127.0.0.1:1001,OUT://10.0.0.1:1002",
                "listener.security.protocol.map", "IN:PLAINTEXT,OUT:PLAINTEXT")) {
            for (final InetSocketAddress address :
                    List.of(new InetSocketAddress("127.0.0.1", 1001), new InetSocketAddress("10.0.0.1", 1002))) {
                final MetadataResponse response =
                        broker.connect(0, address).ask(12, new MetadataRequest().setTopics(null));
                assertThat(response.brokers().getFirst().port()).isEqualTo(address.getPort());
            }
        }
    }

    private static ProduceRequest request(final String value) {
        final RecordBatchWriter batch = new RecordBatchWriter().begin(0);
        batch.append(ManualClock.EPOCH_MS_DEFAULT, null, value.getBytes(StandardCharsets.UTF_8));
        final TopicProduceData data = new TopicProduceData().setName("topic");
        data.partitionData().add(new PartitionProduceData().setRecords(Payload.of(batch.finish())));
        final ProduceRequest request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1_000);
        request.topicData().add(data);
        return request;
    }

    private static PartitionProduceResponse send(final TestClient client, final String value) {
        final ProduceResponse response = client.ask(PRODUCE_VERSION, request(value));
        return response.responses().getFirst().partitionResponses().getFirst();
    }

    private static PartitionProduceResponse produce(final TestClient client, final String value) {
        final PartitionProduceResponse outcome = send(client, value);
        assertThat(outcome.errorCode()).as(outcome.toString()).isZero();
        return outcome;
    }

    private static FetchRequest fetch(final long offset) {
        final FetchTopic topic = new FetchTopic().setTopic("topic");
        topic.partitions().add(new FetchPartition().setFetchOffset(offset).setPartitionMaxBytes(1 << 20));
        final FetchRequest request = new FetchRequest().setMinBytes(1).setMaxBytes(1 << 20);
        request.topics().add(topic);
        return request;
    }

    private static List<String> values(final FetchResponse response) throws IOException {
        final ByteBuffer records = response.responses()
                .getFirst()
                .partitions()
                .getFirst()
                .records()
                .toByteBuffer();
        final List<String> values = new ArrayList<>();
        final RecordBatchReader reader = new RecordBatchReader();
        for (int position = 0; position < records.limit(); ) {
            reader.wrap(records, position);
            while (reader.next()) {
                values.add(StandardCharsets.UTF_8.decode(reader.value()).toString());
            }
            position += RecordBatchHeader.sizeBytes(records, position);
        }
        return values;
    }
}
