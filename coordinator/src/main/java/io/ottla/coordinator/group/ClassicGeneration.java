package io.ottla.coordinator.group;

import java.util.List;

/**
 * A generation of a classic group as it stands in the log.
 *
 * @param generation its number, from 1; 0 for a group that never had one.
 * @param protocolType what kind of group it is; empty if it is not known yet.
 * @param protocolName the way that work is divided; null if there are no members.
 * @param leaderId the member that assigned; null if there are no members.
 * @param timestampMs when the group came to its state; -1 if it is not known.
 * @param members its members; none for a group that is empty.
 */
record ClassicGeneration(
        int generation,
        String protocolType,
        String protocolName,
        String leaderId,
        long timestampMs,
        List<Member> members) {
    /**
     * Estimates what the generation takes.
     *
     * @return bytes of memory.
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
     * @param instanceId a static member's own name, or null.
     * @param clientId what its client called itself.
     * @param clientHost its client's address.
     * @param rebalanceTimeoutMs how long the group waits for it, in milliseconds.
     * @param sessionTimeoutMs how long it may be silent, in milliseconds.
     * @param subscription what it said with the protocol that was chosen.
     * @param assignment its part of the work.
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
