package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The base of the contract tests of a group coordinator: a coordinator on an agent that is stepped by hand, and methods
 * for its use.
 */
abstract class GroupFixture {
    static final int NODE_ID = 7;
    static final String GROUP = "group";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final UUID NO_ID = new UUID(0, 0);

    /** The identity of a client that is not a member, such as a tool or a consumer that assigns partitions itself. */
    static final MemberIdentity NO_MEMBER = member("", -1);

    private static final int OFFSETS_PARTITIONS = 4;
    private static final GroupConfig CONFIG = new GroupConfig(
            new GroupConfig.Classic(6_000, 1_800_000, 0, Integer.MAX_VALUE),
            new GroupConfig.Consumer(
                    Integer.MAX_VALUE, List.of("uniform", "range"), GroupConfig.Migration.BIDIRECTIONAL),
            new GroupConfig.Offsets(4096, 7 * 24 * 60 * 60_000L, 600_000, OFFSETS_PARTITIONS, 100 << 20),
            new GroupConfig.Memory(1 << 20, 4 << 20, 1L << 30));

    final ManualClock clock = new ManualClock();
    final SteppedAgent agent = new SteppedAgent(clock);
    final TopicTable topics = new TopicTable();
    final Settings settings = new Settings();
    GroupCoordinator groups;
    UUID orders;

    /** True while the agent runs. */
    boolean onAgent;

    private final Random random = new Random(1);
    private final Map<Integer, LaggingLog> logs = new HashMap<>();
    private Storage storage;

    @TempDir
    Path folder;

    /**
     * Returns the coordinator to test.
     *
     * @return its provider.
     */
    protected abstract GroupCoordinatorProvider provider();

    /**
     * Returns the storage of its logs.
     *
     * @return any storage; one in memory is fastest.
     */
    protected abstract StorageProvider storageProvider();

    @BeforeEach
    void openCoordinator() {
        orders = topics.add("orders", 4).id();
        topics.add("payments", 2);
        storage = storageProvider().create(new StorageContext(folder, clock, Map.of()));
        storage.open();
        start();
    }

    private void start() {
        groups = provider()
                .create(
                        new CoordinatorContext(NODE_ID, agent, agent.timers(), clock, random, Map.of()),
                        CONFIG,
                        settings,
                        topics,
                        topics,
                        this::log);
        groups.open();
    }

    private PartitionLog log(final String topic, final int partition) {
        assertThat(topic).isEqualTo(InternalTopics.CONSUMER_OFFSETS);
        if (topics.topic(topic) == null || partition >= OFFSETS_PARTITIONS) {
            return null;
        }
        return logs.computeIfAbsent(partition, index -> {
            final LogId id = new LogId(topics.topic(topic).id(), topic, index);
            final LaggingLog log = new LaggingLog(storage.openLog(id, LogConfig.DEFAULT, LogObserver.NONE));
            log.setLagging(false);
            return log;
        });
    }

    @AfterEach
    void closeCoordinator() {
        groups.close();
        storage.close();
    }

    /** Restarts the coordinator as a broker does when it stops and starts. */
    void restart() {
        groups.close();
        start();
    }

    void setFull(final boolean full) {
        logs.values().forEach(log -> log.setFull(full));
    }

    void setLagging(final boolean lagging) {
        logs.values().forEach(log -> log.setLagging(lagging));
    }

    void commitAll() {
        logs.values().forEach(LaggingLog::commitAll);
    }

    void loseLeadership() {
        logs.values().forEach(LaggingLog::loseLeadership);
    }

    void lead() {
        logs.values().forEach(log -> log.lead(true));
    }

    void step() {
        // A timer that is due now runs in the next tick of the wheel.
        advanceMs(2);
    }

    void advanceMs(final long ms) {
        onAgent = true;
        agent.advanceMs(ms);
        onAgent = false;
    }

    <T> T done(final CompletionStage<T> stage) {
        step();
        assertThat(stage.toCompletableFuture()).as("answered at once").isCompleted();
        return stage.toCompletableFuture().join();
    }

    void assertWaits(final CompletionStage<?> stage) {
        step();
        assertThat(stage.toCompletableFuture()).isNotDone();
    }

    void assertFails(final CompletionStage<?> stage) {
        step();
        assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        assertThat(stage.toCompletableFuture().exceptionNow())
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.error()).isNotEqualTo(ErrorCode.NONE));
    }

    static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static MemberIdentity member(final String memberId, final int generation) {
        return new MemberIdentity(GROUP, memberId, null, generation);
    }

    CompletionStage<JoinGroupResult> join(final String memberId, final String... protocols) {
        return groups.join(JoinGroup.builder(GROUP, memberId)
                .client("client", "/127.0.0.1")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(REBALANCE_MS)
                .protocols(
                        "test",
                        List.of(protocols).stream()
                                .map(name -> new JoinGroupProtocol(name, bytes(name + " of " + memberId)))
                                .toList())
                .memberIdRequired(true)
                .build());
    }

    /** Returns the id that a new member gets and must join again with. */
    String newMemberId() {
        final JoinGroupResult first = done(join("", "range"));
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        return first.memberId();
    }

    CompletionStage<SyncGroupResult> sync(final MemberIdentity member, final Map<String, byte[]> assignments) {
        return groups.sync(new SyncGroup(member, "test", null, assignments));
    }

    ErrorCode heartbeat(final MemberIdentity member) {
        return done(groups.heartbeat(member));
    }

    /** Creates a stable classic group of one member, in generation 1. */
    String stableMember() {
        final String member = newMemberId();
        assertThat(done(join(member, "range")).generation()).isEqualTo(1);
        assertThat(done(sync(member(member, 1), Map.of(member, bytes("all")))).error())
                .isEqualTo(ErrorCode.NONE);
        return member;
    }

    String state() {
        return done(groups.describe(List.of(GROUP))).getFirst().state();
    }

    static PartitionOffset offset(final String topic, final int partition, final long offset) {
        return new PartitionOffset(topic, NO_ID, partition, offset, 5, "note");
    }

    CompletionStage<List<ErrorCode>> commit(final MemberIdentity member, final PartitionOffset... offsets) {
        return groups.commitOffsets(new OffsetCommit(member, -1, true, List.of(offsets)));
    }

    OffsetFetchResult fetch(final List<TopicIdPartition> partitions) {
        return done(groups.fetchOffsets(new OffsetFetch(member(null, -1), false, partitions)));
    }

    long committed(final String topic, final int partition) {
        return fetch(List.of(new TopicIdPartition(topic, NO_ID, partition)))
                .offsets()
                .getFirst()
                .offset()
                .offset();
    }

    /** The settings of consumer groups; tests change them. */
    static final class Settings implements ConsumerGroupSettings {
        int sessionTimeoutMs = 45_000;
        int heartbeatIntervalMs = 5_000;
        int assignmentIntervalMs;

        @Override
        public int sessionTimeoutMs(final String groupId) {
            return sessionTimeoutMs;
        }

        @Override
        public int heartbeatIntervalMs(final String groupId) {
            return heartbeatIntervalMs;
        }

        @Override
        public int assignmentIntervalMs(final String groupId) {
            return assignmentIntervalMs;
        }
    }
}
