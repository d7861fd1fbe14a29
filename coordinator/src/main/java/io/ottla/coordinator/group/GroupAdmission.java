package io.ottla.coordinator.group;

import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.SyncGroup;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether there is memory for the state that a request adds, and logs refusals now and then. */
final class GroupAdmission {
    private static final Logger LOG = LoggerFactory.getLogger(GroupAdmission.class);
    private static final long LOG_INTERVAL_MS = 60_000;

    private final GroupMemory memory;
    private long loggedMs = -LOG_INTERVAL_MS;

    GroupAdmission(final GroupMemory memory) {
        this.memory = memory;
    }

    /**
     * Decides on a join. At the bound, a present member may still rejoin, and so may one that was given an id to rejoin
     * with.
     *
     * @param group the group, or null.
     * @param request the join request.
     * @param nowMs the current time in milliseconds.
     * @return false if the request must be refused.
     */
    boolean admits(final Group group, final JoinGroup request, final long nowMs) {
        final String memberId = request.memberId();
        final long bytes = ClassicMember.bytesOf(request);
        final boolean admitted = switch (group) {
            case final ClassicGroup classic
            when classic.members().get(memberId) != null ->
                memory.hasRoom(bytes - classic.members().get(memberId).bytes());
            case final ClassicGroup classic
            when classic.members().pendingJoins().containsKey(memberId)
                    || classic.members().staticMemberId(request.instanceId()) != null -> memory.hasRoom(bytes);
            case final ConsumerGroup consumers
            when consumers.member(memberId) != null || consumers.staticMember(request.instanceId()) != null ->
                memory.hasRoom(bytes);
            case null -> memory.admits(GroupMemory.GROUP_BYTES + bytes);
            default -> memory.admits(bytes);
        };
        return admitted(admitted, request.groupId(), nowMs);
    }

    /**
     * Decides on the assignments of a leader. The memory of the group's former assignments is credited.
     *
     * @param group the group.
     * @param request the leader's sync request.
     * @param nowMs the current time in milliseconds.
     * @return false if the request must be refused.
     */
    boolean admits(final ClassicGroup group, final SyncGroup request, final long nowMs) {
        long bytes = group.durable() == null ? 0 : -group.durable().bytes();
        for (final byte[] assignment : request.assignments().values()) {
            bytes += assignment.length;
        }
        return admitted(memory.hasRoom(bytes), group.groupId(), nowMs);
    }

    /**
     * Decides on a commit.
     *
     * @param group the group, or null.
     * @param commit the offsets.
     * @param present the group's offsets.
     * @param nowMs the current time in milliseconds.
     * @return false if the request must be refused.
     */
    boolean admits(
            final Group group,
            final OffsetCommit commit,
            final Map<String, ? extends Map<Integer, CommittedOffset>> present,
            final long nowMs) {
        final long bytes = GroupOffsets.newBytes(commit.offsets(), present);
        return admitted(
                group == null ? memory.admits(GroupMemory.GROUP_BYTES + bytes) : memory.hasRoom(bytes),
                commit.member().groupId(),
                nowMs);
    }

    /**
     * Decides on a heartbeat of the consumer protocol.
     *
     * @param group the group, or null.
     * @param heartbeat the heartbeat.
     * @param nowMs the current time in milliseconds.
     * @return false if the request must be refused.
     */
    boolean admits(final Group group, final ConsumerGroupHeartbeat heartbeat, final long nowMs) {
        final MemberIdentity id = heartbeat.member();
        final long bytes = ConsumerHeartbeats.bytesOf(heartbeat);
        final ConsumerMember known =
                group instanceof final ConsumerGroup consumers ? consumers.member(id.memberId()) : null;
        final boolean admitted;
        if (known != null || id.generation() < 0) {
            admitted = memory.hasRoom(
                    known == null ? bytes : bytes - known.subscription().bytes());
        } else {
            admitted = memory.admits(bytes + GroupMemory.MEMBER_BYTES + (group == null ? GroupMemory.GROUP_BYTES : 0));
        }
        return admitted(admitted, id.groupId(), nowMs);
    }

    private boolean admitted(final boolean admitted, final String groupId, final long nowMs) {
        if (!admitted && nowMs >= loggedMs + LOG_INTERVAL_MS) {
            loggedMs = nowMs;
            LOG.warn("Group {} is refused: all groups take what {} permits", groupId, GroupMemory.MEMORY_BYTES_MAX);
        }
        return admitted;
    }
}
