package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetCommitResponse;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.codec.message.OffsetFetchResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.LogFault;
import io.ottla.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Runs a broker whose storage fails. Acknowledged records are kept, failed requests have an error code of Kafka, and
 * everything else is still served. A failure prints its seed; the system property {@code ottla.seed} runs only that
 * one.
 */
class StorageFaultTest {
    private static final int STEPS = 60;
    private static final int FAULTS = 4;
    private static final int COMMIT_VERSION = 9;
    private static final int OFFSET_FETCH_VERSION = 8;
    private static final int CREATE_VERSION = 7;
    private static final String[] TOPICS = {"a", "b"};
    private static final String[] GROUPS = {"g1", "g2", "g3"};

    /** The errors of a coordinator instead of KAFKA_STORAGE_ERROR, and while it reads its log again. */
    private static final List<ErrorCode> NOT_COMMITTED = List.of(
            ErrorCode.NOT_COORDINATOR, ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);

    @TempDir
    Path home;

    private final FaultyProvider provider = new FaultyProvider();
    private SteppedBroker broker;
    private TestClient client;
    private Random random;

    /** The values that were acknowledged, by topic and offset. */
    private final Map<String, TreeMap<Long, String>> acknowledged = new TreeMap<>();

    /** The offsets that were acknowledged, by group. */
    private final Map<String, Long> committed = new TreeMap<>();

    private final List<String> created = new ArrayList<>();
    private int valueCount;
    private int topicCount;

    private void start(final Path folder) {
        broker = new SteppedBroker(
                new ManualClock(),
                provider,
                "log.dirs",
                folder.toString(),
                "offsets.topic.num.partitions",
                "2",
                "log.segment.bytes",
                "1048576");
        client = broker.connect();
    }

    @ParameterizedTest
    @EnumSource(value = LogFault.class, mode = Mode.EXCLUDE, names = "PAYLOAD_ERROR")
    void shouldKeepWhatWasAcknowledgedAndServeOnWhenAnyStepFails(final LogFault fault) {
        final Long given = Long.getLong("ottla.seed");
        final long seed = given == null ? new Random().nextLong() : given;
        try {
            final long total = run(home.resolve("sound"), seed, null, 0);
            final Random steps = new Random(seed);
            for (int i = 0; i < FAULTS; i++) {
                final long step = steps.nextLong(total);
                try {
                    run(home.resolve("fault" + i), seed, fault, step);
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError(fault + " at step " + step + ": " + e.getMessage(), e);
                }
            }
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\nwith -Dottla.seed=" + seed, e);
        }
    }

    /** Returns the number of operations of the storage. */
    private long run(final Path folder, final long seed, final LogFault fault, final long step) {
        random = new Random(seed);
        acknowledged.clear();
        committed.clear();
        created.clear();
        start(folder);
        final long steps;
        try {
            for (final String topic : TOPICS) {
                broker.createTopic(topic, 1);
                created.add(topic);
                acknowledged.put(topic, new TreeMap<>());
            }
            final long first = provider.storage().steps();
            if (fault != null) {
                provider.storage().failAt(first + step, fault);
            }
            for (int i = 0; i < STEPS; i++) {
                operate();
            }
            steps = provider.storage().steps() - first;
            if (fault != null) {
                checkServed(fault);
            }
        } finally {
            broker.close();
        }
        start(folder);
        try {
            check();
        } finally {
            broker.close();
        }
        return steps;
    }

    private void operate() {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> produce(TOPICS[random.nextInt(TOPICS.length)]);
            case 4, 5 -> fetch(TOPICS[random.nextInt(TOPICS.length)]);
            case 6, 7 -> commit(GROUPS[random.nextInt(GROUPS.length)]);
            case 8 -> fetchCommitted(GROUPS[random.nextInt(GROUPS.length)]);
            default -> {
                if (random.nextInt(3) == 0) {
                    create("topic" + ++topicCount);
                } else {
                    broker.advanceMs(random.nextInt(2_000));
                }
            }
        }
    }

    private boolean produce(final String topic) {
        final String value = "value" + ++valueCount;
        final PartitionProduceResponse outcome = Batches.send(client, topic, 0, Batches.of(value));
        final ErrorCode error = ErrorCode.of(outcome.errorCode());
        if (error == ErrorCode.NONE) {
            assertThat(acknowledged.get(topic).put(outcome.baseOffset(), value)).isNull();
        } else {
            assertThat(error).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
        return error == ErrorCode.NONE;
    }

    private boolean fetch(final String topic) {
        final PartitionData data = Fetches.only(client.ask(Fetches.VERSION, Fetches.fetch(topic, 0, 0)));
        final ErrorCode error = ErrorCode.of(data.errorCode());
        if (error == ErrorCode.NONE) {
            assertThat(Batches.values(data.records())).containsAll(expected(topic));
        } else {
            assertThat(error).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
        return error == ErrorCode.NONE;
    }

    private List<String> expected(final String topic) {
        final List<String> values = new ArrayList<>();
        acknowledged.get(topic).forEach((offset, value) -> values.add(offset + ":" + value));
        return values;
    }

    private boolean commit(final String group) {
        final long offset = random.nextInt(1_000_000);
        final OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("a");
        topic.partitions()
                .add(new OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata(""));
        final OffsetCommitRequest request =
                new OffsetCommitRequest().setGroupId(group).setMemberId("").setGenerationIdOrMemberEpoch(-1);
        request.topics().add(topic);
        final OffsetCommitResponse response = client.ask(COMMIT_VERSION, request);
        final ErrorCode error = ErrorCode.of(
                response.topics().getFirst().partitions().getFirst().errorCode());
        if (error == ErrorCode.NONE) {
            committed.put(group, offset);
        } else {
            assertThat(error).isIn(NOT_COMMITTED);
        }
        return error == ErrorCode.NONE;
    }

    private boolean fetchCommitted(final String group) {
        final OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setName("a");
        topic.partitionIndexes().add(0);
        final OffsetFetchRequestGroup asked = new OffsetFetchRequestGroup().setGroupId(group);
        asked.topics().add(topic);
        final OffsetFetchRequest request = new OffsetFetchRequest();
        request.groups().add(asked);
        final OffsetFetchResponse response = client.ask(OFFSET_FETCH_VERSION, request);
        final var answer = response.groups().getFirst();
        final ErrorCode error = ErrorCode.of(answer.errorCode());
        if (error == ErrorCode.NONE) {
            assertThat(answer.topics().getFirst().partitions().getFirst().committedOffset())
                    .isEqualTo(committed.getOrDefault(group, -1L));
        } else {
            assertThat(error).isIn(NOT_COMMITTED);
        }
        return error == ErrorCode.NONE;
    }

    private void create(final String name) {
        final CreateTopicsRequest request = new CreateTopicsRequest();
        request.topics()
                .add(new CreatableTopic().setName(name).setNumPartitions(1).setReplicationFactor((short) 1));
        final CreateTopicsResponse response = client.ask(CREATE_VERSION, request);
        final ErrorCode error = ErrorCode.of(response.topics().getFirst().errorCode());
        if (error == ErrorCode.NONE) {
            created.add(name);
            acknowledged.put(name, new TreeMap<>());
        } else {
            assertThat(error).isIn(ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.NOT_CONTROLLER);
        }
    }

    /** Checks that at most one log is out of order; when there is room again, none is. */
    private void checkServed(final LogFault fault) {
        for (int i = 0; provider.storage().hits() == 0 && i < 3; i++) {
            // A fault that no operation has hit so far.
            fetch(TOPICS[0]);
            produce(TOPICS[0]);
            create("late" + i);
        }
        provider.storage().makeRoom();
        broker.advanceMs(60_000);
        int failed = 0;
        for (final String topic : TOPICS) {
            failed += produce(topic) ? 0 : 1;
            assertThat(fetch(topic)).isTrue();
        }
        boolean isCommitted = true;
        for (final String group : GROUPS) {
            isCommitted &= commit(group);
        }
        // Whether the log of their offsets fails, or that of the metadata, so that there is no such log yet.
        failed += isCommitted ? 0 : 1;
        assertThat(failed).isLessThanOrEqualTo(fault == LogFault.APPEND_ERROR || fault == LogFault.FLUSH_ERROR ? 1 : 0);
    }

    private void check() {
        for (final String topic : created) {
            assertThat(BrokerInternals.partitions(broker).topic(topic))
                    .as(topic)
                    .isNotNull();
            assertThat(fetch(topic)).as(topic).isTrue();
        }
        for (final String group : GROUPS) {
            assertThat(fetchCommitted(group)).as(group).isTrue();
        }
    }

    @Test
    void shouldServeKafkasClientsOnWhenDeviceIsFull() throws Exception {
        try (Broker real = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", home.resolve("real").toString())
                .storage(provider)
                .build()) {
            real.start();
            final Map<String, Object> config =
                    Map.of("bootstrap.servers", real.bootstrapServers(), "retries", 0, "enable.idempotence", false);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("t", "before")).get();
                provider.storage().fill();
                assertThatThrownBy(() ->
                                producer.send(new ProducerRecord<>("t", "full")).get())
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(KafkaStorageException.class);
                assertThat(read(real, 1)).containsExactly("before");
                provider.storage().makeRoom();
                producer.send(new ProducerRecord<>("t", "after")).get();
            }
            assertThat(read(real, 2)).containsExactly("before", "after");
            // The read fails once, and the consumer retries.
            provider.storage().failNext(LogFault.READ_ERROR);
            assertThat(read(real, 2)).containsExactly("before", "after");
            provider.storage().failNext(LogFault.PAYLOAD_ERROR);
            assertThat(read(real, 2)).containsExactly("before", "after");
        }
    }

    private static List<String> read(final Broker real, final int count) {
        final List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", real.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            final TopicPartition partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            final long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(each -> values.add(each.value()));
            }
        }
        return values;
    }
}
