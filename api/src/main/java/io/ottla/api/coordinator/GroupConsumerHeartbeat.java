package io.ottla.api.coordinator;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A member of a consumer group joins, says that it lives, tells what it holds, or leaves (KIP-848). What is null has not
 * changed since the last time.
 *
 * @param member who; its generation is the member's epoch: 0 to join, -1 to leave, -2 for a static member to leave for a
 *     while.
 * @param clientId what the client calls itself; may be empty.
 * @param clientHost the client's address as descriptions of the group show it.
 * @param rackId where the client is, or null.
 * @param rebalanceTimeoutMs how long the member may take to give partitions up, in milliseconds; -1 for no change.
 * @param topics the names of the topics that it wants, or null.
 * @param topicRegex which other topics it wants, as an RE2 expression, or null; empty for none.
 * @param assignor how it wants work to be divided, or null.
 * @param owned the partitions that it holds, by topic, or null.
 * @param memberIdRequired whether it must bring an id when it joins (KIP-1082); else it is given one.
 */
public record GroupConsumerHeartbeat(
        GroupMemberId member,
        String clientId,
        String clientHost,
        String rackId,
        int rebalanceTimeoutMs,
        List<String> topics,
        String topicRegex,
        String assignor,
        Map<UUID, Set<Integer>> owned,
        boolean memberIdRequired) {}
