package io.ottla.server.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DeleteRecordsRequest;
import io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.ottla.codec.message.DeleteRecordsResponse;
import io.ottla.codec.message.DescribeLogDirsRequest;
import io.ottla.codec.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import io.ottla.codec.message.DescribeLogDirsResponse;
import io.ottla.codec.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.ottla.server.Batches;
import io.ottla.server.Broker;
import io.ottla.server.Fetches;
import io.ottla.server.LaggingProvider;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.ManualClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves({ApiKey.DELETE_RECORDS, ApiKey.DESCRIBE_LOG_DIRS})
class LogHandlersTest {
    @TempDir
    Path folder;

    private SteppedBroker broker;
    private TestClient client;

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void start(final String storage) {
        broker = new SteppedBroker("ottla.storage", storage, "log.dirs", folder.toString());
        client = broker.connect();
    }

    private static DeleteRecordsRequest delete(final String topic, final int partition, final long offset) {
        final DeleteRecordsRequest request = new DeleteRecordsRequest().setTimeoutMs(0);
        return add(request, topic, partition, offset);
    }

    private static DeleteRecordsRequest add(
            final DeleteRecordsRequest request, final String topic, final int partition, final long offset) {
        request.topics()
                .add(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(offset))));
        return request;
    }

    /** Returns the result of each partition, such as {@code topic-0=NONE:3}. */
    private Map<String, String> ask(final int version, final DeleteRecordsRequest request) {
        final DeleteRecordsResponse response = client.ask(version, request);
        final Map<String, String> outcomes = new TreeMap<>();
        for (final var topic : response.topics()) {
            for (final var partition : topic.partitions()) {
                outcomes.put(
                        topic.name() + "-" + partition.partitionIndex(),
                        ErrorCode.of(partition.errorCode()) + ":" + partition.lowWatermark());
            }
        }
        return outcomes;
    }

    private String delete(final long offset) {
        return ask(2, delete("topic", 0, offset)).get("topic-0");
    }

    @ParameterizedTest
    @CsvSource({"0,memory", "1,memory", "2,memory", "0,mmap", "1,mmap", "2,mmap"})
    void shouldMoveTheStartInAnyVersion(final int version, final String storage) {
        start(storage);
        broker.createTopic("topic", 2);
        Batches.append(client, "topic", 0, "a", "b", "c");
        Batches.append(client, "topic", 0, "d");
        Batches.append(client, "topic", 1, "e", "f");

        final DeleteRecordsRequest request = add(delete("topic", 0, 3), "topic", 1, 1);
        assertThat(ask(version, request)).hasToString("{topic-0=NONE:3, topic-1=NONE:1}");
        assertThat(Fetches.read(client, "topic", 0, 3)).containsExactly("3:d");
        assertThat(Fetches.only(client.ask(Fetches.VERSION, Fetches.fetch("topic", 0, 2)))
                        .errorCode())
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        assertThat(ask(version, delete("topic", 0, -1))).hasToString("{topic-0=NONE:4}");
        assertThat(Batches.append(client, "topic", 0, "g")).isEqualTo(4);
    }

    @Test
    void shouldChangeNothingWhenTheOffsetIsNotInTheLog() {
        start("memory");
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a", "b", "c");
        assertThat(delete(2)).isEqualTo("NONE:2");

        assertThat(delete(1)).isEqualTo("NONE:2");
        assertThat(delete(0)).isEqualTo("NONE:2");
        assertThat(delete(4)).isEqualTo("OFFSET_OUT_OF_RANGE:-1");
        assertThat(delete(-2)).isEqualTo("OFFSET_OUT_OF_RANGE:-1");
        assertThat(delete(Long.MIN_VALUE)).isEqualTo("OFFSET_OUT_OF_RANGE:-1");
        assertThat(delete(Long.MAX_VALUE)).isEqualTo("OFFSET_OUT_OF_RANGE:-1");
        assertThat(Fetches.read(client, "topic", 0, 2)).contains("2:c");
    }

    @Test
    void shouldRefuseWhatMayNotBeDeletedFrom() {
        start("memory");
        broker.createTopic("topic", 1);
        broker.createTopic("compacted", 1, "cleanup.policy", "compact");
        broker.createTopic("both", 1, "cleanup.policy", "compact,delete");
        broker.createTopic("__consumer_offsets", 1);

        final DeleteRecordsRequest request = delete("topic", 1, 0);
        add(request, "absent", 0, 0);
        add(request, "compacted", 0, 0);
        add(request, "both", 0, 0);
        add(request, "__consumer_offsets", 0, 0);
        assertThat(ask(2, request))
                .hasToString("{__consumer_offsets-0=INVALID_TOPIC_EXCEPTION:-1, "
                        + "absent-0=UNKNOWN_TOPIC_OR_PARTITION:-1, both-0=NONE:0, compacted-0=POLICY_VIOLATION:-1, "
                        + "topic-1=UNKNOWN_TOPIC_OR_PARTITION:-1}");
        assertThat(ask(2, new DeleteRecordsRequest())).isEmpty();
    }

    @Test
    void shouldTakeTheLastOffsetWhenAPartitionIsThereTwice() {
        start("memory");
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a", "b", "c");

        assertThat(ask(2, add(delete("topic", 0, 3), "topic", 0, 1))).hasToString("{topic-0=NONE:1}");
    }

    @Test
    void shouldDeleteOnlyWhatIsCommitted() {
        final LaggingProvider storage = new LaggingProvider();
        broker = new SteppedBroker(new ManualClock(), storage);
        client = broker.connect();
        final UUID id = broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a");
        storage.log(new LogId(id, "topic", 0)).setLagging(true);
        broker.connect().send(12, Batches.produce("topic", 0, Batches.of("b")));
        broker.step();

        assertThat(delete(2)).isEqualTo("OFFSET_OUT_OF_RANGE:-1");
        assertThat(delete(-1)).isEqualTo("NONE:1");
    }

    @Test
    void shouldKeepTheStartWhenStartedAgain() {
        start("mmap");
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a", "b", "c");
        assertThat(delete(2)).isEqualTo("NONE:2");
        broker.close();

        start("mmap");
        assertThat(delete(0)).isEqualTo("NONE:2");
    }

    private DescribeLogDirsResult describe(final int version, final DescribeLogDirsRequest request) {
        final DescribeLogDirsResponse response = client.ask(version, request);
        assertThat(response.errorCode()).isZero();
        assertThat(response.results()).hasSize(1);
        final DescribeLogDirsResult result = response.results().getFirst();
        assertThat(result.errorCode()).isZero();
        assertThat(result.logDir()).isEqualTo(folder.toAbsolutePath().toString());
        return result;
    }

    /** Returns the sizes, such as {@code topic-0=68}. */
    private static Map<String, Long> sizes(final DescribeLogDirsResult result) {
        final Map<String, Long> sizes = new TreeMap<>();
        for (final var topic : result.topics()) {
            for (final var partition : topic.partitions()) {
                assertThat(partition.offsetLag()).isZero();
                assertThat(partition.isFutureKey()).isFalse();
                sizes.put(topic.name() + "-" + partition.partitionIndex(), partition.partitionSize());
            }
        }
        return sizes;
    }

    private static DescribeLogDirsRequest of(final String topic, final Integer... partitions) {
        return of(new DescribeLogDirsRequest(), topic, partitions);
    }

    private static DescribeLogDirsRequest of(
            final DescribeLogDirsRequest request, final String topic, final Integer... partitions) {
        request.topics().add(new DescribableLogDirTopic().setTopic(topic).setPartitions(List.of(partitions)));
        return request;
    }

    @ParameterizedTest
    @CsvSource({
        "1,memory",
        "2,memory",
        "3,memory",
        "4,memory",
        "5,memory",
        "1,mmap",
        "2,mmap",
        "3,mmap",
        "4,mmap",
        "5,mmap"
    })
    void shouldReturnSizesInAnyVersion(final int version, final String storage) {
        start(storage);
        broker.createTopic("topic", 2);
        broker.createTopic("other", 1);
        Batches.append(client, "topic", 1, "a");
        final long size = Batches.of("a").remaining();

        final DescribeLogDirsResult all = describe(version, new DescribeLogDirsRequest().setTopics(null));
        assertThat(sizes(all)).isEqualTo(Map.of("topic-0", 0L, "topic-1", size, "other-0", 0L));
        assertThat(all.isCordoned()).isFalse();
        if (version < 4) {
            assertThat(all.totalBytes()).isEqualTo(-1);
            assertThat(all.usableBytes()).isEqualTo(-1);
        } else {
            assertThat(all.usableBytes()).isPositive().isLessThan(all.totalBytes());
        }
        assertThat(sizes(describe(version, of("topic", 1)))).isEqualTo(Map.of("topic-1", size));
        assertThat(sizes(describe(version, new DescribeLogDirsRequest()))).isEmpty();
    }

    @Test
    void shouldLeaveOutPartitionsThatDoNotExist() {
        start("memory");
        broker.createTopic("topic", 2);

        final DescribeLogDirsRequest request = of("topic", 0, 0, 2, -1);
        of(request, "absent", 0);
        of(request, "topic", 0, 1);
        final DescribeLogDirsResult result = describe(5, request);

        assertThat(result.topics()).hasSize(1);
        assertThat(sizes(result)).isEqualTo(Map.of("topic-0", 0L, "topic-1", 0L));
        assertThat(describe(5, of("topic")).topics()).isEmpty();
    }

    @Test
    void shouldReturnTheSizesOfLogsThatAreNotOpen() {
        start("mmap");
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "a", "b");
        broker.close();

        start("mmap");

        assertThat(sizes(describe(5, new DescribeLogDirsRequest().setTopics(null))))
                .isEqualTo(Map.of("topic-0", (long) Batches.of("a", "b").remaining()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldServeTheAdminClient(final String storage) throws Exception {
        try (Broker real = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", folder.toString())
                .set("ottla.storage", storage)
                .build()) {
            real.start();
            final Map<String, Object> config = Map.of("bootstrap.servers", real.bootstrapServers());
            final TopicPartition partition = new TopicPartition("topic", 0);
            final TopicPartition compacted = new TopicPartition("compacted", 0);
            try (Admin admin = Admin.create(config);
                    KafkaProducer<String, String> producer =
                            new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                admin.createTopics(List.of(
                                new NewTopic("topic", 1, (short) 1),
                                new NewTopic("compacted", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                        .all()
                        .get();
                for (int i = 0; i < 10; i++) {
                    producer.send(new ProducerRecord<>("topic", "value")).get();
                }
                final LogDirDescription before = admin.describeLogDirs(List.of(1))
                        .allDescriptions()
                        .get()
                        .get(1)
                        .values()
                        .iterator()
                        .next();
                final var deleted = admin.deleteRecords(Map.of(
                                partition, RecordsToDelete.beforeOffset(4), compacted, RecordsToDelete.beforeOffset(0)))
                        .lowWatermarks();

                assertThat(before.replicaInfos().get(partition).size())
                        .isEqualTo(10L * Batches.of("value").remaining());
                assertThat(before.totalBytes().orElse(-1)).isPositive();
                assertThat(deleted.get(partition).get().lowWatermark()).isEqualTo(4);
                assertThatThrownBy(() -> deleted.get(compacted).get())
                        .hasCauseInstanceOf(PolicyViolationException.class);
                assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                                .partitionResult(partition)
                                .get()
                                .offset())
                        .isEqualTo(4);
                assertThatThrownBy(() -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(11)))
                                .all()
                                .get())
                        .hasCauseInstanceOf(OffsetOutOfRangeException.class);
            }
        }
    }
}
