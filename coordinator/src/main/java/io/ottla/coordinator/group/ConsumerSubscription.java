package io.ottla.coordinator.group;

import io.ottla.api.group.JoinGroupProtocol;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;

/**
 * The subscription of a member of a consumer group, as recorded in the log.
 *
 * @param instanceId a static member's instance id, or null.
 * @param rackId the client's rack, or null.
 * @param clientId the client id.
 * @param clientHost its client's address.
 * @param topics the topics subscribed by name.
 * @param topicRegex the regular expression; empty for none.
 * @param rebalanceTimeoutMs the longest time for revoking partitions, in milliseconds.
 * @param assignor the preferred assignor, or null.
 * @param classic the metadata of a member that speaks the classic protocol, else null.
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
    /** The subscription of a member that has not sent one. */
    static final ConsumerSubscription NONE =
            new ConsumerSubscription(null, null, "", "", Collections.emptySortedSet(), "", -1, null, null);

    /**
     * The metadata of a member that speaks the classic protocol (KIP-848's online migration).
     *
     * @param sessionTimeoutMs the session timeout in milliseconds.
     * @param protocols the supported protocols.
     */
    record Classic(int sessionTimeoutMs, List<JoinGroupProtocol> protocols) {}

    /**
     * Estimates the subscription's memory.
     *
     * @return the estimate in bytes.
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
