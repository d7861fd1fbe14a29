package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves joins of classic groups. */
final class ClassicJoins {
    /** How long the join of a new member may wait before it is answered with an error. */
    private static final int NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

    private static final Logger LOG = LoggerFactory.getLogger(ClassicJoins.class);

    private final GroupConfig config;
    private final ShardTimers<GroupMachine, GroupRecord> timers;
    private final ClassicRebalance rebalance;

    ClassicJoins(
            final GroupConfig config,
            final ShardTimers<GroupMachine, GroupRecord> timers,
            final ClassicRebalance rebalance) {
        this.config = config;
        this.timers = timers;
        this.rebalance = rebalance;
    }

    /** A join with what it takes to answer it. */
    private record Joining(
            ClassicGroup group, JoinGroup request, String newMemberId, CompletableFuture<JoinGroupResult> reply) {
        Outcome<GroupRecord, JoinGroupResult> refuse(final ErrorCode error, final String memberId) {
            return Outcome.answer(JoinGroupResult.failed(error, memberId));
        }

        String reason() {
            return "client reason: " + (request.reason() == null ? "not provided" : request.reason());
        }
    }

    /**
     * A member joins.
     *
     * @param group the group; one that has just been made if nobody joined it before.
     * @param request who joins.
     * @param newMemberId the id for a member that has none.
     * @param reply answers the member when the generation is complete.
     * @param nowMs the time.
     * @return what to write and to answer.
     */
    Outcome<GroupRecord, JoinGroupResult> join(
            final ClassicGroup group,
            final JoinGroup request,
            final String newMemberId,
            final CompletableFuture<JoinGroupResult> reply,
            final long nowMs) {
        final Joining joining = new Joining(group, request, newMemberId, reply);
        if (!accepts(group, request.memberId()) || !fits(group, request)) {
            return refuseForSize(joining, nowMs);
        }
        if (!group.supports(request.protocolType(), request.protocols())) {
            return joining.refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId());
        }
        return request.memberId().isEmpty() ? joinNew(joining, nowMs) : joinKnown(joining, nowMs);
    }

    /** Counts those who wait and not the members while members gather, so that the last ones of too many are let go. */
    private boolean accepts(final ClassicGroup group, final String memberId) {
        final ClassicMember member = group.members().get(memberId);
        return switch (group.state()) {
            case EMPTY -> true;
            case PREPARING_REBALANCE ->
                member != null && member.isJoining()
                        || group.members().joining() < config.classic().sizeMax();
            case COMPLETING_REBALANCE, STABLE ->
                member != null || group.members().size() < config.classic().sizeMax();
        };
    }

    /** Whether the group could still be written to its log; what the member said before does not count. */
    private boolean fits(final ClassicGroup group, final JoinGroup request) {
        final ClassicMember known = group.members().get(request.memberId());
        final long before = known == null ? 0 : ClassicMember.saidBytes(known.protocols());
        return group.members().saidBytes() - before + ClassicMember.saidBytes(request.protocols())
                <= config.memory().groupBytesMax();
    }

    private Outcome<GroupRecord, JoinGroupResult> refuseForSize(final Joining joining, final long nowMs) {
        final ClassicGroup group = joining.group();
        final String memberId = joining.request().memberId();
        final ClassicMember member = group.members().get(memberId);
        return rebalance
                .remove(
                        group,
                        member == null ? List.of() : List.of(member),
                        Set.of(memberId),
                        "the group has no room for member " + memberId,
                        nowMs)
                .answering(JoinGroupResult.failed(ErrorCode.GROUP_MAX_SIZE_REACHED, ""));
    }

    private Outcome<GroupRecord, JoinGroupResult> joinNew(final Joining joining, final long nowMs) {
        final ClassicGroup group = joining.group();
        final JoinGroup request = joining.request();
        if (request.instanceId() != null) {
            final String current = group.members().staticMemberId(request.instanceId());
            return current == null
                    ? add(joining, joining.newMemberId(), nowMs)
                    : replaceStatic(joining, group.members().get(current), nowMs);
        }
        if (request.memberIdRequired()) {
            LOG.debug("Group {}: {} shall come back with its new id", group, joining.newMemberId());
            rebalance.awaitReturn(group, joining.newMemberId(), request.sessionTimeoutMs());
            return joining.refuse(ErrorCode.MEMBER_ID_REQUIRED, joining.newMemberId());
        }
        return add(joining, joining.newMemberId(), nowMs);
    }

    private Outcome<GroupRecord, JoinGroupResult> joinKnown(final Joining joining, final long nowMs) {
        final ClassicGroup group = joining.group();
        final JoinGroup request = joining.request();
        final String memberId = request.memberId();
        if (group.members().pendingJoins().containsKey(memberId)) {
            if (request.instanceId() != null) {
                // Only dynamic members are told to come back.
                return joining.refuse(ErrorCode.UNKNOWN_MEMBER_ID, memberId);
            }
            return add(joining, memberId, nowMs);
        }
        final ErrorCode error = group.members().validateMember(memberId, request.instanceId());
        if (error != ErrorCode.NONE) {
            return joining.refuse(error, memberId);
        }
        final ClassicMember member = group.members().get(memberId);
        return switch (group.state()) {
            case PREPARING_REBALANCE -> update(joining, member, "member " + member + " joins again", nowMs);
            case COMPLETING_REBALANCE ->
                member.matches(request.protocols())
                        // It may not have got the answer to its join.
                        ? answerCurrent(joining, member)
                        : update(joining, member, "member " + member + " has new metadata", nowMs);
            case STABLE ->
                // A leader joins again when something changed that is not in its metadata, such as partitions.
                group.members().isLeader(memberId) || !member.matches(request.protocols())
                        ? update(joining, member, "member " + member + " joins again or has new metadata", nowMs)
                        : answerCurrent(joining, member);
            case EMPTY -> joining.refuse(ErrorCode.UNKNOWN_MEMBER_ID, memberId);
        };
    }

    private static Outcome<GroupRecord, JoinGroupResult> answerCurrent(
            final Joining joining, final ClassicMember member) {
        final ClassicGroup group = joining.group();
        return Outcome.answer(ClassicRebalance.joined(
                group,
                member,
                false,
                group.members().isLeader(member.memberId()) && group.isIn(ClassicState.COMPLETING_REBALANCE)
                        ? ClassicRebalance.describeMembers(group)
                        : List.of()));
    }

    private Outcome<GroupRecord, JoinGroupResult> add(final Joining joining, final String memberId, final long nowMs) {
        final ClassicGroup group = joining.group();
        final JoinGroup request = joining.request();
        final ClassicMember member = newMember(request, memberId, request.instanceId());
        member.isNew(true);
        if (group.isInitialRebalance()) {
            group.memberAdded(true);
        }
        rebalance.endReturn(group, memberId);
        group.add(member, request.protocolType(), joining.reply());
        // A client that went away while its join waits can't be told from a patient one, so the wait is limited.
        rebalance.startSession(group, member, NEW_MEMBER_JOIN_TIMEOUT_MS);
        rebalance.beginOrComplete(group, "member " + member + " is new; " + joining.reason(), nowMs);
        return Outcome.park();
    }

    private Outcome<GroupRecord, JoinGroupResult> update(
            final Joining joining, final ClassicMember member, final String what, final long nowMs) {
        final ClassicGroup group = joining.group();
        final JoinGroup request = joining.request();
        if (member.isJoining()) {
            // Its client gave up on the earlier request, or it would not have sent another one.
            group.members()
                    .completeJoin(member, JoinGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId()));
        }
        group.members().update(member, request.protocols(), request.rebalanceTimeoutMs(), request.sessionTimeoutMs());
        group.members().waitForJoin(member, joining.reply());
        rebalance.beginOrComplete(group, what + "; " + joining.reason(), nowMs);
        return Outcome.park();
    }

    /** A static member that was restarted takes its own place, as a new member. Others notice nothing if nothing changed. */
    private Outcome<GroupRecord, JoinGroupResult> replaceStatic(
            final Joining joining, final ClassicMember old, final long nowMs) {
        final ClassicGroup group = joining.group();
        final JoinGroup request = joining.request();
        LOG.info("Group {}: {} is replaced by {}", group, old, joining.newMemberId());
        final ClassicMember member = newMember(request, joining.newMemberId(), old.instanceId());
        if (group.isIn(ClassicState.STABLE) && keepsProtocol(group, old, member)) {
            return persistReplacement(joining, old, member);
        }
        replace(group, old, member);
        group.members().waitForJoin(member, joining.reply());
        rebalance.beginOrComplete(group, "static member " + member + " came back; " + joining.reason(), nowMs);
        return Outcome.park();
    }

    private void replace(final ClassicGroup group, final ClassicMember old, final ClassicMember member) {
        group.members().completeJoin(old, JoinGroupResult.failed(ErrorCode.FENCED_INSTANCE_ID, old.memberId()));
        group.members().completeSync(old, SyncGroupResult.failed(ErrorCode.FENCED_INSTANCE_ID));
        timers.cancel(old);
        member.assignment(old.assignment());
        group.replace(old, member);
        rebalance.restartSession(group, member);
    }

    private static boolean keepsProtocol(
            final ClassicGroup group, final ClassicMember old, final ClassicMember member) {
        final List<JoinGroupProtocol> before = old.protocols();
        group.members().update(old, member.protocols(), old.rebalanceTimeoutMs(), old.sessionTimeoutMs());
        final String selected = group.members().selectProtocol();
        group.members().update(old, before, old.rebalanceTimeoutMs(), old.sessionTimeoutMs());
        return selected != null && selected.equals(group.protocolName());
    }

    private Outcome<GroupRecord, JoinGroupResult> persistReplacement(
            final Joining joining, final ClassicMember old, final ClassicMember member) {
        final ClassicGroup group = joining.group();
        final String formerLeader = group.members().leaderId();
        final ClassicGeneration generation = group.toGenerationWith(old, member);
        return Outcome.park(List.of(new GroupRecord.Classic(group.groupId(), generation)), () -> {
            replace(group, old, member);
            final boolean leader = group.members().isLeader(member.memberId());
            final boolean skip = joining.request().skipAssignmentSupported();
            // To a client that cannot skip the assignment, its former member id is named as the leader, so that it does
            // not assign.
            joining.reply()
                    .complete(new JoinGroupResult(
                            ErrorCode.NONE,
                            group.generation(),
                            group.protocolTypeOrNull(),
                            group.protocolName(),
                            skip ? group.members().leaderId() : formerLeader,
                            skip && leader,
                            member.memberId(),
                            skip && leader ? ClassicRebalance.describeMembers(group) : List.of()));
        });
    }

    private static ClassicMember newMember(final JoinGroup request, final String memberId, final String instanceId) {
        return new ClassicMember(
                memberId,
                instanceId,
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMs(),
                request.sessionTimeoutMs(),
                request.protocols());
    }
}
