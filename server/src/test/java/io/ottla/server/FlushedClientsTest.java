package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.CountedStorage.CountedLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs Kafka's own clients against a broker with threads, sockets and files that flushes before it acknowledges. */
@Timeout(300)
class FlushedClientsTest {
    private static final int PRODUCERS = 6;
    private static final int RECORDS = 201;
    private static final int PARTITIONS = 3;

    @TempDir
    Path folder;

    private final CountedStorage storage = new CountedStorage("mmap", null);
    private final Collection<String> unflushed = new ConcurrentLinkedQueue<>();
    private Broker broker;

    @BeforeEach
    void start() {
        broker = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", folder.toString())
                .set("offsets.topic.num.partitions", "1")
                .set("log.flush.interval.messages", "1")
                .storage(storage)
                .build();
        broker.start();
    }

    @AfterEach
    void close() {
        broker.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("ottla-"));
    }

    private Map<String, Object> config() {
        return Map.of(
                "bootstrap.servers", broker.bootstrapServers(), "enable.auto.commit", "false", "group.id", "group");
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(Set.of(new NewTopic("topic", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** Checks a record when it is acknowledged. */
    private void check(final RecordMetadata metadata) {
        final CountedLog log = storage.log("topic-" + metadata.partition());
        if (log.flushedOffset() <= metadata.offset()) {
            unflushed.add(metadata + " was acknowledged, but flushed only up to " + log.flushedOffset());
        }
    }

    @Test
    void shouldAcknowledgeOnlyWhatIsFlushedWhenManyProduce() throws Exception {
        createTopic();
        final List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
        final List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(producer());
        }
        for (int i = 0; i < RECORDS; i++) {
            for (final KafkaProducer<byte[], byte[]> producer : producers) {
                sent.add(producer.send(
                        new ProducerRecord<>("topic", i % PARTITIONS, null, new byte[100]), (metadata, failure) -> {
                            if (failure == null) {
                                check(metadata);
                            }
                        }));
            }
        }
        for (final Future<RecordMetadata> each : sent) {
            assertThat(each.get().hasOffset()).isTrue();
        }
        producers.forEach(KafkaProducer::close);

        assertThat(unflushed).isEmpty();
        for (int i = 0; i < PARTITIONS; i++) {
            final CountedLog log = storage.log("topic-" + i);
            // Each append requests at most one flush. The log is also flushed when it is opened and when it is closed.
            assertThat(log.flushes()).isPositive().isLessThanOrEqualTo(log.appends() + 2);
            assertThat(log.highWatermark()).isEqualTo((long) PRODUCERS * RECORDS / PARTITIONS);
        }
    }

    @Test
    void shouldCommitOffsetsThatAreFlushedAndFollowTheTopicsSetting() throws Exception {
        createTopic();
        final TopicPartition partition = new TopicPartition("topic", 0);
        try (KafkaProducer<byte[], byte[]> producer = producer();
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
            produce(producer);
            final CountedLog log = storage.log("topic-0");
            assertThat(log.flushedOffset()).isEqualTo(1);
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1)));
            final CountedLog offsets = storage.log("__consumer_offsets-0");
            assertThat(offsets.flushedOffset())
                    .isEqualTo(offsets.logEndOffset())
                    .isPositive();
            assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(1);

            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, "topic"),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("flush.messages", "1000"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            final int before = log.flushes();
            produce(producer);
            produce(producer);
            assertThat(log.flushes()).isEqualTo(before);
            assertThat(log.highWatermark()).isEqualTo(3);
        }
    }

    private static void produce(final KafkaProducer<byte[], byte[]> producer)
            throws ExecutionException, InterruptedException {
        producer.send(new ProducerRecord<>("topic", 0, null, new byte[10])).get();
    }
}
