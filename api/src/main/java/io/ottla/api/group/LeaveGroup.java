package io.ottla.api.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to remove members from a group, sent by the members or an administrator.
 *
 * @param groupId the group's id.
 * @param members the members that leave.
 */
public record LeaveGroup(String groupId, List<Member> members) {
    /**
     * A member that leaves.
     *
     * @param memberId the member's id; empty if only the instance is known.
     * @param instanceId a static member's own name, or null.
     * @param reason why it leaves (KIP-800), or null.
     */
    public record Member(
            String memberId,
            @Nullable String instanceId,
            @Nullable String reason) {}
}
