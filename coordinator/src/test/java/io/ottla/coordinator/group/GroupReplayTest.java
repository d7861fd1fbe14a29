package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.InternalTopics;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.coordinator.runtime.ReplayProperty;
import io.ottla.coordinator.runtime.TestLogs;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.TopicTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the live state of groups equals the replay of their log, for all requests and all outcomes of writes. */
class GroupReplayTest {
    private static final UUID NO_ID = new UUID(0, 0);
    private static final int GROUPS = 3;
    private static final ConsumerAssignors ASSIGNORS = ConsumerAssignors.of(List.of("range", "uniform"));

    private final List<CompletableFuture<JoinGroupResult>> joins = new ArrayList<>();
    private final List<CompletableFuture<SyncGroupResult>> syncs = new ArrayList<>();
    private int ids;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldBeWhatTheLogSays(final long seed) {
        final TopicTable topics = new TopicTable();
        for (int i = 0; i < 3; i++) {
            topics.add("t" + i, 2 + i);
        }
        final TestGroupConfig changed = new TestGroupConfig();
        changed.retentionMs = 60_000;
        changed.retentionCheckIntervalMs = 20_000;
        final GroupConfig config = changed.build();
        final ReplayProperty<GroupMachine, GroupRecord> property = new ReplayProperty<>(
                        seed,
                        TestLogs.open(new ManualClock(), InternalTopics.CONSUMER_OFFSETS),
                        timers -> new GroupMachine(config, changed, timers, topics, ASSIGNORS, GroupMemory.unbounded()),
                        new GroupRecordSerde(),
                        GroupReplayTest::durableState)
                .softState(GroupReplayTest::softState)
                .compacted();
        property.run(1500, this::step);
        assertThat(property.applied()).isGreaterThan(700);
        final long joined = joins.stream()
                .filter(join -> join.isDone() && !join.isCompletedExceptionally())
                .count();
        assertThat(joined).as("joins answered, seed %d", seed).isGreaterThan(100);
    }

    private void step(final Random random, final ReplayProperty<GroupMachine, GroupRecord> property) {
        final String groupId = "g" + random.nextInt(GROUPS);
        final Group group =
                property.machine() == null ? null : property.machine().image().group(groupId);
        final ClassicGroup classic = group instanceof final ClassicGroup it ? it : null;
        final String memberId = classic == null || classic.members().size() == 0 || random.nextInt(8) == 0
                ? ""
                : List.copyOf(classic.members().all())
                        .get(random.nextInt(classic.members().size()))
                        .memberId();
        final int generation = classic == null ? 0 : classic.generation();
        final MemberIdentity member = new MemberIdentity(groupId, memberId, null, generation);
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> join(property, groupId, random.nextInt(3) == 0 ? "" : memberId, random);
            case 3, 4, 5 -> sync(property, member, classic);
            case 6 -> property.write((machine, nowMs) -> machine.heartbeat(member));
            case 7 ->
                property.write((machine, nowMs) -> machine.leave(
                        new LeaveGroup(groupId, List.of(new LeaveGroup.Member(memberId, null, null))), nowMs));
            case 8, 9 -> {
                final MemberIdentity committer =
                        random.nextBoolean() ? member : new MemberIdentity(groupId, "", null, -1);
                final PartitionOffset offset = new PartitionOffset(
                        "t" + random.nextInt(3), NO_ID, random.nextInt(3), random.nextInt(100), 0, "m");
                property.write((machine, nowMs) ->
                        machine.commit(new OffsetCommit(committer, -1, true, List.of(offset)), nowMs));
            }
            case 10 ->
                property.write((machine, nowMs) ->
                        machine.offsets().delete(groupId, List.of(new TopicIdPartition("t1", NO_ID, 1))));
            case 11 -> property.write((machine, nowMs) -> machine.delete(groupId));
            default -> consumerHeartbeat(property, groupId, group, random);
        }
    }

    private void join(
            final ReplayProperty<GroupMachine, GroupRecord> property,
            final String groupId,
            final String memberId,
            final Random random) {
        final CompletableFuture<JoinGroupResult> reply = new CompletableFuture<>();
        joins.add(reply);
        final String newId = "m" + ids++;
        final String instanceId = random.nextInt(4) == 0 ? "i" + random.nextInt(3) : null;
        property.write((machine, nowMs) ->
                        machine.join(GroupFixture.joinOf(groupId, memberId, instanceId), newId, reply, nowMs))
                .whenComplete((result, failure) -> {
                    if (failure != null) {
                        reply.completeExceptionally(failure);
                    } else if (result != null) {
                        reply.complete(result);
                    }
                });
    }

    private void sync(
            final ReplayProperty<GroupMachine, GroupRecord> property,
            final MemberIdentity member,
            final ClassicGroup group) {
        final CompletableFuture<SyncGroupResult> reply = new CompletableFuture<>();
        syncs.add(reply);
        final Map<String, byte[]> assignments = new HashMap<>();
        if (group != null) {
            group.members()
                    .all()
                    .forEach(it -> assignments.put(it.memberId(), GroupFixture.bytes("for " + it.memberId())));
        }
        property.write((machine, nowMs) ->
                        machine.sync(new SyncGroup(member, "consumer", null, assignments), reply, nowMs))
                .whenComplete((result, failure) -> {
                    if (failure != null) {
                        reply.completeExceptionally(failure);
                    }
                });
    }

    private static void consumerHeartbeat(
            final ReplayProperty<GroupMachine, GroupRecord> property,
            final String groupId,
            final Group group,
            final Random random) {
        final String memberId = "c" + random.nextInt(4);
        final ConsumerMember known =
                group instanceof final ConsumerGroup consumerGroup ? consumerGroup.member(memberId) : null;
        final int epoch = known == null || random.nextInt(10) == 0 ? random.nextInt(3) - 2 : known.epoch();
        final Map<UUID, Set<Integer>> owned = known == null || random.nextInt(3) == 0
                ? Map.of()
                : known.assignment().partitions();
        final ConsumerGroupHeartbeat heartbeat = ConsumerGroupHeartbeat.builder(
                        new MemberIdentity(groupId, memberId, epoch == -2 ? "i" + memberId : null, epoch))
                .client("client", "/h")
                .rebalanceTimeoutMs(20_000)
                .topics(random.nextInt(4) == 0 ? List.of("t" + random.nextInt(3)) : List.of("t0", "t1", "t2"))
                .topicRegex(random.nextInt(5) == 0 ? "t[0-9]" : "")
                .owned(epoch == 0 ? Map.of() : owned)
                .memberIdRequired(true)
                .build();
        property.write((machine, nowMs) -> machine.consumerHeartbeat(heartbeat, nowMs));
    }

    /** Returns the durable state of groups as strings, since arrays are not equal to their copies. */
    private static Map<String, String> durableState(final GroupMachine machine) {
        final Map<String, String> state = new TreeMap<>();
        state.put("bytes of offsets", "" + machine.image().offsets().memory().bytes());
        long bytes = machine.image().offsets().memory().bytes();
        for (final Group group : machine.image().groups()) {
            bytes += group.memory().bytes();
            if (group instanceof final ConsumerGroup it) {
                state.put(group.groupId(), it.epoch() + " " + it.metadataHash() + " " + it.targetEpoch());
                state.put(group.groupId() + " bytes", "" + it.memory().bytes());
                state.put(
                        group.groupId() + " members",
                        (it.members() + " " + it.topicsByRegex()).replaceAll("\\[B@[0-9a-f]+", "bytes"));
                it.members()
                        .forEach(member ->
                                state.put(group.groupId() + member.memberId(), "" + it.target(member.memberId())));
            } else {
                final ClassicGeneration generation = ((ClassicGroup) group).durable();
                if (generation != null) {
                    state.put(group.groupId(), toString(generation));
                } else if (!machine.image().offsets().of(group.groupId()).isEmpty()) {
                    // A group without offsets leaves nothing in the log either.
                    state.put(group.groupId(), "offsets only");
                }
            }
            machine.image()
                    .offsets()
                    .of(group.groupId())
                    .forEach((topic, partitions) -> partitions.forEach(
                            (partition, committed) -> state.put(group.groupId() + topic + partition, "" + committed)));
        }
        assertThat(machine.image().memory().bytes()).as("the sum of all groups").isEqualTo(bytes);
        return state;
    }

    /** Returns the soft state of classic groups, with the pending requests of members. */
    private static Map<String, String> softState(final GroupMachine machine) {
        final Map<String, String> state = new TreeMap<>();
        for (final Group group : machine.image().groups()) {
            if (group instanceof final ClassicGroup it) {
                final StringBuilder text = new StringBuilder();
                text.append(it)
                        .append(it.members().leaderId())
                        .append(it.members().pendingJoins().keySet())
                        .append(it.pendingSyncs())
                        .append(it.members().joining());
                it.members()
                        .all()
                        .forEach(member -> text.append(member)
                                .append(member.isJoining())
                                .append(member.isSyncing())
                                .append(Arrays.toString(member.assignment())));
                state.put(group.groupId(), text.toString());
            }
        }
        return state;
    }

    private static String toString(final ClassicGeneration generation) {
        final StringBuilder text = new StringBuilder();
        text.append(generation.generation())
                .append(generation.protocolType())
                .append(generation.protocolName())
                .append(generation.leaderId())
                .append(generation.timestampMs());
        generation
                .members()
                .forEach(member -> text.append(member.memberId())
                        .append(member.instanceId())
                        .append(member.clientId())
                        .append(member.clientHost())
                        .append(member.sessionTimeoutMs())
                        .append(member.rebalanceTimeoutMs())
                        .append(Arrays.toString(member.subscription()))
                        .append(Arrays.toString(member.assignment())));
        return text.toString();
    }
}
