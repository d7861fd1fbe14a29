package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.MemberIdentity;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Validates heartbeats of consumer groups. */
final class ConsumerHeartbeats {
    private static final int JOIN = 0;
    private static final int LEAVE = -1;

    private ConsumerHeartbeats() {}

    /**
     * Checks a heartbeat, before its group is looked up.
     *
     * @param heartbeat the heartbeat.
     * @param assignors the names of the available assignors.
     * @return null if the heartbeat is valid, else the answer.
     */
    static ConsumerGroupHeartbeatResult check(final ConsumerGroupHeartbeat heartbeat, final Set<String> assignors) {
        final MemberIdentity id = heartbeat.member();
        final String problem;
        if (id.memberId().isBlank()
                && (heartbeat.memberIdRequired() || id.generation() > JOIN || id.generation() == LEAVE)) {
            problem = "MemberId can't be empty.";
        } else if (id.groupId() == null || isBlank(id.groupId())) {
            problem = "GroupId can't be empty.";
        } else if (isBlank(id.instanceId())) {
            problem = "InstanceId can't be empty.";
        } else if (isBlank(heartbeat.rackId())) {
            problem = "RackId can't be empty.";
        } else if (id.generation() == JOIN) {
            problem = checkJoin(heartbeat);
        } else if (id.generation() == ConsumerAssignment.AWAY && id.instanceId() == null) {
            problem = "InstanceId can't be null.";
        } else {
            problem = id.generation() < ConsumerAssignment.AWAY ? "MemberEpoch is invalid." : null;
        }
        if (problem != null) {
            return ConsumerGroupHeartbeatResult.failed(ErrorCode.INVALID_REQUEST, problem);
        }
        return heartbeat.assignor() == null || assignors.contains(heartbeat.assignor())
                ? null
                : ConsumerGroupHeartbeatResult.failed(
                        ErrorCode.UNSUPPORTED_ASSIGNOR,
                        "ServerAssignor " + heartbeat.assignor() + " is not supported. Supported assignors: "
                                + String.join(", ", assignors) + ".");
    }

    private static boolean isBlank(final String text) {
        return text != null && text.trim().isEmpty();
    }

    private static String checkJoin(final ConsumerGroupHeartbeat heartbeat) {
        if (heartbeat.rebalanceTimeoutMs() == -1) {
            return "RebalanceTimeoutMs must be provided in first request.";
        }
        final Map<UUID, Set<Integer>> owned = heartbeat.owned();
        if (owned == null || !owned.isEmpty()) {
            return "TopicPartitions must be empty when (re-)joining.";
        }
        return heartbeat.topics() == null && heartbeat.topicRegex() == null
                ? "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."
                : null;
    }

    /**
     * Counts the bytes that a heartbeat adds to the group's state.
     *
     * @param heartbeat the heartbeat.
     * @return the bytes of its names and its expression; 0 if it has neither.
     */
    static long bytesOf(final ConsumerGroupHeartbeat heartbeat) {
        long sum = GroupMemory.bytesOf(heartbeat.topicRegex());
        if (heartbeat.topics() != null) {
            for (final String topic : heartbeat.topics()) {
                sum += GroupMemory.ENTRY_BYTES + topic.length();
            }
        }
        return sum;
    }
}
