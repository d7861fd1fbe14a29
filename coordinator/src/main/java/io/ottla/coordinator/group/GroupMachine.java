package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups of one partition of {@code __consumer_offsets}. */
final class GroupMachine implements StateMachine<GroupRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMachine.class);

    private final GroupConfig config;
    private final GroupImage image;
    private final ClassicRebalance rebalance;
    private final ClassicJoins joins;
    private final ClassicMembership membership;
    private final OffsetRequests offsets;
    private final GroupExpiry expiry;
    private final GroupQueries queries;
    private final ConsumerRequests consumers;
    private final ClassicConsumers classicConsumers;
    private final GroupAdmission admission;

    GroupMachine(
            final GroupConfig config,
            final ConsumerGroupSettings settings,
            final ShardTimers<GroupMachine, GroupRecord> timers,
            final MetadataView metadata,
            final ConsumerAssignors assignors,
            final GroupMemory allMemory) {
        this.config = config;
        final GroupMemory memory = new GroupMemory(allMemory);
        this.image = new GroupImage(memory);
        this.admission = new GroupAdmission(memory);
        this.rebalance = new ClassicRebalance(config, timers);
        this.joins = new ClassicJoins(config, timers, rebalance);
        this.membership = new ClassicMembership(config, timers, rebalance);
        this.offsets = new OffsetRequests(config.offsets(), image);
        this.expiry = new GroupExpiry(config.offsets(), image, offsets, metadata, timers);
        this.queries = new GroupQueries(image, assignors);
        final ConsumerTimers consumerTimers = new ConsumerTimers(settings, timers, image);
        final ConsumerMigration migration =
                new ConsumerMigration(config, metadata, consumerTimers, timers, rebalance, image);
        this.consumers = new ConsumerRequests(
                config, settings, new ConsumerTopics(metadata), consumerTimers, migration, assignors, image);
        this.classicConsumers = new ClassicConsumers(config, settings, metadata, consumerTimers, consumers, migration);
    }

    GroupImage image() {
        return image;
    }

    OffsetRequests offsets() {
        return offsets;
    }

    GroupQueries queries() {
        return queries;
    }

    ConsumerRequests consumers() {
        return consumers;
    }

    @Override
    public void replay(final long offset, final GroupRecord record) {
        image.replay(offset, record);
    }

    @Override
    public Outcome<GroupRecord, Void> loaded(final long nowMs) {
        for (final Group group : image.groups()) {
            if (group instanceof final ClassicGroup classic) {
                restore(classic, nowMs);
            } else if (group instanceof final ConsumerGroup consumerGroup) {
                consumers.restore(consumerGroup);
            }
        }
        expiry.schedule();
        return expiry.forgetOrphans();
    }

    /** Restarts all sessions, since members could not send heartbeats. */
    private void restore(final ClassicGroup group, final long nowMs) {
        group.restore();
        group.members().all().forEach(member -> rebalance.restartSession(group, member));
        if (group.members().size() > config.classic().sizeMax()) {
            // No member has joined yet, so there is nothing to write.
            rebalance.begin(group, "it is larger than group.max.size", nowMs);
        }
        if (group.members().size() > 0) {
            LOG.info("Group {} was loaded", group);
        }
    }

    @Override
    public void unloaded(final CoordinatorException cause) {
        image.memory().end();
        final ErrorCode error = GroupErrors.answerFor(cause.error());
        for (final Group group : image.groups()) {
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
        final Group group = image.group(request.groupId());
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
            return classicConsumers.join(consumerGroup, request, newMemberId, reply, nowMs);
        }
        return request.memberId().isEmpty()
                ? joinNewGroup(request, newMemberId, reply, nowMs)
                : Outcome.answer(JoinGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId()));
    }

    /**
     * Handles the first join of a group, which is written first. The join itself writes nothing: the generation
     * completes later.
     */
    private Outcome<GroupRecord, JoinGroupResult> joinNewGroup(
            final JoinGroup request,
            final String newMemberId,
            final CompletableFuture<JoinGroupResult> reply,
            final long nowMs) {
        final List<GroupRecord> records = new ArrayList<>();
        if (image.group(request.groupId()) instanceof final ConsumerGroup empty) {
            // Records left in the log would be replayed again once the records of the classic group are gone.
            empty.tombstones(records);
        }
        records.add(
                new GroupRecord.Classic(request.groupId(), new ClassicGeneration(0, "", null, null, nowMs, List.of())));
        return Outcome.park(records, () -> {
            final ClassicGroup group = (ClassicGroup) image.group(request.groupId());
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
        final Group present = image.group(request.member().groupId());
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
                switch (image.group(member.groupId())) {
                    case final ClassicGroup group -> membership.heartbeat(group, member);
                    case final ConsumerGroup group -> classicConsumers.heartbeat(group, member);
                    case null, default -> ErrorCode.UNKNOWN_MEMBER_ID;
                });
    }

    Outcome<GroupRecord, LeaveGroupResult> leave(final LeaveGroup request, final long nowMs) {
        return switch (image.group(request.groupId())) {
            case final ClassicGroup group -> membership.leave(group, request, nowMs);
            case final ConsumerGroup group -> classicConsumers.leave(group, request, nowMs);
            case null, default ->
                Outcome.answer(new LeaveGroupResult(
                        ErrorCode.NONE, Collections.nCopies(request.members().size(), ErrorCode.UNKNOWN_MEMBER_ID)));
        };
    }

    Outcome<GroupRecord, List<ErrorCode>> commit(final OffsetCommit commit, final long nowMs) {
        final String groupId = commit.member().groupId();
        if (!admission.admits(image.group(groupId), commit, image.offsets().of(groupId), nowMs)) {
            return Outcome.answer(Collections.nCopies(commit.offsets().size(), ErrorCode.COORDINATOR_NOT_AVAILABLE));
        }
        final Outcome<GroupRecord, List<ErrorCode>> outcome = offsets.commit(commit, nowMs);
        if (image.group(commit.member().groupId()) instanceof final ClassicGroup group
                && group.validateCommit(commit.member(), false) == ErrorCode.NONE) {
            return outcome.then(
                    () -> membership.committed(group, commit.member().memberId()));
        }
        return outcome;
    }

    Outcome<GroupRecord, ErrorCode> delete(final String groupId) {
        final Group group = image.group(groupId);
        final ErrorCode error = group == null ? ErrorCode.GROUP_ID_NOT_FOUND : group.validateDelete();
        if (error != ErrorCode.NONE) {
            return Outcome.answer(error);
        }
        final List<GroupRecord> records = new ArrayList<>();
        offsets.deleteAll(groupId, records);
        group.tombstones(records);
        return Outcome.write(records, ErrorCode.NONE);
    }

    Outcome<GroupRecord, ConsumerGroupHeartbeatResult> consumerHeartbeat(
            final ConsumerGroupHeartbeat heartbeat, final long nowMs) {
        if (!admission.admits(image.group(heartbeat.member().groupId()), heartbeat, nowMs)) {
            return Outcome.answer(ConsumerGroupHeartbeatResult.failed(
                    ErrorCode.COORDINATOR_NOT_AVAILABLE, "All groups together have no more memory."));
        }
        return consumers.heartbeat(heartbeat, nowMs);
    }

    Outcome<GroupRecord, Void> forgetOrphans() {
        return expiry.forgetOrphans();
    }
}
