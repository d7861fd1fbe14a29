package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetCommitResponse;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.codec.message.OffsetFetchResponse;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.Batches;
import io.ottla.server.Broker;
import io.ottla.server.Fetches;
import io.ottla.server.Topics;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests compaction in a broker. */
class CompactionTest {
    private static final long BACKOFF_MS = 100;
    private static final int GROUPS = 4;
    private static final int PARTITIONS = 3;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private SteppedBroker broker;
    private TestClient client;

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void start(final String... more) {
        final List<String> properties = new ArrayList<>(List.of(
                "ottla.storage",
                "mmap",
                "log.dirs",
                folder.toString(),
                "log.cleaner.backoff.ms",
                Long.toString(BACKOFF_MS),
                "log.cleaner.min.cleanable.ratio",
                "0.01",
                "offsets.topic.num.partitions",
                "1"));
        properties.addAll(List.of(more));
        broker = new SteppedBroker(clock, null, properties.toArray(String[]::new));
        client = broker.connect();
    }

    private void restart(final String... more) {
        broker.close();
        start(more);
    }

    private ByteBuffer batch(final String key, final String value) {
        return Batches.copy(new RecordBatchWriter()
                .begin(0)
                .append(clock.epochMs(), Batches.bytes(key), Batches.bytes(value))
                .finish());
    }

    private void produce(final String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            final var outcome = Batches.send(client, "topic", 0, batch(keysAndValues[i], keysAndValues[i + 1]));
            assertThat(outcome.errorCode()).as(outcome.toString()).isZero();
        }
    }

    private List<String> values() {
        final List<String> values = new ArrayList<>();
        long offset = 0;
        while (true) {
            final List<String> some = Fetches.read(client, "topic", 0, offset);
            if (some.isEmpty()) {
                return values;
            }
            values.addAll(some);
            final String last = some.getLast();
            offset = Long.parseLong(last.substring(0, last.indexOf(':'))) + 1;
        }
    }

    @Test
    void shouldCompactWhenDueAndContinueAfterARestart() throws Exception {
        start();
        broker.createTopic("topic", 1, "cleanup.policy", "compact", "internal.segment.bytes", "200");
        produce("a", "1", "b", "1", "a", "2", "a", "3", "b", "2", "c", "1");
        assertThat(values()).hasSize(6);
        broker.advanceMs(BACKOFF_MS);
        // The last two are in the active segment.
        assertThat(values()).containsExactly("1:1", "3:3", "4:2", "5:1");
        final String checkpoint = Files.readString(folder.resolve(CompactionCheckpoint.NAME));
        assertThat(checkpoint).startsWith("1\n1\ntopic 0 ");
        restart();
        assertThat(values()).containsExactly("1:1", "3:3", "4:2", "5:1");
        // Nothing is dirty, so there is no compaction, and the checkpoint is unchanged.
        broker.advanceMs(BACKOFF_MS);
        assertThat(Files.readString(folder.resolve(CompactionCheckpoint.NAME))).isEqualTo(checkpoint);
        produce("a", "4", "a", "5", "a", "6");
        broker.advanceMs(BACKOFF_MS);
        assertThat(values()).containsExactly("4:2", "5:1", "7:5", "8:6");
    }

    @Test
    void shouldStartFromTheBeginningWhenCheckpointIsMissingOrDamaged() throws Exception {
        start();
        broker.createTopic("topic", 1, "cleanup.policy", "compact", "internal.segment.bytes", "200");
        produce("a", "1", "b", "1", "a", "2", "a", "3");
        broker.advanceMs(BACKOFF_MS);
        final List<String> before = values();
        for (final String damaged : new String[] {"", "1\n7\n", "2\n0\n", "1\n1\ntopic x y z\n"}) {
            broker.close();
            Files.writeString(folder.resolve(CompactionCheckpoint.NAME), damaged);
            start();
            broker.admin();
            assertThat(values()).isEqualTo(before);
            broker.advanceMs(BACKOFF_MS);
            assertThat(values()).isEqualTo(before);
            assertThat(Files.readString(folder.resolve(CompactionCheckpoint.NAME)))
                    .startsWith("1\n1\ntopic 0 ");
        }
    }

    @Test
    void shouldLeaveLogsAloneWhenSwitchedOffOrNotCompacted() {
        start("log.cleaner.enable", "false");
        broker.createTopic("topic", 1, "cleanup.policy", "compact", "internal.segment.bytes", "200");
        produce("a", "1", "a", "2", "a", "3", "a", "4");
        broker.advanceMs(10 * BACKOFF_MS);
        assertThat(values()).hasSize(4);
        restart();
        Topics.alter(client, "topic", "cleanup.policy", "delete");
        assertThat(values()).hasSize(4);
        broker.advanceMs(10 * BACKOFF_MS);
        assertThat(values()).hasSize(4);
        Topics.alter(client, "topic", "cleanup.policy", "compact,delete");
        broker.advanceMs(10 * BACKOFF_MS);
        assertThat(values()).hasSize(3);
    }

    @Test
    void shouldKeepWithinItsRateOfBytes() {
        start("log.cleaner.io.max.bytes.per.second", "1000", "log.cleaner.io.buffer.size", "1024");
        broker.createTopic("topic", 1, "cleanup.policy", "compact", "internal.segment.bytes", "400");
        for (int i = 0; i < 60; i++) {
            produce("a", "value");
        }
        broker.advanceMs(BACKOFF_MS);
        assertThat(values()).hasSize(60);
        // About 4 kB are read twice, and few bytes are written.
        for (int i = 0; i < 40; i++) {
            broker.advanceMs(100);
        }
        assertThat(values()).hasSizeGreaterThan(5);
        for (int i = 0; i < 80; i++) {
            broker.advanceMs(100);
        }
        assertThat(values()).hasSizeLessThan(8);
    }

    /**
     * The committed offsets of groups are the same after compaction and a replay as before, whatever the groups did.
     */
    @Test
    void shouldReplayTheSameOffsetsAfterCompaction() {
        final long seed = Long.getLong("ottla.seed", System.nanoTime());
        final Random random = new Random(seed);
        final String[] small = {"offsets.topic.segment.bytes", "1048576"};
        start(small);
        broker.createTopic("orders", PARTITIONS);
        final Map<String, Long> model = new TreeMap<>();
        commit(random, model);
        Topics.alter(client, "__consumer_offsets", "internal.segment.bytes", "2000");
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 60; i++) {
                commit(random, model);
            }
            final long sizeBytes = offsetsLogBytes();
            broker.advanceMs(BACKOFF_MS);
            assertThat(offsetsLogBytes()).as("seed %d", seed).isLessThan(sizeBytes);
            assertThat(committed()).as("seed %d", seed).isEqualTo(model);
            restart(small);
            assertThat(committed()).as("seed %d", seed).isEqualTo(model);
        }
    }

    private long offsetsLogBytes() {
        try (var files = Files.walk(folder.resolve("__consumer_offsets-0"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void commit(final Random random, final Map<String, Long> model) {
        final String group = "group" + random.nextInt(GROUPS);
        final int partition = random.nextInt(PARTITIONS);
        final long offset = random.nextInt(1000);
        final OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("orders");
        topic.partitions()
                .add(new OffsetCommitRequestPartition()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("m" + offset));
        final OffsetCommitRequest request =
                new OffsetCommitRequest().setGroupId(group).setMemberId("").setGenerationIdOrMemberEpoch(-1);
        request.topics().add(topic);
        final OffsetCommitResponse response = client.ask(8, request);
        assertThat(response.topics().getFirst().partitions().getFirst().errorCode())
                .isZero();
        model.put(group + '-' + partition, offset);
    }

    private Map<String, Long> committed() {
        final Map<String, Long> committed = new TreeMap<>();
        for (int i = 0; i < GROUPS; i++) {
            final OffsetFetchRequest request = new OffsetFetchRequest();
            request.groups()
                    .add(new OffsetFetchRequestGroup().setGroupId("group" + i).setTopics(null));
            final OffsetFetchResponse response = client.ask(8, request);
            for (final var topic : response.groups().getFirst().topics()) {
                for (final var partition : topic.partitions()) {
                    assertThat(partition.metadata()).isEqualTo("m" + partition.committedOffset());
                    committed.put("group" + i + '-' + partition.partitionIndex(), partition.committedOffset());
                }
            }
        }
        return committed;
    }

    /** Runs Kafka's clients against a broker with threads, which compacts while they write. */
    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    @Timeout(300)
    void shouldGiveConsumersOnlyLastValues(final String storage) throws Exception {
        try (Broker real = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", folder.toString())
                .set("ottla.storage", storage)
                .set("log.cleaner.backoff.ms", "20")
                .build()) {
            real.start();
            final Map<String, Object> config = Map.of("bootstrap.servers", real.bootstrapServers());
            final Map<String, String> last = new HashMap<>();
            try (Admin admin = Admin.create(config);
                    KafkaProducer<String, String> producer =
                            new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)
                                .configs(Map.of(
                                        "cleanup.policy",
                                        "compact",
                                        "min.cleanable.dirty.ratio",
                                        "0",
                                        "internal.segment.bytes",
                                        "4000"))))
                        .all()
                        .get();
                for (int i = 0; i < 3_000; i++) {
                    final String key = "k" + i % 20;
                    last.put(key, "v" + i);
                    producer.send(new ProducerRecord<>("topic", key, "v" + i));
                    if (i % 50 == 0) {
                        producer.flush();
                    }
                }
                producer.flush();
                // These end the segment that contains the last values.
                for (final String key : new String[] {"filler", "end"}) {
                    producer.send(new ProducerRecord<>("topic", key, "x".repeat(3_000)))
                            .get();
                }
            }
            List<ConsumerRecord<String, String>> records = read(config);
            final long startNs = System.nanoTime();
            while (records.size() > last.size() + 2 && System.nanoTime() - startNs < 60_000_000_000L) {
                Thread.sleep(50);
                records = read(config);
            }
            final Map<String, String> read = new HashMap<>();
            records.forEach(record -> read.put(record.key(), record.value()));
            read.keySet().removeAll(List.of("end", "filler"));
            assertThat(read).isEqualTo(last);
            assertThat(records).hasSize(last.size() + 2);
            assertThat(records.getLast().offset()).isEqualTo(3_001);
        }
    }

    private static List<ConsumerRecord<String, String>> read(final Map<String, Object> config) {
        final List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            final TopicPartition partition = new TopicPartition("topic", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (records.isEmpty() || !records.getLast().key().equals("end")) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
