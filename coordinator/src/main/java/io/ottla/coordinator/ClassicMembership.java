package io.ottla.coordinator;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.coordinator.GroupLeave;
import io.ottla.api.coordinator.GroupLeaveResult;
import io.ottla.api.coordinator.GroupMemberId;
import io.ottla.api.coordinator.GroupSync;
import io.ottla.api.coordinator.GroupSyncResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves members of classic groups after they joined: they sync, send heartbeats and leave. */
final class ClassicMembership {
    private static final Logger LOG = LoggerFactory.getLogger(ClassicMembership.class);

    private final GroupConfig config;
    private final ShardTimers<GroupMachine, GroupRecord> timers;
    private final ClassicRebalance rebalance;

    ClassicMembership(
            final GroupConfig config,
            final ShardTimers<GroupMachine, GroupRecord> timers,
            final ClassicRebalance rebalance) {
        this.config = config;
        this.timers = timers;
        this.rebalance = rebalance;
    }

    /**
     * A member wants its part of the work.
     *
     * @param group its group.
     * @param request who asks, and everybody's part if it is the leader.
     * @param reply answers the member when the leader has assigned.
     * @param nowMs the time.
     * @return what to write and to answer.
     */
    Outcome<GroupRecord, GroupSyncResult> sync(
            final ClassicGroup group,
            final GroupSync request,
            final CompletableFuture<GroupSyncResult> reply,
            final long nowMs) {
        final ErrorCode error = validateSync(group, request);
        if (error != ErrorCode.NONE) {
            return Outcome.answer(GroupSyncResult.failed(error));
        }
        final ClassicMember member = group.member(request.member().memberId());
        return switch (group.state()) {
            case EMPTY -> Outcome.answer(GroupSyncResult.failed(ErrorCode.UNKNOWN_MEMBER_ID));
            case PREPARING_REBALANCE -> Outcome.answer(GroupSyncResult.failed(ErrorCode.REBALANCE_IN_PROGRESS));
            case STABLE -> {
                arrived(group, member);
                yield Outcome.answer(ClassicRebalance.synced(group, member));
            }
            case COMPLETING_REBALANCE -> {
                // An earlier request of the same member was given up by its client.
                group.completeSync(member, GroupSyncResult.failed(ErrorCode.REBALANCE_IN_PROGRESS));
                arrived(group, member);
                member.sync(reply);
                yield group.isLeader(member.memberId())
                        ? assign(group, request, reply, nowMs)
                        : Outcome.park(List.of());
            }
        };
    }

    private static ErrorCode validateSync(final ClassicGroup group, final GroupSync request) {
        final ErrorCode error = group.validateGeneration(request.member());
        if (error != ErrorCode.NONE) {
            return error;
        }
        return differ(request.protocolType(), group.protocolTypeOrNull())
                        || differ(request.protocolName(), group.protocolName())
                ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL
                : ErrorCode.NONE;
    }

    private static boolean differ(final String said, final String actual) {
        return said != null && actual != null && !said.equals(actual);
    }

    private void arrived(final ClassicGroup group, final ClassicMember member) {
        group.pendingSyncs().remove(member.memberId());
        if (group.pendingSyncs().isEmpty()) {
            timers.cancel(group.syncKey());
        }
    }

    private Outcome<GroupRecord, GroupSyncResult> assign(
            final ClassicGroup group,
            final GroupSync request,
            final CompletableFuture<GroupSyncResult> reply,
            final long nowMs) {
        final int generation = group.generation();
        reply.whenComplete((result, failure) -> {
            if (failure != null && group.isIn(ClassicState.COMPLETING_REBALANCE) && group.generation() == generation) {
                giveUp(group, failure, nowMs);
            }
        });
        checkSize(group, request.assignments());
        return Outcome.<GroupRecord, GroupSyncResult>park(
                        List.of(new GroupRecord.Classic(group.groupId(), group.toGeneration(request.assignments()))))
                .then(() -> {
                    group.stabilize(nowMs);
                    rebalance.assign(group, request.assignments());
                    LOG.info("Group {} has its assignment", group);
                });
    }

    /** Before anything is copied. A batch that Kafka's log does not take is answered in the same way. */
    private void checkSize(final ClassicGroup group, final Map<String, byte[]> assignments) {
        long bytes = 0;
        for (final ClassicMember member : group.members()) {
            final byte[] said = member.metadata(group.protocolName());
            bytes += (said == null ? 0 : said.length)
                    + assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT).length;
        }
        if (bytes > config.groupBytesMax()) {
            throw new CoordinatorException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "the members and assignments of group " + group + " have " + bytes + " bytes; "
                            + GroupConfig.GROUP_BYTES_MAX + " permits " + config.groupBytesMax());
        }
    }

    /** The assignment could not be written, so nobody gets it, and all try again. */
    private void giveUp(final ClassicGroup group, final Throwable failure, final long nowMs) {
        final ErrorCode error = failure instanceof final CoordinatorException cause
                ? LogGroupCoordinator.answerFor(cause.error())
                : ErrorCode.UNKNOWN_SERVER_ERROR;
        rebalance.dropAssignments(group, error);
        rebalance.begin(group, "the assignment could not be written: " + failure.getMessage(), nowMs);
    }

    /**
     * A member is alive.
     *
     * @param group its group.
     * @param member who.
     * @return NONE, or what the member must react to.
     */
    ErrorCode heartbeat(final ClassicGroup group, final GroupMemberId member) {
        final ErrorCode error = group.validateGeneration(member);
        if (error != ErrorCode.NONE) {
            return error;
        }
        rebalance.restartSession(group, group.member(member.memberId()));
        return group.isIn(ClassicState.PREPARING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /**
     * A member has committed offsets, which shows that it lives.
     *
     * @param group its group.
     * @param memberId the member's id, empty if it is none.
     */
    void committed(final ClassicGroup group, final String memberId) {
        final ClassicMember member = group.member(memberId);
        if (member != null && (group.isIn(ClassicState.STABLE) || group.isIn(ClassicState.PREPARING_REBALANCE))) {
            rebalance.restartSession(group, member);
        }
    }

    /**
     * Members leave.
     *
     * @param group their group.
     * @param request who.
     * @param nowMs the time.
     * @return what to write and to answer.
     */
    Outcome<GroupRecord, GroupLeaveResult> leave(final ClassicGroup group, final GroupLeave request, final long nowMs) {
        final List<ErrorCode> results = new ArrayList<>(request.members().size());
        final int sizeBefore = group.size();
        for (final GroupLeave.Member leaving : request.members()) {
            results.add(leave(group, leaving));
        }
        final GroupLeaveResult response = new GroupLeaveResult(ErrorCode.NONE, results);
        final Outcome<GroupRecord, Void> next = goOn(group, group.size() < sizeBefore, nowMs);
        return new Outcome<>(next.records(), response, false, next.effect());
    }

    private ErrorCode leave(final ClassicGroup group, final GroupLeave.Member leaving) {
        String memberId = leaving.memberId();
        if (memberId.isEmpty()) {
            // An administrator knows static members by their own names only.
            memberId = leaving.instanceId() == null ? null : group.staticMemberId(leaving.instanceId());
            if (memberId == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
        } else if (group.pendingJoins().containsKey(memberId)) {
            rebalance.endReturn(group, memberId);
            return ErrorCode.NONE;
        } else {
            final ErrorCode error = group.validateMember(memberId, leaving.instanceId());
            if (error != ErrorCode.NONE) {
                return error;
            }
        }
        final ClassicMember member = group.member(memberId);
        LOG.info(
                "Group {}: {} leaves; client reason: {}",
                group,
                member,
                leaving.reason() == null ? "not provided" : leaving.reason());
        rebalance.evict(group, member);
        return ErrorCode.NONE;
    }

    private Outcome<GroupRecord, Void> goOn(final ClassicGroup group, final boolean membersLeft, final long nowMs) {
        if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
            return rebalance.completeIfAllJoined(group, nowMs);
        }
        return membersLeft ? rebalance.afterRemoval(group, "members have left", nowMs) : Outcome.nothing();
    }
}
