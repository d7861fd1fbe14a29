package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A description of a consumer group (KIP-848).
 *
 * @param groupId its id.
 * @param error NONE, or why there is no description.
 * @param message what is wrong, for people; null if nothing is.
 * @param state its state as Kafka writes it, such as {@code Reconciling}; empty if there is an error.
 * @param epoch the group's epoch, which increases with each change of members and topics.
 * @param assignmentEpoch the epoch of the target assignment.
 * @param assignor the name of the group's assignor.
 * @param members its members.
 */
public record ConsumerGroupDescription(
        String groupId,
        ErrorCode error,
        @Nullable String message,
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
     * @param rackId its client's rack, or null.
     * @param epoch its epoch.
     * @param clientId its client id.
     * @param clientHost its client's address.
     * @param topics the topics that it subscribes to by name.
     * @param topicRegex the regular expression that it subscribes with; empty if it has none.
     * @param assignment the partitions that are assigned to it, by topic.
     * @param target the partitions of its target assignment, by topic.
     * @param isClassic whether it uses the classic protocol.
     */
    public record Member(
            String memberId,
            @Nullable String instanceId,
            @Nullable String rackId,
            int epoch,
            String clientId,
            String clientHost,
            List<String> topics,
            String topicRegex,
            Map<UUID, Set<Integer>> assignment,
            Map<UUID, Set<Integer>> target,
            boolean isClassic) {}
}
