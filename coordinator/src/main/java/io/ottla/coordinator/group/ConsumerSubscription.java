package io.ottla.coordinator.group;

import io.ottla.api.group.JoinGroupProtocol;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;

/**
 * What a member of a consumer group wants, as it stands in the log.
 *
 * @param instanceId a static member's own name, or null.
 * @param rackId where its client is, or null.
 * @param clientId what its client calls itself.
 * @param clientHost its client's address.
 * @param topics the topics that it named.
 * @param topicRegex the expression that it gave; empty for none.
 * @param rebalanceTimeoutMs how long it may take to give partitions up, in milliseconds.
 * @param assignor how it wants work to be divided, or null.
 * @param classic what a member that speaks the classic protocol said; null for one that does not.
 */
record ConsumerSubscription(
        String instanceId,
        String rackId,
        String clientId,
        String clientHost,
        SortedSet<String> topics,
        String topicRegex,
        int rebalanceTimeoutMs,
        String assignor,
        Classic classic) {
    /** What a member wants that has not said anything. */
    static final ConsumerSubscription NONE =
            new ConsumerSubscription(null, null, "", "", Collections.emptySortedSet(), "", -1, null, null);

    /**
     * What a member that speaks the classic protocol said (KIP-848's online migration).
     *
     * @param sessionTimeoutMs how long it may be silent, in milliseconds.
     * @param protocols the protocols that it knows.
     */
    record Classic(int sessionTimeoutMs, List<JoinGroupProtocol> protocols) {}

    /**
     * Estimates what the subscription takes.
     *
     * @return bytes of memory.
     */
    long bytes() {
        long sum = GroupMemory.bytesOf(instanceId)
                + GroupMemory.bytesOf(rackId)
                + GroupMemory.bytesOf(clientId)
                + GroupMemory.bytesOf(assignor)
                + topicRegex.length();
        for (final String topic : topics) {
            sum += GroupMemory.ENTRY_BYTES + topic.length();
        }
        return classic == null ? sum : sum + ClassicMember.bytesOf(classic.protocols());
    }
}
