package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * The generation of a classic group that a member has become part of.
 *
 * @param error NONE, or why the member is not part of it; then of the rest only {@code memberId} says something.
 * @param generation the generation, from 1; -1 if there is an error.
 * @param protocolType what kind of group it is; null if there is an error.
 * @param protocolName the way to divide work that was chosen; null if there is an error.
 * @param leaderId the member that assigns; empty if there is an error.
 * @param skipAssignment true for a leader that shall not assign, because the group goes on as it is (KIP-814).
 * @param memberId the member's id from now on.
 * @param members all members for the leader; empty for others.
 */
public record JoinGroupResult(
        ErrorCode error,
        int generation,
        String protocolType,
        String protocolName,
        String leaderId,
        boolean skipAssignment,
        String memberId,
        List<Member> members) {
    /**
     * A member as its leader sees it.
     *
     * @param memberId the member's id.
     * @param instanceId a static member's own name, or null.
     * @param metadata what the member said with the protocol that was chosen.
     */
    public record Member(String memberId, String instanceId, byte[] metadata) {}

    /**
     * The member is not part of a generation.
     *
     * @param error why.
     * @param memberId the member's id, empty if it has none.
     * @return the result.
     */
    public static JoinGroupResult failed(final ErrorCode error, final String memberId) {
        return new JoinGroupResult(error, -1, null, null, "", false, memberId, List.of());
    }
}
