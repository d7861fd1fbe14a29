package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.coordinator.LogGroupCoordinatorProvider;
import io.ottla.coordinator.runtime.TestLogs;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.SteppedAgent;
import io.ottla.testkit.TopicTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A group coordinator over logs in memory, on a clock that a test moves. */
final class GroupFixture implements AutoCloseable {
    static final String GROUP = "group";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    final ManualClock clock = new ManualClock();
    final SteppedAgent agent = new SteppedAgent(clock);
    final TopicTable topics = new TopicTable();
    private final TestGroupConfig config = new TestGroupConfig();
    private final Random random = new Random(1);
    private final Map<Integer, LaggingLog> logs = new HashMap<>();
    GroupCoordinator groups;

    GroupFixture() {
        topics.add("orders", 4);
        topics.add("payments", 2);
        start();
    }

    /**
     * Creates a coordinator with another configuration.
     *
     * @param change changes the default configuration.
     */
    GroupFixture(final Consumer<TestGroupConfig> change) {
        this();
        configure(change);
    }

    void configure(final Consumer<TestGroupConfig> change) {
        change.accept(config);
        restart();
    }

    private void start() {
        groups = new LogGroupCoordinatorProvider()
                .create(
                        new CoordinatorContext(1, agent, agent.timers(), clock, random, Map.of()),
                        config.build(),
                        config,
                        topics,
                        topics,
                        (topic, partition) -> {
                            assertThat(topic).isEqualTo(InternalTopics.CONSUMER_OFFSETS);
                            return topics.topic(topic) == null
                                    ? null
                                    : logs.computeIfAbsent(partition, index -> openLog(topic));
                        });
        groups.open();
    }

    private LaggingLog openLog(final String topic) {
        final LaggingLog log = new LaggingLog(TestLogs.open(clock, topic));
        log.setLagging(false);
        return log;
    }

    /** Fills or frees the device of the logs that were used. */
    void setFull(final boolean full) {
        logs.values().forEach(log -> log.setFull(full));
    }

    /** Lets the logs that were used commit at once, or only when the test says so. */
    void setLagging(final boolean lagging) {
        logs.values().forEach(log -> log.setLagging(lagging));
    }

    void commitAll() {
        logs.values().forEach(LaggingLog::commitAll);
    }

    void reject() {
        logs.values().forEach(LaggingLog::reject);
    }

    /** Closes the coordinator and starts another one over the same logs. */
    void restart() {
        close();
        start();
    }

    @Override
    public void close() {
        groups.close();
    }

    void step() {
        // A timer that is due runs in the next tick of the wheel.
        agent.advanceMs(2);
    }

    void advance(final long ms) {
        agent.advanceMs(ms);
    }

    <T> T done(final CompletionStage<T> stage) {
        step();
        assertThat(stage.toCompletableFuture()).as("answered at once").isDone();
        return stage.toCompletableFuture().join();
    }

    boolean isWaiting(final CompletionStage<?> stage) {
        step();
        return !stage.toCompletableFuture().isDone();
    }

    static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Creates the subscription of a consumer of topics. */
    static byte[] subscription(final String... topics) {
        final ByteBuffer buffer = ByteBuffer.allocate(1024);
        buffer.putShort((short) 1).putInt(topics.length);
        for (final String topic : topics) {
            buffer.putShort((short) topic.length()).put(bytes(topic));
        }
        buffer.putInt(-1).putInt(0);
        final byte[] copy = new byte[buffer.position()];
        buffer.flip().get(copy);
        return copy;
    }

    static List<JoinGroupProtocol> protocols(final String... names) {
        return Arrays.stream(names)
                .map(name -> new JoinGroupProtocol(name, subscription("orders")))
                .toList();
    }

    CompletionStage<JoinGroupResult> join(final String memberId, final String instanceId, final String... protocols) {
        return groups.join(joinOf(memberId, instanceId, protocols(protocols)));
    }

    CompletionStage<JoinGroupResult> join(final String memberId) {
        return join(memberId, null, "range");
    }

    static JoinGroup joinOf(final String groupId, final String memberId, final String instanceId) {
        return joinOf(groupId, memberId, instanceId, protocols("range"));
    }

    static JoinGroup joinOf(final String memberId, final String instanceId, final List<JoinGroupProtocol> protocols) {
        return joinOf(GROUP, memberId, instanceId, protocols);
    }

    private static JoinGroup joinOf(
            final String groupId,
            final String memberId,
            final String instanceId,
            final List<JoinGroupProtocol> protocols) {
        return JoinGroup.builder(groupId, memberId)
                .instanceId(instanceId)
                .client("client", "/127.0.0.1")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(REBALANCE_MS)
                .protocols("consumer", protocols)
                .memberIdRequired(true)
                .skipAssignmentSupported(true)
                .build();
    }

    /** Returns the id that a dynamic member must rejoin with. */
    String newMemberId() {
        final JoinGroupResult first = done(join(""));
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        return first.memberId();
    }

    static MemberIdentity id(final String memberId, final int generation) {
        return new MemberIdentity(GROUP, memberId, null, generation);
    }

    static MemberIdentity staticId(final String memberId, final String instanceId, final int generation) {
        return new MemberIdentity(GROUP, memberId, instanceId, generation);
    }

    CompletionStage<SyncGroupResult> sync(final MemberIdentity member, final Map<String, byte[]> assignments) {
        return groups.sync(new SyncGroup(member, "consumer", null, assignments));
    }

    ErrorCode heartbeat(final MemberIdentity member) {
        return done(groups.heartbeat(member));
    }

    CompletionStage<LeaveGroupResult> leave(final String memberId) {
        return groups.leave(new LeaveGroup(GROUP, List.of(new LeaveGroup.Member(memberId, null, null))));
    }

    /** Creates a stable group of one dynamic member, in generation 1. */
    String stableMember() {
        final String member = newMemberId();
        final JoinGroupResult joined = done(join(member));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(done(sync(id(member, joined.generation()), Map.of(member, bytes("all"))))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        return member;
    }

    ClassicGroupDescription describe() {
        return done(groups.describe(List.of(GROUP))).getFirst();
    }

    String state() {
        return describe().state();
    }

    static PartitionOffset offset(final String topic, final int partition, final long offset) {
        return new PartitionOffset(topic, new UUID(0, 0), partition, offset, 5, "note");
    }

    ErrorCode commit(final MemberIdentity member, final long offset) {
        return commit(member, offset("orders", 0, offset)).getFirst();
    }

    List<ErrorCode> commit(final MemberIdentity member, final PartitionOffset... offsets) {
        return done(groups.commitOffsets(new OffsetCommit(member, -1, true, List.of(offsets))));
    }

    long committed(final String topic, final int partition) {
        final OffsetFetchResult result = done(groups.fetchOffsets(
                new OffsetFetch(id(null, -1), false, List.of(new TopicIdPartition(topic, new UUID(0, 0), partition)))));
        return result.offsets().getFirst().offset().offset();
    }
}
