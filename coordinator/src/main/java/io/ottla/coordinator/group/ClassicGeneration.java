package io.ottla.coordinator.group;

import java.util.List;

/**
 * A generation of a classic group, as recorded in the log.
 *
 * @param generation the generation's number, from 1; 0 for a group that never had a generation.
 * @param protocolType the group's protocol type, such as {@code consumer}; empty if it is not known yet.
 * @param protocolName the chosen protocol; null if there are no members.
 * @param leaderId the leader's member id; null if there are no members.
 * @param timestampMs the time at which the group entered its state; -1 if it is not known.
 * @param members the members; empty for an empty group.
 */
record ClassicGeneration(
        int generation,
        String protocolType,
        String protocolName,
        String leaderId,
        long timestampMs,
        List<Member> members) {
    /**
     * Estimates the generation's memory.
     *
     * @return the estimate in bytes.
     */
    long bytes() {
        long sum = 0;
        for (final Member member : members) {
            sum += 3 * GroupMemory.ENTRY_BYTES
                    + member.memberId.length()
                    + GroupMemory.bytesOf(member.instanceId)
                    + GroupMemory.bytesOf(member.clientId)
                    + (member.subscription == null ? 0 : member.subscription.length)
                    + (member.assignment == null ? 0 : member.assignment.length);
        }
        return sum;
    }

    /**
     * A member of a generation.
     *
     * @param memberId its id.
     * @param instanceId a static member's instance id, or null.
     * @param clientId the client id.
     * @param clientHost its client's address.
     * @param rebalanceTimeoutMs the rebalance timeout in milliseconds.
     * @param sessionTimeoutMs the session timeout in milliseconds.
     * @param subscription its metadata for the chosen protocol.
     * @param assignment its assignment.
     */
    record Member(
            String memberId,
            String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            byte[] subscription,
            byte[] assignment) {}
}
