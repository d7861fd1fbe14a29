package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * All about a classic group.
 *
 * @param groupId its id.
 * @param error NONE, or why there is nothing to tell.
 * @param message what is wrong, for people; null if nothing is.
 * @param state its state as Kafka writes it; {@code Dead} for a group that does not exist, empty for other errors.
 * @param protocolType what kind of group it is; may be empty.
 * @param protocolName the way that the work is divided; empty unless the group is stable.
 * @param members its members.
 */
public record ClassicGroupDescription(
        String groupId,
        ErrorCode error,
        String message,
        String state,
        String protocolType,
        String protocolName,
        List<Member> members) {
    /**
     * A member of a classic group.
     *
     * @param memberId its id.
     * @param instanceId a static member's own name, or null.
     * @param clientId what its client calls itself.
     * @param clientHost its client's address.
     * @param metadata what it said with the protocol that was chosen; empty unless the group is stable.
     * @param assignment its part of the work; empty unless the group is stable.
     */
    public record Member(
            String memberId,
            String instanceId,
            String clientId,
            String clientHost,
            byte[] metadata,
            byte[] assignment) {}
}
