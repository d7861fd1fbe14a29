package io.ottla.server.topic;

import java.util.HashSet;
import java.util.List;

/** Checks assignments of replicas that clients bring along, for a cluster of one broker. */
final class TopicAssignments {
    private TopicAssignments() {}

    /**
     * Checks the replicas of one partition.
     *
     * @param brokerIds where the partition's replicas shall be.
     * @param nodeId the one broker's number.
     * @return null if that is possible, else what is wrong, for people.
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
