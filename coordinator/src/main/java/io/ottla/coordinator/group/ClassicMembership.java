package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles syncs, heartbeats and leaves of classic groups. */
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
     * Handles a sync.
     *
     * @param group the member's group.
     * @param request the sync request, which has all assignments if the member is the leader.
     * @param reply completes with the answer when the leader has assigned.
     * @param nowMs the current time in milliseconds.
     * @return the records to write and the answer.
     */
    Outcome<GroupRecord, SyncGroupResult> sync(
            final ClassicGroup group,
            final SyncGroup request,
            final CompletableFuture<SyncGroupResult> reply,
            final long nowMs) {
        final ErrorCode error = validateSync(group, request);
        if (error != ErrorCode.NONE) {
            return Outcome.answer(SyncGroupResult.failed(error));
        }
        final ClassicMember member = group.members().get(request.member().memberId());
        return switch (group.state()) {
            case EMPTY -> Outcome.answer(SyncGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID));
            case PREPARING_REBALANCE -> Outcome.answer(SyncGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS));
            case STABLE -> {
                arrived(group, member);
                yield Outcome.answer(ClassicRebalance.synced(group, member));
            }
            case COMPLETING_REBALANCE -> {
                if (group.members().isLeader(member.memberId())) {
                    yield assign(group, member, request, nowMs);
                }
                // The client gave up on an earlier sync of the same member.
                group.members().completeSync(member, SyncGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS));
                arrived(group, member);
                member.sync(reply);
                yield Outcome.park();
            }
        };
    }

    private static ErrorCode validateSync(final ClassicGroup group, final SyncGroup request) {
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

    private Outcome<GroupRecord, SyncGroupResult> assign(
            final ClassicGroup group, final ClassicMember leader, final SyncGroup request, final long nowMs) {
        final Map<String, byte[]> assignments = request.assignments();
        final long bytes = saidBytes(group, assignments);
        if (bytes > config.memory().groupBytesMax()) {
            // Kafka answers a batch that is too large for its log in the same way.
            giveUp(
                    group,
                    leader,
                    ErrorCode.UNKNOWN_SERVER_ERROR,
                    "members and assignments have " + bytes + " bytes; " + GroupMemory.GROUP_BYTES_MAX + " permits "
                            + config.memory().groupBytesMax(),
                    nowMs);
            return Outcome.answer(SyncGroupResult.failed(ErrorCode.UNKNOWN_SERVER_ERROR));
        }
        final GroupRecord record = new GroupRecord.Classic(group.groupId(), group.toGeneration(assignments));
        final SyncGroupResult own = new SyncGroupResult(
                ErrorCode.NONE,
                group.protocolTypeOrNull(),
                group.protocolName(),
                assignments.getOrDefault(leader.memberId(), ClassicMember.NO_ASSIGNMENT));
        return Outcome.write(List.of(record), own)
                .then(() -> {
                    arrived(group, leader);
                    rebalance.restartSession(group, leader);
                    group.stabilize(nowMs);
                    rebalance.assign(group, assignments);
                    LOG.info("Group {} has its assignment", group);
                })
                .otherwise(cause ->
                        giveUp(group, leader, GroupErrors.answerFor(cause.error()), cause.getMessage(), nowMs));
    }

    /** Counts the bytes of members and assignments, before any of them is copied. */
    private static long saidBytes(final ClassicGroup group, final Map<String, byte[]> assignments) {
        long bytes = 0;
        for (final ClassicMember member : group.members().all()) {
            final byte[] said = member.metadata(group.protocolName());
            bytes += (said == null ? 0 : said.length)
                    + assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT).length;
        }
        return bytes;
    }

    /** Drops an assignment that could not be written, so that all members rejoin. */
    private void giveUp(
            final ClassicGroup group,
            final ClassicMember leader,
            final ErrorCode error,
            final String why,
            final long nowMs) {
        rebalance.restartSession(group, leader);
        rebalance.dropAssignments(group, error);
        rebalance.begin(group, "the assignment could not be written: " + why, nowMs);
    }

    /**
     * Handles a heartbeat.
     *
     * @param group the member's group.
     * @param member the member's identity.
     * @return NONE, or the error that the member must react to.
     */
    ErrorCode heartbeat(final ClassicGroup group, final MemberIdentity member) {
        final ErrorCode error = group.validateGeneration(member);
        if (error != ErrorCode.NONE) {
            return error;
        }
        rebalance.restartSession(group, group.members().get(member.memberId()));
        return group.isIn(ClassicState.PREPARING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /**
     * Restarts the session of a member that committed offsets.
     *
     * @param group the member's group.
     * @param memberId the member's id; empty for a client that is not a member.
     */
    void committed(final ClassicGroup group, final String memberId) {
        final ClassicMember member = group.members().get(memberId);
        if (member != null && (group.isIn(ClassicState.STABLE) || group.isIn(ClassicState.PREPARING_REBALANCE))) {
            rebalance.restartSession(group, member);
        }
    }

    /**
     * Removes members that leave.
     *
     * @param group the members' group.
     * @param request the members that leave.
     * @param nowMs the current time in milliseconds.
     * @return the records to write and the answer.
     */
    Outcome<GroupRecord, LeaveGroupResult> leave(final ClassicGroup group, final LeaveGroup request, final long nowMs) {
        final List<ErrorCode> results = new ArrayList<>(request.members().size());
        final Set<ClassicMember> leaving = new LinkedHashSet<>();
        final Set<String> notReturning = new LinkedHashSet<>();
        for (final LeaveGroup.Member it : request.members()) {
            results.add(find(group, it, leaving, notReturning));
        }
        return rebalance
                .remove(group, leaving, notReturning, "members have left", nowMs)
                .answering(new LeaveGroupResult(ErrorCode.NONE, results));
    }

    /** Finds a member that leaves. A member that is named twice is gone at the second time. */
    private static ErrorCode find(
            final ClassicGroup group,
            final LeaveGroup.Member it,
            final Set<ClassicMember> leaving,
            final Set<String> notReturning) {
        String memberId = it.memberId();
        if (memberId.isEmpty()) {
            // An administrator knows static members by their instance ids only.
            memberId = it.instanceId() == null ? null : group.members().staticMemberId(it.instanceId());
            if (memberId == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
        } else if (group.members().pendingJoins().containsKey(memberId)) {
            return notReturning.add(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
        } else {
            final ErrorCode error = group.members().validateMember(memberId, it.instanceId());
            if (error != ErrorCode.NONE) {
                return error;
            }
        }
        final ClassicMember member = group.members().get(memberId);
        if (!leaving.add(member)) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        LOG.info(
                "Group {}: {} leaves; client reason: {}",
                group,
                member,
                it.reason() == null ? "not provided" : it.reason());
        return ErrorCode.NONE;
    }
}
