package io.ottla.api.group;

import java.util.List;

/**
 * Members leave a group, or an administrator removes them.
 *
 * @param groupId the group's id.
 * @param members who leaves.
 */
public record LeaveGroup(String groupId, List<Member> members) {
    /**
     * One that leaves.
     *
     * @param memberId the member's id; empty if only the instance is known.
     * @param instanceId a static member's own name, or null.
     * @param reason why it leaves (KIP-800), or null.
     */
    public record Member(String memberId, String instanceId, String reason) {}
}
