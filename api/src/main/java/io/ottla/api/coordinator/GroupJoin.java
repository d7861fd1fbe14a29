package io.ottla.api.coordinator;

import java.util.List;

/**
 * A member wants to be part of a classic group's next generation.
 *
 * @param groupId the group's id.
 * @param memberId the member's id; empty when it joins for the first time.
 * @param instanceId a static member's own name (KIP-345), or null.
 * @param clientId what the client calls itself; may be empty.
 * @param clientHost the client's address as descriptions of the group show it.
 * @param sessionTimeoutMs without a heartbeat for so many milliseconds the member is out.
 * @param rebalanceTimeoutMs the group waits so many milliseconds for the member to join again.
 * @param protocolType what kind of group it is, such as {@code consumer}; the same for all members.
 * @param protocols the ways to divide work that the member knows, the best liked one first.
 * @param reason why the member joins (KIP-800), or null.
 * @param memberIdRequired a dynamic member without an id is given one and told to come again (KIP-394).
 * @param skipAssignmentSupported a static leader that comes back can be told not to assign (KIP-814).
 */
public record GroupJoin(
        String groupId,
        String memberId,
        String instanceId,
        String clientId,
        String clientHost,
        int sessionTimeoutMs,
        int rebalanceTimeoutMs,
        String protocolType,
        List<GroupProtocol> protocols,
        String reason,
        boolean memberIdRequired,
        boolean skipAssignmentSupported) {}
