package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * All about a consumer group (KIP-848).
 *
 * @param groupId its id.
 * @param error NONE, or why there is nothing to tell.
 * @param message what is wrong, for people; null if nothing is.
 * @param state its state as Kafka writes it, such as {@code Reconciling}; empty if there is an error.
 * @param epoch the group's epoch, which grows with each change of members and topics.
 * @param assignmentEpoch the epoch that the targets were made for.
 * @param assignor how work is divided.
 * @param members its members.
 */
public record ConsumerGroupDescription(
        String groupId,
        ErrorCode error,
        String message,
        String state,
        int epoch,
        int assignmentEpoch,
        String assignor,
        List<Member> members) {
    /**
     * A member of a consumer group.
     *
     * @param memberId its id.
     * @param instanceId a static member's own name, or null.
     * @param rackId where its client is, or null.
     * @param epoch its epoch.
     * @param clientId what its client calls itself.
     * @param clientHost its client's address.
     * @param topics the topics that it named.
     * @param topicRegex the expression that it gave; empty if it gave none.
     * @param assignment the partitions that it may hold, by topic.
     * @param target the partitions that it shall hold in the end, by topic.
     * @param isClassic whether it speaks the classic protocol.
     */
    public record Member(
            String memberId,
            String instanceId,
            String rackId,
            int epoch,
            String clientId,
            String clientHost,
            List<String> topics,
            String topicRegex,
            Map<UUID, Set<Integer>> assignment,
            Map<UUID, Set<Integer>> target,
            boolean isClassic) {}
}
