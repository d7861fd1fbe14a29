package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response to a join: the generation of a classic group that the member is part of.
 *
 * @param error NONE, or why the member is not part of it; then only {@code memberId} is valid.
 * @param generation the generation, from 1; -1 if there is an error.
 * @param protocolType the group's protocol type; null if there is an error.
 * @param protocolName the protocol that was chosen; null if there is an error.
 * @param leaderId the member that assigns; empty if there is an error.
 * @param skipAssignment true for a leader that must not assign, because the group's assignment stays as it is
 *     (KIP-814).
 * @param memberId the member's id.
 * @param members all members for the leader; empty for others.
 */
public record JoinGroupResult(
        ErrorCode error,
        int generation,
        @Nullable String protocolType,
        @Nullable String protocolName,
        String leaderId,
        boolean skipAssignment,
        String memberId,
        List<Member> members) {
    /**
     * A member as its leader receives it.
     *
     * @param memberId the member's id.
     * @param instanceId a static member's own name, or null.
     * @param metadata the member's metadata for the protocol that was chosen.
     */
    public record Member(String memberId, @Nullable String instanceId, byte[] metadata) {}

    /**
     * Returns a result that refuses the join.
     *
     * @param error the error.
     * @param memberId the member's id, empty if it has none.
     * @return the result.
     */
    public static JoinGroupResult failed(final ErrorCode error, final String memberId) {
        return new JoinGroupResult(error, -1, null, null, "", false, memberId, List.of());
    }
}
