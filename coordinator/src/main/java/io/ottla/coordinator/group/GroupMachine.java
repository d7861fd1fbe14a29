package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.GroupListing;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.metadata.MetadataView;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import io.ottla.coordinator.runtime.StateMachine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups of one partition of {@code __consumer_offsets}. */
final class GroupMachine implements StateMachine<GroupRecord> {
    /** At most so many records are written at once when old offsets are looked for; the rest follows soon. */
    static final int EXPIRY_RECORDS_MAX = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(GroupMachine.class);
    private static final long EXPIRY_CONTINUE_MS = 100;

    private final GroupConfig config;
    private final ShardTimers<GroupMachine, GroupRecord> timers;
    private final MetadataView metadata;
    private final ConsumerAssignors assignors;
    private final ClassicRebalance rebalance;
    private final ClassicJoins joins;
    private final ClassicMembership membership;
    private final OffsetRequests offsetRequests;
    private final ConsumerRequests consumers;
    private final ClassicConsumers classicConsumers;
    private final Object expiryKey = new Object();
    private final Object orphansKey = new Object();
    private final Map<String, Group> groups = new TreeMap<>();
    private final GroupMemory memory;
    private final GroupOffsets offsets;
    private final GroupAdmission admission;

    GroupMachine(
            final GroupConfig config,
            final ShardTimers<GroupMachine, GroupRecord> timers,
            final MetadataView metadata,
            final ConsumerAssignors assignors,
            final GroupMemory allMemory) {
        this.config = config;
        this.memory = new GroupMemory(allMemory);
        this.offsets = new GroupOffsets(memory);
        this.admission = new GroupAdmission(memory);
        this.timers = timers;
        this.metadata = metadata;
        this.assignors = assignors;
        this.rebalance = new ClassicRebalance(config, timers);
        this.joins = new ClassicJoins(config, timers, rebalance);
        this.membership = new ClassicMembership(config, timers, rebalance);
        this.offsetRequests = new OffsetRequests(config);
        final ConsumerTimers consumerTimers = new ConsumerTimers(config, metadata, timers);
        final ConsumerMigration migration = new ConsumerMigration(config, metadata, consumerTimers, timers, rebalance);
        this.consumers =
                new ConsumerRequests(config, new ConsumerTopics(metadata), consumerTimers, migration, assignors);
        this.classicConsumers = new ClassicConsumers(config, metadata, consumerTimers, consumers, migration);
    }

    Group group(final String groupId) {
        return groups.get(groupId);
    }

    Collection<Group> groups() {
        return groups.values();
    }

    GroupOffsets offsets() {
        return offsets;
    }

    GroupMemory memory() {
        return memory;
    }

    OffsetRequests offsetRequests() {
        return offsetRequests;
    }

    ConsumerRequests consumers() {
        return consumers;
    }

    @Override
    public void replay(final long offset, final GroupRecord record) {
        switch (record) {
            case GroupRecord.Classic(final String groupId, final ClassicGeneration generation) -> {
                if (generation == null) {
                    if (groups.get(groupId) instanceof ClassicGroup) {
                        put(groupId, null);
                    }
                } else {
                    classicGroup(groupId).replay(generation);
                }
            }
            case GroupRecord.Offset(
                    final String groupId,
                    final String topic,
                    final int partition,
                    final CommittedOffset committed) -> {
                if (committed == null) {
                    offsets.remove(groupId, topic, partition);
                } else {
                    // A group that nobody joined begins to be with its first offset.
                    groups.computeIfAbsent(groupId, id -> new ClassicGroup(id, memory));
                    offsets.put(groupId, topic, partition, committed.at(offset));
                }
            }
            case final GroupRecord.Epoch epoch
            when epoch.isTombstone() -> {
                if (groups.get(epoch.groupId()) instanceof ConsumerGroup) {
                    put(epoch.groupId(), null);
                }
            }
            default -> {
                // What says that something is gone does not make a group.
                if (!record.isTombstone() || groups.get(record.groupId()) instanceof ConsumerGroup) {
                    consumerGroup(record.groupId()).replay(record);
                }
            }
        }
    }

    private void put(final String groupId, final Group group) {
        final Group before = group == null ? groups.remove(groupId) : groups.put(groupId, group);
        if (before != null) {
            before.memory().end();
        }
    }

    private ClassicGroup classicGroup(final String groupId) {
        if (!(groups.get(groupId) instanceof final ClassicGroup group)) {
            final ClassicGroup added = new ClassicGroup(groupId, memory);
            put(groupId, added);
            return added;
        }
        return group;
    }

    /** A classic group that only keeps offsets has no record of its own, and gives way. */
    private ConsumerGroup consumerGroup(final String groupId) {
        if (!(groups.get(groupId) instanceof final ConsumerGroup group)) {
            final ConsumerGroup added = new ConsumerGroup(groupId, memory);
            put(groupId, added);
            return added;
        }
        return group;
    }

    @Override
    public Outcome<GroupRecord, Void> loaded(final long nowMs) {
        for (final Group group : groups.values()) {
            if (group instanceof final ClassicGroup classic) {
                restore(classic, nowMs);
            } else if (group instanceof final ConsumerGroup consumerGroup) {
                consumers.restore(consumerGroup);
            }
        }
        scheduleExpiry(config.offsets().retentionCheckIntervalMs());
        return forgetOrphans();
    }

    /** Members have had no way to be heard of, so all sessions begin anew. */
    private void restore(final ClassicGroup group, final long nowMs) {
        group.restore();
        group.members().all().forEach(member -> rebalance.restartSession(group, member));
        if (group.members().size() > config.classic().sizeMax()) {
            // Nobody has joined yet, so there is nothing to write.
            rebalance.begin(group, "it is larger than group.max.size", nowMs);
        }
        if (group.members().size() > 0) {
            LOG.info("Group {} was loaded", group);
        }
    }

    @Override
    public void unloaded(final CoordinatorException cause) {
        memory.end();
        final ErrorCode error = LogGroupCoordinator.answerFor(cause.error());
        for (final Group group : groups.values()) {
            if (group instanceof final ClassicGroup classic) {
                for (final ClassicMember member : List.copyOf(classic.members().all())) {
                    classic.members().completeJoin(member, JoinGroupResult.failed(error, member.memberId()));
                    classic.members().completeSync(member, SyncGroupResult.failed(error));
                }
            }
        }
    }

    Outcome<GroupRecord, JoinGroupResult> join(
            final JoinGroup request,
            final String newMemberId,
            final CompletableFuture<JoinGroupResult> reply,
            final long nowMs) {
        final Group group = groups.get(request.groupId());
        if (!admission.admits(group, request, nowMs)) {
            return Outcome.answer(JoinGroupResult.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE, request.memberId()));
        }
        if (group == null) {
            return request.memberId().isEmpty()
                    ? joinNewGroup(request, newMemberId, reply, nowMs)
                    : Outcome.answer(JoinGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId()));
        }
        if (group instanceof final ClassicGroup classic) {
            return joins.join(classic, request, newMemberId, reply, nowMs);
        }
        if (group instanceof final ConsumerGroup consumerGroup && !group.isEmpty()) {
            return classicConsumers.join(this, consumerGroup, request, newMemberId, reply, nowMs);
        }
        return request.memberId().isEmpty()
                ? joinNewGroup(request, newMemberId, reply, nowMs)
                : Outcome.answer(JoinGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId()));
    }

    /** The group is written first. A first join writes nothing more: the generation is complete later. */
    private Outcome<GroupRecord, JoinGroupResult> joinNewGroup(
            final JoinGroup request,
            final String newMemberId,
            final CompletableFuture<JoinGroupResult> reply,
            final long nowMs) {
        final List<GroupRecord> records = new ArrayList<>();
        if (groups.get(request.groupId()) instanceof final ConsumerGroup empty) {
            // What stayed in the log would be found again when the records of the classic group are gone.
            empty.tombstones(records);
        }
        records.add(
                new GroupRecord.Classic(request.groupId(), new ClassicGeneration(0, "", null, null, nowMs, List.of())));
        return Outcome.park(records, () -> {
            final ClassicGroup group = classicGroup(request.groupId());
            group.restore();
            final Outcome<GroupRecord, JoinGroupResult> outcome = joins.join(group, request, newMemberId, reply, nowMs);
            assert outcome.records().isEmpty() : "the first join of a group writes nothing";
            if (!outcome.isParked()) {
                reply.complete(outcome.response());
            }
        });
    }

    Outcome<GroupRecord, SyncGroupResult> sync(
            final SyncGroup request, final CompletableFuture<SyncGroupResult> reply, final long nowMs) {
        final Group present = groups.get(request.member().groupId());
        if (present instanceof final ClassicGroup leaders
                && leaders.members().isLeader(request.member().memberId())
                && !admission.admits(leaders, request, nowMs)) {
            return Outcome.answer(SyncGroupResult.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        }
        return switch (present) {
            case final ClassicGroup group -> membership.sync(group, request, reply, nowMs);
            case final ConsumerGroup group -> classicConsumers.sync(group, request);
            case null, default -> Outcome.answer(SyncGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID));
        };
    }

    Outcome<GroupRecord, ErrorCode> heartbeat(final MemberIdentity member) {
        return Outcome.answer(
                switch (groups.get(member.groupId())) {
                    case final ClassicGroup group -> membership.heartbeat(group, member);
                    case final ConsumerGroup group -> classicConsumers.heartbeat(group, member);
                    case null, default -> ErrorCode.UNKNOWN_MEMBER_ID;
                });
    }

    Outcome<GroupRecord, LeaveGroupResult> leave(final LeaveGroup request, final long nowMs) {
        return switch (groups.get(request.groupId())) {
            case final ClassicGroup group -> membership.leave(group, request, nowMs);
            case final ConsumerGroup group -> classicConsumers.leave(this, group, request, nowMs);
            case null, default ->
                Outcome.answer(new LeaveGroupResult(
                        ErrorCode.NONE, Collections.nCopies(request.members().size(), ErrorCode.UNKNOWN_MEMBER_ID)));
        };
    }

    Outcome<GroupRecord, List<ErrorCode>> commit(final OffsetCommit commit, final long nowMs) {
        final String groupId = commit.member().groupId();
        if (!admission.admits(groups.get(groupId), commit, offsets.of(groupId), nowMs)) {
            return Outcome.answer(Collections.nCopies(commit.offsets().size(), ErrorCode.COORDINATOR_NOT_AVAILABLE));
        }
        final Outcome<GroupRecord, List<ErrorCode>> outcome = offsetRequests.commit(this, commit, nowMs);
        if (groups.get(commit.member().groupId()) instanceof final ClassicGroup group
                && group.validateCommit(commit.member(), false) == ErrorCode.NONE) {
            return outcome.then(
                    () -> membership.committed(group, commit.member().memberId()));
        }
        return outcome;
    }

    Outcome<GroupRecord, ErrorCode> delete(final String groupId) {
        final Group group = groups.get(groupId);
        final ErrorCode error = group == null ? ErrorCode.GROUP_ID_NOT_FOUND : group.validateDelete();
        if (error != ErrorCode.NONE) {
            return Outcome.answer(error);
        }
        final List<GroupRecord> records = new ArrayList<>();
        OffsetRequests.deleteAll(this, groupId, records);
        group.tombstones(records);
        return Outcome.write(records, ErrorCode.NONE);
    }

    List<GroupListing> list(final Set<String> states, final Set<String> types) {
        final List<GroupListing> listings = new ArrayList<>();
        for (final Group group : groups.values()) {
            if (matches(states, group.stateLabel()) && matches(types, group.type())) {
                listings.add(new GroupListing(group.groupId(), group.protocolType(), group.stateLabel(), group.type()));
            }
        }
        return listings;
    }

    private static boolean matches(final Set<String> filter, final String label) {
        return filter.isEmpty() || filter.contains(label.toLowerCase(Locale.ROOT));
    }

    Outcome<GroupRecord, ConsumerGroupHeartbeatResult> consumerHeartbeat(
            final ConsumerGroupHeartbeat heartbeat, final long nowMs) {
        if (!admission.admits(groups.get(heartbeat.member().groupId()), heartbeat, nowMs)) {
            return Outcome.answer(ConsumerGroupHeartbeatResult.failed(
                    ErrorCode.COORDINATOR_NOT_AVAILABLE, "All groups together have no more memory."));
        }
        return consumers.heartbeat(this, heartbeat, nowMs);
    }

    ConsumerGroupDescription describeConsumerGroup(final String groupId) {
        return groups.get(groupId) instanceof final ConsumerGroup group
                ? group.describe(assignors.elected(group.members()))
                : new ConsumerGroupDescription(
                        groupId,
                        ErrorCode.GROUP_ID_NOT_FOUND,
                        groups.containsKey(groupId)
                                ? "Group " + groupId + " is not a consumer group."
                                : "Group " + groupId + " not found.",
                        "",
                        0,
                        0,
                        "",
                        List.of());
    }

    ClassicGroupDescription describe(final String groupId) {
        return groups.get(groupId) instanceof final ClassicGroup group
                ? group.describe()
                : new ClassicGroupDescription(
                        groupId,
                        ErrorCode.GROUP_ID_NOT_FOUND,
                        groups.containsKey(groupId)
                                ? "Group " + groupId + " is not a classic group."
                                : "Group " + groupId + " not found.",
                        "Dead",
                        "",
                        "",
                        List.of());
    }

    private void scheduleExpiry(final long delayMs) {
        timers.schedule(expiryKey, delayMs, (machine, nowMs) -> expire(nowMs));
    }

    private Outcome<GroupRecord, Void> expire(final long nowMs) {
        final List<GroupRecord> records = new ArrayList<>();
        for (final Group group : groups.values()) {
            if (records.size() >= EXPIRY_RECORDS_MAX) {
                break;
            }
            if (offsetRequests.expire(this, group, nowMs, records) && isForgettable(group)) {
                group.tombstones(records);
            }
        }
        final boolean more = records.size() >= EXPIRY_RECORDS_MAX;
        if (!records.isEmpty()) {
            LOG.info("{} old records of groups are taken out of the log", records.size());
        }
        return Outcome.write(records)
                .then(() -> scheduleExpiry(
                        more ? EXPIRY_CONTINUE_MS : config.offsets().retentionCheckIntervalMs()));
    }

    private static boolean isForgettable(final Group group) {
        return group.isEmpty()
                && !(group instanceof final ClassicGroup classic
                        && !classic.members().pendingJoins().isEmpty());
    }

    /**
     * Takes offsets of topics that are gone out of the log; what one batch has no place for follows soon.
     *
     * @return what to write.
     */
    Outcome<GroupRecord, Void> forgetOrphans() {
        final List<GroupRecord> records = OffsetRequests.deleteOrphans(this, metadata, EXPIRY_RECORDS_MAX);
        final Outcome<GroupRecord, Void> outcome = Outcome.write(records);
        return records.size() < EXPIRY_RECORDS_MAX
                ? outcome
                : outcome.then(() ->
                        timers.schedule(orphansKey, EXPIRY_CONTINUE_MS, (machine, nowMs) -> machine.forgetOrphans()));
    }
}
