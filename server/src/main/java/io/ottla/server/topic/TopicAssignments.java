package io.ottla.server.topic;

import java.util.HashSet;
import java.util.List;

/** Validates manual assignments of replicas, for a cluster of one broker. */
final class TopicAssignments {
    private TopicAssignments() {}

    /**
     * Validates the replicas of one partition.
     *
     * @param brokerIds the brokers of the partition's replicas.
     * @param nodeId the id of the only broker.
     * @return null if they are valid, else the error message.
     */
    static String problem(final List<Integer> brokerIds, final int nodeId) {
        if (brokerIds == null || brokerIds.isEmpty()) {
            return "The manual partition assignment includes an empty replica list.";
        }
        final HashSet<Integer> seen = new HashSet<>();
        for (final int brokerId : brokerIds) {
            if (!seen.add(brokerId)) {
                return "The manual partition assignment includes the broker " + brokerId + " more than once.";
            }
        }
        for (final int brokerId : brokerIds) {
            if (brokerId != nodeId) {
                return "The manual partition assignment includes broker " + brokerId
                        + ", but no such broker is registered.";
            }
        }
        return null;
    }
}
