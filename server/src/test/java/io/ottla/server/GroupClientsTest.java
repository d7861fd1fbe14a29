package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs groups of Kafka's own consumers, with each of its assignors, over sockets and files, through a restart of the
 * broker.
 */
@Timeout(300)
class GroupClientsTest {
    private static final String TOPIC = "orders";
    private static final String GROUP = "workers";
    private static final int PARTITIONS = 6;
    /** Longer than a busy machine stalls, so that only the members that a test removes leave the group. */
    private static final int SESSION_TIMEOUT_MS = 30_000;

    @TempDir
    private Path folder;

    private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final List<GroupWorker> workers = new ArrayList<>();
    private Broker broker;
    private int port;
    private Admin admin;
    private int produced;

    @BeforeEach
    void open() throws ExecutionException, InterruptedException {
        start();
        admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port));
        admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                .all()
                .get();
    }

    @AfterEach
    void close() {
        workers.forEach(GroupWorker::close);
        admin.close();
        broker.close();
    }

    private void start() {
        broker = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:" + port)
                .set("log.dirs", folder.toString())
                .set("group.min.session.timeout.ms", "1000")
                .set("group.consumer.session.timeout.ms", "10000")
                .set("group.consumer.heartbeat.interval.ms", "100")
                .set("group.consumer.assignment.interval.ms", "0")
                .build();
        broker.start();
        port = broker.listeners().getFirst().bound().getPort();
    }

    private GroupWorker consume(final String assignor, final String instanceId) {
        final Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "group.id",
                GROUP,
                "group.protocol",
                "consumer",
                "group.remote.assignor",
                assignor,
                "auto.offset.reset",
                "earliest",
                "auto.commit.interval.ms",
                "100"));
        if (instanceId != null) {
            config.put("group.instance.id", instanceId);
        }
        final GroupWorker worker = new GroupWorker(config, List.of(TOPIC), seen);
        workers.add(worker);
        return worker;
    }

    private GroupWorker work(final Class<?> assignor, final String instanceId) {
        return work(assignor, instanceId, Map.of());
    }

    private GroupWorker work(final Class<?> assignor, final String instanceId, final Map<String, ?> more) {
        final Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "group.id",
                GROUP,
                "group.protocol",
                "classic",
                "auto.offset.reset",
                "earliest",
                "auto.commit.interval.ms",
                "100",
                "heartbeat.interval.ms",
                "100",
                "session.timeout.ms",
                SESSION_TIMEOUT_MS,
                "partition.assignment.strategy",
                assignor.getName()));
        if (instanceId != null) {
            config.put("group.instance.id", instanceId);
        }
        config.putAll(more);
        final GroupWorker worker = new GroupWorker(config, List.of(TOPIC), seen);
        workers.add(worker);
        return worker;
    }

    private void produce(final int count) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + port), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(TOPIC, produced % PARTITIONS, null, "v" + produced));
                produced++;
            }
        }
    }

    private void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            workers.forEach(worker -> assertThat(worker.failure()).isNull());
            assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(deadlineNs);
            try {
                Thread.sleep(10);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private boolean isShared(final int members) {
        final Set<TopicPartition> all = new HashSet<>();
        int count = 0;
        int busy = 0;
        for (final GroupWorker worker : workers) {
            all.addAll(worker.assigned());
            count += worker.assigned().size();
            busy += worker.assigned().isEmpty() ? 0 : 1;
        }
        return all.size() == PARTITIONS && count == PARTITIONS && busy == members;
    }

    /**
     * Waits until all workers have the partitions of the same generation, so that no rebalance is in progress. A
     * cooperative member continues to read while it rejoins, and does not commit those records before it loses the
     * partitions. So only records that are produced while there is no rebalance are certainly read once.
     */
    private int awaitOneGeneration() {
        await("one generation", () -> {
            final int generation = workers.getFirst().generation();
            return generation > 0 && workers.stream().allMatch(worker -> worker.generation() == generation);
        });
        return workers.getFirst().generation();
    }

    private void awaitAllCommitted() {
        await("all " + produced + " records are committed", () -> {
            final Map<TopicPartition, OffsetAndMetadata> offsets = committed();
            long sum = 0;
            for (final OffsetAndMetadata offset : offsets.values()) {
                sum += offset.offset();
            }
            return sum == produced;
        });
    }

    private void awaitAllSeen() {
        await("all " + produced + " records", () -> seen.size() == produced);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RangeAssignor.class,
                RoundRobinAssignor.class,
                StickyAssignor.class,
                CooperativeStickyAssignor.class
            })
    void shouldShareAndTakeOverWork(final Class<?> assignor) throws ExecutionException, InterruptedException {
        work(assignor, null);
        work(assignor, null);
        await("two members share", () -> isShared(2));
        awaitOneGeneration();
        produce(300);
        awaitAllSeen();
        final GroupWorker third = work(assignor, null);
        await("three members share", () -> isShared(3));
        awaitOneGeneration();
        produce(300);
        awaitAllSeen();
        third.close();
        workers.remove(third);
        await("two members share again", () -> isShared(2));
        awaitOneGeneration();
        produce(300);
        awaitAllSeen();
        for (final GroupWorker worker : workers) {
            worker.close();
        }
        final Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        assertThat(offsets).hasSize(PARTITIONS);
        assertThat(offsets.values())
                .allSatisfy(offset -> assertThat(offset.offset()).isEqualTo(900 / PARTITIONS));
        // All members left cleanly, so each record was read once.
        assertThat(seen.values()).allSatisfy(count -> assertThat(count.get()).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void shouldShareAndTakeOverWorkInAConsumerGroup(final String assignor)
            throws ExecutionException, InterruptedException {
        consume(assignor, null);
        consume(assignor, null);
        await("two members share", () -> isShared(2));
        produce(300);
        awaitAllSeen();
        final GroupWorker third = consume(assignor, "static");
        await("three members share", () -> isShared(3));
        produce(300);
        awaitAllSeen();
        final ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(GROUP))
                .describedGroups()
                .get(GROUP)
                .get();
        assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
        assertThat(group.members()).hasSize(3);
        assertThat(group.partitionAssignor()).isEqualTo(assignor);
        third.close();
        workers.remove(third);
        await("two members share again", () -> isShared(2));
        broker.close();
        start();
        produce(300);
        awaitAllSeen();
        for (final GroupWorker worker : workers) {
            worker.close();
        }
        final Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        assertThat(offsets.values())
                .allSatisfy(offset -> assertThat(offset.offset()).isEqualTo(900 / PARTITIONS));
        assertThat(seen.values()).allSatisfy(count -> assertThat(count.get()).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void shouldTurnOverWhileMembersWork(final Class<?> assignor) throws ExecutionException, InterruptedException {
        produce(120);
        final GroupWorker oldest = work(assignor, null);
        final GroupWorker old = work(assignor, null);
        await("two members share", () -> isShared(2));
        final GroupWorker first = consume("uniform", null);
        await("three members share", () -> isShared(3));
        assertThat(typeOf(GROUP)).isEqualTo(GroupType.CONSUMER);
        produce(120);
        awaitAllSeen();
        oldest.close();
        workers.remove(oldest);
        await("one of each shares", () -> isShared(2));
        final GroupWorker newest = work(assignor, null);
        await("two old ones and a new one share", () -> isShared(3));
        produce(120);
        awaitAllSeen();
        broker.close();
        start();
        produce(120);
        awaitAllSeen();
        first.close();
        workers.remove(first);
        await("two old ones share", () -> isShared(2) && typeOf(GROUP) == GroupType.CLASSIC);
        produce(120);
        awaitAllSeen();
        assertThat(old.assigned()).isNotEmpty();
        assertThat(newest.assigned()).isNotEmpty();
    }

    @Test
    void shouldContinueWhenTheTopicOfGroupsIsDeleted() throws ExecutionException, InterruptedException {
        work(RangeAssignor.class, null);
        produce(120);
        awaitAllCommitted();
        admin.deleteTopics(List.of("__consumer_offsets")).all().get();
        produce(120);
        awaitAllCommitted();
    }

    /**
     * A member of the consumer protocol fails then, also with Apache Kafka: its client treats GROUP_ID_NOT_FOUND as
     * fatal.
     */
    @Test
    void shouldServeNewConsumersWhenTheTopicOfGroupsIsDeleted() throws ExecutionException, InterruptedException {
        final GroupWorker old = consume("uniform", null);
        produce(120);
        awaitAllCommitted();
        workers.remove(old);
        admin.deleteTopics(List.of("__consumer_offsets")).all().get();
        await("the old member fails", () -> old.failure() != null);
        assertThat(old.failure()).isInstanceOf(GroupIdNotFoundException.class);
        consume("uniform", null);
        produce(120);
        awaitAllCommitted();
    }

    private GroupType typeOf(final String groupId) {
        try {
            return admin.listGroups().all().get().stream()
                    .filter(group -> group.groupId().equals(groupId))
                    .findFirst()
                    .orElseThrow()
                    .type()
                    .orElseThrow();
        } catch (final ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTakeOverFromAMemberThatIsGone() {
        final Map<String, ?> soonGone = Map.of("session.timeout.ms", 3_000);
        final GroupWorker first = work(RangeAssignor.class, null, soonGone);
        work(RangeAssignor.class, null);
        await("two members share", () -> isShared(2));
        first.abandon();
        workers.remove(first);
        await("the other has all", () -> isShared(1));
        produce(60);
        awaitAllSeen();
    }

    @Test
    void shouldContinueAfterARestartOfTheBroker() {
        // By default, a client that needs metadata while it has no connection forgets the topics (KIP-899). A member
        // that leads its group treats that as a change, and rejoins: a rebalance that the broker does not cause.
        final Map<String, ?> remembering = Map.of("metadata.recovery.strategy", "none");
        final GroupWorker first = work(CooperativeStickyAssignor.class, null, remembering);
        final GroupWorker second = work(CooperativeStickyAssignor.class, null, remembering);
        await("two members share", () -> isShared(2));
        final int generation = awaitOneGeneration();
        produce(120);
        awaitAllSeen();
        final int rebalances = first.rebalances() + second.rebalances();
        broker.close();
        start();
        produce(120);
        awaitAllSeen();
        // With the generation that they had before; otherwise the commit is refused.
        awaitAllCommitted();
        assertThat(first.generation()).isEqualTo(generation);
        assertThat(second.generation()).isEqualTo(generation);
        assertThat(first.rebalances() + second.rebalances()).isEqualTo(rebalances);
        first.close();
        second.close();
        workers.clear();
        broker.close();
        start();
        produce(60);
        work(RangeAssignor.class, null);
        awaitAllSeen();
        // Offsets that were committed before the restart are not read again.
        assertThat(seen.values().stream().filter(count -> count.get() > 1)).isEmpty();
    }

    @Test
    void shouldNotRebalanceWhenAStaticMemberComesBack() {
        final GroupWorker stays = work(RangeAssignor.class, "a");
        final GroupWorker goes = work(RangeAssignor.class, "b");
        await("two members share", () -> isShared(2));
        final int generation = awaitOneGeneration();
        final Set<TopicPartition> share = Set.copyOf(goes.assigned());
        goes.close();
        workers.remove(goes);
        final GroupWorker back = work(RangeAssignor.class, "b");
        await("it is back", () -> back.assigned().equals(share));
        await("it knows its generation", () -> back.generation() == generation);
        assertThat(back.metadata().memberId()).isNotEqualTo(goes.metadata().memberId());
        produce(60);
        awaitAllSeen();
        assertThat(stays.generation()).isEqualTo(generation);
    }

    @Test
    void shouldObeyAdministrators() throws ExecutionException, InterruptedException {
        produce(60);
        final GroupWorker worker = work(RangeAssignor.class, "a");
        awaitAllSeen();
        final TopicPartition partition = new TopicPartition(TOPIC, 0);
        await("commits", () -> committed(partition) == 10);

        assertThat(admin.listGroups().all().get())
                .extracting(GroupListing::groupId)
                .containsExactly(GROUP);
        final ClassicGroupDescription group = admin.describeClassicGroups(List.of(GROUP))
                .describedGroups()
                .get(GROUP)
                .get();
        assertThat(group.state()).isEqualTo(ClassicGroupState.STABLE);
        assertThat(group.members()).hasSize(1);
        assertThat(group.members().iterator().next().assignment().topicPartitions())
                .hasSize(PARTITIONS);
        assertThat(group.coordinator().port()).isEqualTo(port);
        assertThat(admin.describeConsumerGroups(List.of(GROUP))
                        .describedGroups()
                        .get(GROUP)
                        .get()
                        .partitionAssignor())
                .isEqualTo("range");
        assertThat(failureOf(
                        () -> admin.deleteConsumerGroups(List.of(GROUP)).all().get()))
                .isInstanceOf(GroupNotEmptyException.class);
        assertThat(failureOf(() -> admin.deleteConsumerGroupOffsets(GROUP, Set.of(partition))
                        .all()
                        .get()))
                .isInstanceOf(GroupSubscribedToTopicException.class);

        worker.abandon();
        workers.clear();
        admin.removeMembersFromConsumerGroup(GROUP, new RemoveMembersFromConsumerGroupOptions())
                .all()
                .get();
        admin.alterConsumerGroupOffsets(GROUP, Map.of(partition, new OffsetAndMetadata(4, "moved")))
                .all()
                .get();
        assertThat(committed(partition)).isEqualTo(4);
        admin.deleteConsumerGroupOffsets(GROUP, Set.of(partition)).all().get();
        assertThat(committed(partition)).isEqualTo(-1);
        admin.deleteConsumerGroups(List.of(GROUP)).all().get();
        assertThat(admin.listGroups().all().get()).isEmpty();
        assertThat(failureOf(
                        () -> admin.deleteConsumerGroups(List.of(GROUP)).all().get()))
                .isInstanceOf(GroupIdNotFoundException.class);
    }

    /** A call that may fail with an exception of the client. */
    @FunctionalInterface
    private interface Call {
        void run() throws ExecutionException, InterruptedException;
    }

    private static Throwable failureOf(final Call call) throws InterruptedException {
        try {
            call.run();
            return null;
        } catch (final ExecutionException e) {
            return e.getCause();
        }
    }

    private long committed(final TopicPartition partition) {
        final OffsetAndMetadata offset = committed().get(partition);
        return offset == null ? -1 : offset.offset();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        try {
            return admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (final ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
