package io.ottla.coordinator.group;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The current assignment of a member of a consumer group, as recorded in the log. Each partition has the epoch in which
 * it was assigned.
 *
 * @param epoch the member epoch; 0 before the first one, -2 for a static member that left temporarily.
 * @param previousEpoch the previous member epoch, which is still accepted because an answer may get lost.
 * @param state the state of its reconciliation with the target assignment.
 * @param assigned the assigned partitions: epochs by partition by topic.
 * @param revoking the partitions that the member must revoke.
 */
record ConsumerAssignment(
        int epoch,
        int previousEpoch,
        State state,
        Map<UUID, Map<Integer, Integer>> assigned,
        Map<UUID, Map<Integer, Integer>> revoking) {
    /** The epoch of a static member that left temporarily. */
    static final int AWAY = -2;

    /** The assignment of a new member. */
    static final ConsumerAssignment NONE = new ConsumerAssignment(0, -1, State.STABLE, Map.of(), Map.of());

    /** The state of a member's reconciliation with its target assignment. */
    enum State {
        /** The member has its target assignment. */
        STABLE(0),
        /** The member must revoke partitions before it receives others. */
        UNREVOKED_PARTITIONS(1),
        /** The member waits for partitions that others must revoke. */
        UNRELEASED_PARTITIONS(2);

        private final byte code;

        State(final int code) {
            this.code = (byte) code;
        }

        /**
         * Returns the state's number in records.
         *
         * @return Kafka's number.
         */
        byte code() {
            return code;
        }

        /**
         * Returns the state for a number.
         *
         * @param code the number in a record.
         * @return the state; for an unknown number, the state with the fewest assumptions.
         */
        static State of(final byte code) {
            return code >= 0 && code < values().length ? values()[code] : UNRELEASED_PARTITIONS;
        }
    }

    /**
     * Estimates the assignment's memory, including the group's index of partition owners.
     *
     * @return the estimate in bytes.
     */
    long bytes() {
        return bytesOf(assigned) + bytesOf(revoking);
    }

    private static long bytesOf(final Map<UUID, Map<Integer, Integer>> partitions) {
        long sum = 0;
        for (final Map<Integer, Integer> epochs : partitions.values()) {
            sum += (2L + 2L * epochs.size()) * GroupMemory.ENTRY_BYTES;
        }
        return sum;
    }

    /**
     * Returns the next assignment of the same member.
     *
     * @param nextEpoch the member epoch.
     * @param nextState the state.
     * @param nextAssigned the assigned partitions.
     * @param nextRevoking the partitions to revoke.
     * @return the assignment, with this one's epoch as the previous one.
     */
    ConsumerAssignment next(
            final int nextEpoch,
            final State nextState,
            final Map<UUID, Map<Integer, Integer>> nextAssigned,
            final Map<UUID, Map<Integer, Integer>> nextRevoking) {
        return new ConsumerAssignment(nextEpoch, epoch, nextState, nextAssigned, nextRevoking);
    }

    /**
     * Returns the assignment of a static member that leaves temporarily and keeps its partitions.
     *
     * @return the assignment while the member is away.
     */
    ConsumerAssignment away() {
        final Map<UUID, Map<Integer, Integer>> kept = new TreeMap<>();
        assigned.forEach((topic, partitions) -> {
            final Map<Integer, Integer> epochs = new TreeMap<>();
            partitions.keySet().forEach(partition -> epochs.put(partition, 0));
            kept.put(topic, epochs);
        });
        return new ConsumerAssignment(AWAY, previousEpoch, state, kept, Map.of());
    }

    /**
     * Returns the assignment of a static member that comes back with a new id.
     *
     * @return the initial assignment of the new member.
     */
    ConsumerAssignment back() {
        return new ConsumerAssignment(0, 0, state, assigned, revoking);
    }

    /**
     * Returns the assigned partitions, without epochs.
     *
     * @return partitions by topic.
     */
    Map<UUID, Set<Integer>> partitions() {
        final Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        assigned.forEach((topic, epochs) -> partitions.put(topic, new TreeSet<>(epochs.keySet())));
        return partitions;
    }

    /**
     * Returns the partitions that the member owns, including those that it must revoke.
     *
     * @return partitions by topic.
     */
    Map<UUID, Set<Integer>> held() {
        final Map<UUID, Set<Integer>> held = partitions();
        revoking.forEach((topic, epochs) ->
                held.computeIfAbsent(topic, id -> new TreeSet<>()).addAll(epochs.keySet()));
        return held;
    }

    /**
     * Returns whether all of the given partitions are assigned to the member.
     *
     * @param owned partitions by topic.
     * @return true if all are assigned.
     */
    boolean covers(final Map<UUID, Set<Integer>> owned) {
        for (final Map.Entry<UUID, Set<Integer>> topic : owned.entrySet()) {
            if (!assigned.getOrDefault(topic.getKey(), Map.of()).keySet().containsAll(topic.getValue())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the epoch in which the member received a partition, even one that it must revoke.
     *
     * @param topic the topic's id.
     * @param partition the partition's index.
     * @return the epoch, or null if the member does not own the partition.
     */
    Integer epochOf(final UUID topic, final int partition) {
        final Integer epochOfAssigned = assigned.getOrDefault(topic, Map.of()).get(partition);
        return epochOfAssigned == null ? revoking.getOrDefault(topic, Map.of()).get(partition) : epochOfAssigned;
    }
}
