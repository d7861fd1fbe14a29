package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.metadata.MetadataView;
import io.ottla.coordinator.group.ConsumerAssignment.State;
import io.ottla.coordinator.runtime.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Serves members of consumer groups that still speak the classic protocol (KIP-848's online migration): their
 * generation is their epoch, they join again whenever they have partitions to revoke or to receive, and none of them is
 * a leader.
 */
final class ClassicConsumers {
    private final GroupConfig config;
    private final ConsumerGroupSettings settings;
    private final MetadataView metadata;
    private final ConsumerTopics topics;
    private final ConsumerTimers timers;
    private final ConsumerRequests consumers;
    private final ConsumerMigration migration;

    ClassicConsumers(
            final GroupConfig config,
            final ConsumerGroupSettings settings,
            final MetadataView metadata,
            final ConsumerTimers timers,
            final ConsumerRequests consumers,
            final ConsumerMigration migration) {
        this.config = config;
        this.settings = settings;
        this.metadata = metadata;
        this.topics = new ConsumerTopics(metadata);
        this.timers = timers;
        this.consumers = consumers;
        this.migration = migration;
    }

    /**
     * Handles a join, a member's first or a later one.
     *
     * @param group the member's group.
     * @param request the join request.
     * @param newMemberId the id for a member without one.
     * @param reply completes with the answer.
     * @param nowMs the current time in milliseconds.
     * @return the records to write and the answer.
     */
    Outcome<GroupRecord, JoinGroupResult> join(
            final ConsumerGroup group,
            final JoinGroup request,
            final String newMemberId,
            final CompletableFuture<JoinGroupResult> reply,
            final long nowMs) {
        final boolean isNew = request.memberId().isEmpty();
        final String memberId = isNew ? newMemberId : request.memberId();
        final ConsumerProtocols.Subscription subscription =
                config.consumer().migration() == GroupConfig.Migration.DISABLED || !isSupported(group, request)
                        ? null
                        : ConsumerProtocols.readSubscription(
                                request.protocols().getFirst().metadata(), metadata);
        if (subscription == null) {
            return Outcome.answer(JoinGroupResult.failed(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId()));
        }
        if (!group.admits(memberId, request.instanceId(), config.consumer().sizeMax())) {
            return Outcome.answer(JoinGroupResult.failed(ErrorCode.GROUP_MAX_SIZE_REACHED, ""));
        }
        if (isNew && request.instanceId() == null && request.memberIdRequired()) {
            return Outcome.answer(JoinGroupResult.failed(ErrorCode.MEMBER_ID_REQUIRED, memberId));
        }
        final ConsumerMember known =
                request.instanceId() == null ? group.member(memberId) : group.staticMember(request.instanceId());
        if (request.instanceId() != null && !isNew) {
            final ErrorCode error = validate(known, memberId);
            if (error != ErrorCode.NONE) {
                return Outcome.answer(JoinGroupResult.failed(error, memberId));
            }
        }
        return join(group, request, memberId, known, subscription, nowMs);
    }

    private static boolean isSupported(final ConsumerGroup group, final JoinGroup request) {
        return request.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL)
                && ConsumerMigration.commonProtocol(request.protocols(), group.members()) != null;
    }

    private static ErrorCode validate(final ConsumerMember staticMember, final String memberId) {
        if (staticMember == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return staticMember.memberId().equals(memberId) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
    }

    private Outcome<GroupRecord, JoinGroupResult> join(
            final ConsumerGroup group,
            final JoinGroup request,
            final String memberId,
            final ConsumerMember known,
            final ConsumerProtocols.Subscription subscription,
            final long nowMs) {
        final String groupId = group.groupId();
        final boolean replaces = known != null && !known.memberId().equals(memberId);
        final ConsumerAssignment held = known == null
                ? ConsumerAssignment.NONE
                : replaces ? known.assignment().back() : known.assignment();
        final ConsumerMember before =
                new ConsumerMember(memberId, known == null ? ConsumerSubscription.NONE : known.subscription(), held);
        final ConsumerMember subscribed = before.with(new ConsumerSubscription(
                request.instanceId(),
                subscription.rackId(),
                request.clientId(),
                request.clientHost(),
                subscription.topics(),
                "",
                request.rebalanceTimeoutMs(),
                null,
                new ConsumerSubscription.Classic(request.sessionTimeoutMs(), request.protocols())));
        final boolean topicsChanged =
                !subscription.topics().equals(before.subscription().topics())
                        || !before.subscription().topicRegex().isEmpty();
        final long version = metadata.topicsVersion();
        final ConsumerChange change = new ConsumerChange(group, topics, nowMs, new ArrayList<>());
        if (replaces) {
            change.replace(known, before);
        }
        change.subscribe(subscribed);
        if (topicsChanged) {
            change.bump();
        }
        change.resolveRegexes(false);
        change.beginEpoch();
        change.makeTargets(consumers.assignorOf(change), settings.assignmentIntervalMs(groupId));
        // A joining member owns only the partitions that it lists; it has to list them to show what it revoked.
        final Map<UUID, Set<Integer>> owned = subscription.owned();
        final ConsumerMember after = change.reconcile(subscribed, known != null && topicsChanged, owned);
        return Outcome.write(change.records(), joined(after)).then(() -> {
            consumers.lookedAt(groupId, version, true);
            if (replaces) {
                timers.end(groupId, known.memberId());
            }
            timers.endJoin(groupId, memberId);
            timers.startSession(groupId, after);
            timers.startSync(groupId, after);
        });
    }

    private static JoinGroupResult joined(final ConsumerMember member) {
        return new JoinGroupResult(
                ErrorCode.NONE,
                member.epoch(),
                ClassicGroup.CONSUMER_PROTOCOL,
                member.subscription().classic().protocols().getFirst().name(),
                "",
                false,
                member.memberId(),
                List.of());
    }

    private static ErrorCode find(final ConsumerGroup group, final MemberIdentity id) {
        final ConsumerMember member =
                id.instanceId() == null ? group.member(id.memberId()) : group.staticMember(id.instanceId());
        final ErrorCode error = validate(member, id.memberId());
        if (error != ErrorCode.NONE) {
            return error;
        }
        if (!member.isClassic()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == id.generation() ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    /**
     * Handles a sync, which returns the member's assignment.
     *
     * @param group the member's group.
     * @param request the request.
     * @return the answer.
     */
    Outcome<GroupRecord, SyncGroupResult> sync(final ConsumerGroup group, final SyncGroup request) {
        final ErrorCode error = find(group, request.member());
        if (error != ErrorCode.NONE) {
            return Outcome.answer(SyncGroupResult.failed(error));
        }
        final ConsumerMember member = group.member(request.member().memberId());
        final String protocol =
                member.subscription().classic().protocols().getFirst().name();
        if (request.protocolType() != null && !request.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL)
                || request.protocolName() != null && !request.protocolName().equals(protocol)) {
            return Outcome.answer(SyncGroupResult.failed(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
        }
        if (group.targetEpoch() > member.epoch() && member.assignment().state() != State.UNREVOKED_PARTITIONS) {
            timers.startJoin(group.groupId(), member);
            return Outcome.answer(SyncGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS));
        }
        timers.endSync(group.groupId(), member.memberId());
        timers.startSession(group.groupId(), member);
        return Outcome.answer(new SyncGroupResult(
                ErrorCode.NONE, ClassicGroup.CONSUMER_PROTOCOL, protocol, migration.assignmentOf(member)));
    }

    /**
     * Handles a heartbeat.
     *
     * @param group the member's group.
     * @param id the member's identity.
     * @return NONE, or REBALANCE_IN_PROGRESS if the member has partitions to revoke or to receive.
     */
    ErrorCode heartbeat(final ConsumerGroup group, final MemberIdentity id) {
        final ErrorCode error = find(group, id);
        if (error != ErrorCode.NONE) {
            return error;
        }
        final ConsumerMember member = group.member(id.memberId());
        timers.startSession(group.groupId(), member);
        final State state = member.assignment().state();
        if (member.epoch() < group.targetEpoch()
                || state == State.UNREVOKED_PARTITIONS
                || state == State.UNRELEASED_PARTITIONS && !waits(group, member)) {
            timers.startJoin(group.groupId(), member);
            return ErrorCode.REBALANCE_IN_PROGRESS;
        }
        return ErrorCode.NONE;
    }

    /** Returns whether other members still own partitions of the member's target assignment. */
    private static boolean waits(final ConsumerGroup group, final ConsumerMember member) {
        for (final Map.Entry<UUID, Set<Integer>> topic :
                group.target(member.memberId()).entrySet()) {
            final Map<Integer, Integer> has = member.assignment().assigned().getOrDefault(topic.getKey(), Map.of());
            for (final int partition : topic.getValue()) {
                if (!has.containsKey(partition) && group.owner(topic.getKey(), partition) != null) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Removes members that leave, of either protocol.
     *
     * @param group the members' group.
     * @param request the members that leave.
     * @param nowMs the current time in milliseconds.
     * @return the records to write and the answer.
     */
    Outcome<GroupRecord, LeaveGroupResult> leave(
            final ConsumerGroup group, final LeaveGroup request, final long nowMs) {
        final List<ErrorCode> results = new ArrayList<>(request.members().size());
        final Set<String> leaving = new LinkedHashSet<>();
        for (final LeaveGroup.Member it : request.members()) {
            final ConsumerMember member =
                    it.instanceId() == null ? group.member(it.memberId()) : group.staticMember(it.instanceId());
            // An administrator knows static members by their instance ids only.
            final ErrorCode error =
                    member != null && it.instanceId() != null && it.memberId().isEmpty()
                            ? ErrorCode.NONE
                            : validate(member, it.memberId());
            results.add(error);
            if (error == ErrorCode.NONE) {
                leaving.add(member.memberId());
            }
        }
        return consumers.fence(group, leaving, nowMs).answering(new LeaveGroupResult(ErrorCode.NONE, results));
    }
}
