package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs Kafka's own clients against a broker with threads and sockets. */
@Timeout(300)
class KafkaClientsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Broker broker;

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void start(final String storage) {
        broker = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", folder.resolve("data").toString())
                .set("ottla.storage", storage)
                .build();
        broker.start();
    }

    private Map<String, Object> config(final Object... more) {
        final Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", broker.bootstrapServers());
        for (int i = 0; i < more.length; i += 2) {
            config.put((String) more[i], more[i + 1]);
        }
        return config;
    }

    private KafkaProducer<byte[], byte[]> producer(final Object... more) {
        return new KafkaProducer<>(config(more), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private List<ConsumerRecord<byte[], byte[]>> read(final String topic, final int partition, final int count) {
        final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            final TopicPartition topicPartition = new TopicPartition(topic, partition);
            consumer.assign(List.of(topicPartition));
            consumer.seekToBeginning(List.of(topicPartition));
            final long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (records.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "memory,none", "memory,gzip", "memory,snappy", "memory,lz4", "memory,zstd",
        "mmap,none", "mmap,gzip", "mmap,snappy", "mmap,lz4", "mmap,zstd"
    })
    void shouldGiveBackWhatWasProduced(final String storage, final String compression) throws Exception {
        start(storage);
        final int count = 500;
        final List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(
                "compression.type",
                compression,
                "linger.ms",
                5,
                "batch.size",
                4096,
                "delivery.timeout.ms",
                60_000,
                "request.timeout.ms",
                30_000)) {
            for (int i = 0; i < count; i++) {
                final ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                        "topic", 0, 1_700_000_000_000L + i, bytes("key" + i), bytes("value " + "x".repeat(i)));
                record.headers().add("header", bytes("h" + i)).add("null", null);
                sent.add(producer.send(record));
            }
        }
        for (int i = 0; i < count; i++) {
            assertThat(sent.get(i).get().offset()).isEqualTo(i);
            assertThat(sent.get(i).get().timestamp()).isEqualTo(1_700_000_000_000L + i);
        }

        final List<ConsumerRecord<byte[], byte[]>> records = read("topic", 0, count);

        assertThat(records).hasSize(count);
        for (int i = 0; i < count; i++) {
            final ConsumerRecord<byte[], byte[]> record = records.get(i);
            assertThat(record.offset()).isEqualTo(i);
            assertThat(record.timestamp()).isEqualTo(1_700_000_000_000L + i);
            assertThat(record.key()).isEqualTo(bytes("key" + i));
            assertThat(record.value()).isEqualTo(bytes("value " + "x".repeat(i)));
            assertThat(record.headers().lastHeader("header").value()).isEqualTo(bytes("h" + i));
            assertThat(record.headers().lastHeader("null").value()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldServeTheAdminClient(final String storage) throws Exception {
        start(storage);
        try (Admin admin = Admin.create(config())) {
            admin.createTopics(List.of(new NewTopic("topic", 3, (short) 1).configs(Map.of("retention.ms", "1000"))))
                    .all()
                    .get();
            assertThat(admin.listTopics().names().get()).containsExactly("topic");
            final TopicDescription description =
                    admin.describeTopics(List.of("topic")).allTopicNames().get().get("topic");
            assertThat(description.partitions()).hasSize(3);
            assertThat(description.partitions().getFirst().leader().idString())
                    .isEqualTo(admin.describeCluster().controller().get().idString());
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(broker.clusterId());
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(TopicExistsException.class);
            admin.createPartitions(Map.of("topic", NewPartitions.increaseTo(5)))
                    .all()
                    .get();
            assertThat(admin.describeTopics(List.of("topic"))
                            .allTopicNames()
                            .get()
                            .get("topic")
                            .partitions())
                    .hasSize(5);
            final TopicPartition partition = new TopicPartition("topic", 4);
            assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                            .partitionResult(partition)
                            .get()
                            .offset())
                    .isZero();
            admin.deleteTopics(List.of("topic")).all().get();
            assertThat(admin.listTopics().names().get()).isEqualTo(Set.of());
            assertThatThrownBy(() -> admin.deleteTopics(List.of("topic")).all().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }
}
