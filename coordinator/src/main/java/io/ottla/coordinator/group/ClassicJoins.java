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
    /** The longest time that the join of a new member waits before it is answered with an error. */
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

    /**
     * Handles a join.
     *
     * @param group the group, which is new if no member joined it before.
     * @param request the join request.
     * @param newMemberId the id for a member that has none.
     * @param reply completes with the answer when the generation is complete.
     * @param nowMs the current time in milliseconds.
     * @return the records to write and the answer.
     */
    Outcome<GroupRecord, JoinGroupResult> join(
            final ClassicGroup group,
            final JoinGroup request,
            final String newMemberId,
            final CompletableFuture<JoinGroupResult> reply,
            final long nowMs) {
        return new Join(group, request, newMemberId, reply, nowMs).serve();
    }

    /** One join request, with the state that is needed to decide and answer it. */
    private final class Join {
        private final ClassicGroup group;
        private final JoinGroup request;
        private final String newMemberId;
        private final CompletableFuture<JoinGroupResult> reply;
        private final long nowMs;

        Join(
                final ClassicGroup group,
                final JoinGroup request,
                final String newMemberId,
                final CompletableFuture<JoinGroupResult> reply,
                final long nowMs) {
            this.group = group;
            this.request = request;
            this.newMemberId = newMemberId;
            this.reply = reply;
            this.nowMs = nowMs;
        }

        Outcome<GroupRecord, JoinGroupResult> serve() {
            if (!accepts() || !fits()) {
                return refuseForSize();
            }
            if (!group.supports(request.protocolType(), request.protocols())) {
                return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId());
            }
            return request.memberId().isEmpty() ? joinNew() : joinKnown();
        }

        private Outcome<GroupRecord, JoinGroupResult> refuse(final ErrorCode error, final String memberId) {
            return Outcome.answer(JoinGroupResult.failed(error, memberId));
        }

        private String reason() {
            return "client reason: " + (request.reason() == null ? "not provided" : request.reason());
        }

        /**
         * Counts only waiting members while the group is preparing to rebalance, so that the last of too many are
         * refused.
         */
        private boolean accepts() {
            final ClassicMember member = group.members().get(request.memberId());
            return switch (group.state()) {
                case EMPTY -> true;
                case PREPARING_REBALANCE ->
                    member != null && member.isJoining()
                            || group.members().joining() < config.classic().sizeMax();
                case COMPLETING_REBALANCE, STABLE ->
                    member != null || group.members().size() < config.classic().sizeMax();
            };
        }

        /**
         * Returns whether the group still fits into one batch of its log; the member's former metadata does not count.
         */
        private boolean fits() {
            final ClassicMember known = group.members().get(request.memberId());
            final long before = known == null ? 0 : ClassicMember.saidBytes(known.protocols());
            return group.members().saidBytes() - before + ClassicMember.saidBytes(request.protocols())
                    <= config.memory().groupBytesMax();
        }

        private Outcome<GroupRecord, JoinGroupResult> refuseForSize() {
            final String memberId = request.memberId();
            final ClassicMember member = group.members().get(memberId);
            return rebalance
                    .remove(
                            group,
                            member == null ? List.of() : List.of(member),
                            Set.of(memberId),
                            "the group is full, so it refuses member " + memberId,
                            nowMs)
                    .answering(JoinGroupResult.failed(ErrorCode.GROUP_MAX_SIZE_REACHED, ""));
        }

        private Outcome<GroupRecord, JoinGroupResult> joinNew() {
            if (request.instanceId() != null) {
                final String current = group.members().staticMemberId(request.instanceId());
                return current == null
                        ? add(newMemberId)
                        : replaceStatic(group.members().get(current));
            }
            if (request.memberIdRequired()) {
                LOG.debug("Group {}: {} must rejoin with its new id", group, newMemberId);
                rebalance.awaitReturn(group, newMemberId, request.sessionTimeoutMs());
                return refuse(ErrorCode.MEMBER_ID_REQUIRED, newMemberId);
            }
            return add(newMemberId);
        }

        private Outcome<GroupRecord, JoinGroupResult> joinKnown() {
            final String memberId = request.memberId();
            if (group.members().pendingJoins().containsKey(memberId)) {
                if (request.instanceId() != null) {
                    // Only dynamic members are asked to rejoin with an id.
                    return refuse(ErrorCode.UNKNOWN_MEMBER_ID, memberId);
                }
                return add(memberId);
            }
            final ErrorCode error = group.members().validateMember(memberId, request.instanceId());
            if (error != ErrorCode.NONE) {
                return refuse(error, memberId);
            }
            final ClassicMember member = group.members().get(memberId);
            return switch (group.state()) {
                case PREPARING_REBALANCE -> update(member, "member " + member + " joins again");
                case COMPLETING_REBALANCE ->
                    member.matches(request.protocols())
                            // The answer to its join may have been lost.
                            ? answerCurrent(member)
                            : update(member, "member " + member + " has new metadata");
                case STABLE ->
                    // A leader joins again when something outside of its metadata changed, such as the number of
                    // partitions.
                    group.members().isLeader(memberId) || !member.matches(request.protocols())
                            ? update(member, "member " + member + " joins again or has new metadata")
                            : answerCurrent(member);
                case EMPTY -> refuse(ErrorCode.UNKNOWN_MEMBER_ID, memberId);
            };
        }

        private Outcome<GroupRecord, JoinGroupResult> answerCurrent(final ClassicMember member) {
            return Outcome.answer(ClassicRebalance.joined(
                    group,
                    member,
                    false,
                    group.members().isLeader(member.memberId()) && group.isIn(ClassicState.COMPLETING_REBALANCE)
                            ? ClassicRebalance.describeMembers(group)
                            : List.of()));
        }

        private Outcome<GroupRecord, JoinGroupResult> add(final String memberId) {
            final ClassicMember member = newMember(memberId, request.instanceId());
            member.isNew(true);
            if (group.isInitialRebalance()) {
                group.memberAdded(true);
            }
            rebalance.endReturn(group, memberId);
            group.add(member, request.protocolType(), reply);
            // A client that went away while its join is pending looks like one that waits, so the wait is limited.
            rebalance.startSession(group, member, NEW_MEMBER_JOIN_TIMEOUT_MS);
            rebalance.beginOrComplete(group, "member " + member + " is new; " + reason(), nowMs);
            return Outcome.park();
        }

        private Outcome<GroupRecord, JoinGroupResult> update(final ClassicMember member, final String what) {
            if (member.isJoining()) {
                // The client gave up on the earlier request, or it would not have sent another one.
                group.members()
                        .completeJoin(
                                member, JoinGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId()));
            }
            group.members()
                    .update(member, request.protocols(), request.rebalanceTimeoutMs(), request.sessionTimeoutMs());
            group.members().waitForJoin(member, reply);
            rebalance.beginOrComplete(group, what + "; " + reason(), nowMs);
            return Outcome.park();
        }

        /**
         * Replaces a restarted static member by its new incarnation. The others see no rebalance if its metadata is
         * unchanged.
         */
        private Outcome<GroupRecord, JoinGroupResult> replaceStatic(final ClassicMember old) {
            LOG.info("Group {}: {} is replaced by {}", group, old, newMemberId);
            final ClassicMember member = newMember(newMemberId, old.instanceId());
            if (group.isIn(ClassicState.STABLE) && keepsProtocol(old, member)) {
                return persistReplacement(old, member);
            }
            replace(old, member);
            group.members().waitForJoin(member, reply);
            rebalance.beginOrComplete(group, "static member " + member + " came back; " + reason(), nowMs);
            return Outcome.park();
        }

        private void replace(final ClassicMember old, final ClassicMember member) {
            group.members().completeJoin(old, JoinGroupResult.failed(ErrorCode.FENCED_INSTANCE_ID, old.memberId()));
            group.members().completeSync(old, SyncGroupResult.failed(ErrorCode.FENCED_INSTANCE_ID));
            timers.cancel(old);
            member.assignment(old.assignment());
            group.replace(old, member);
            rebalance.restartSession(group, member);
        }

        private boolean keepsProtocol(final ClassicMember old, final ClassicMember member) {
            final List<JoinGroupProtocol> before = old.protocols();
            group.members().update(old, member.protocols(), old.rebalanceTimeoutMs(), old.sessionTimeoutMs());
            final String selected = group.members().selectProtocol();
            group.members().update(old, before, old.rebalanceTimeoutMs(), old.sessionTimeoutMs());
            return selected != null && selected.equals(group.protocolName());
        }

        private Outcome<GroupRecord, JoinGroupResult> persistReplacement(
                final ClassicMember old, final ClassicMember member) {
            final String formerLeader = group.members().leaderId();
            final ClassicGeneration generation = group.toGenerationWith(old, member);
            return Outcome.park(List.of(new GroupRecord.Classic(group.groupId(), generation)), () -> {
                replace(old, member);
                final boolean leader = group.members().isLeader(member.memberId());
                final boolean skip = request.skipAssignmentSupported();
                // A client that cannot skip the assignment is given its former member id as the leader, so that it does
                // not assign.
                reply.complete(new JoinGroupResult(
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

        private ClassicMember newMember(final String memberId, final String instanceId) {
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
}
