package io.ottla.coordinator.group;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What a member of a consumer group may hold now, as it stands in the log. Partitions have the epochs in which the member got
 * them.
 *
 * @param epoch the member's epoch; 0 before it got one, -2 for a static member that is away.
 * @param previousEpoch the epoch before, which is accepted once more because an answer may get lost.
 * @param state where it is on its way to its target.
 * @param assigned the partitions that it may hold: epochs by partition by topic.
 * @param revoking the partitions that it must give up.
 */
record ConsumerAssignment(
        int epoch,
        int previousEpoch,
        State state,
        Map<UUID, Map<Integer, Integer>> assigned,
        Map<UUID, Map<Integer, Integer>> revoking) {
    /** The epoch of a static member that left for a while. */
    static final int AWAY = -2;

    /** What a member has that has just come. */
    static final ConsumerAssignment NONE = new ConsumerAssignment(0, -1, State.STABLE, Map.of(), Map.of());

    /** Where a member is on its way to its target. */
    enum State {
        /** It has its target. */
        STABLE(0),
        /** It must give partitions up before it gets others. */
        UNREVOKED_PARTITIONS(1),
        /** It waits for partitions that others must give up. */
        UNRELEASED_PARTITIONS(2);

        private final byte code;

        State(final int code) {
            this.code = (byte) code;
        }

        /**
         * The state as it stands in records.
         *
         * @return Kafka's number.
         */
        byte code() {
            return code;
        }

        /**
         * The state of a number.
         *
         * @param code as it stood in a record.
         * @return the state; for one that this broker does not know, the one in which the least is taken for granted.
         */
        static State of(final byte code) {
            return code >= 0 && code < values().length ? values()[code] : UNRELEASED_PARTITIONS;
        }
    }

    /**
     * Estimates what the assignment takes, together with the group's own note of who has which partition.
     *
     * @return bytes of memory.
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
     * The next assignment of the same member.
     *
     * @param nextEpoch its epoch.
     * @param nextState its state.
     * @param nextAssigned what it may hold.
     * @param nextRevoking what it must give up.
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
     * A static member leaves for a while and keeps what it has.
     *
     * @return its assignment while it is away.
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
     * A static member comes back with a new id.
     *
     * @return what it begins with.
     */
    ConsumerAssignment back() {
        return new ConsumerAssignment(0, 0, state, assigned, revoking);
    }

    /**
     * The partitions that the member may hold, without epochs.
     *
     * @return partitions by topic.
     */
    Map<UUID, Set<Integer>> partitions() {
        final Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        assigned.forEach((topic, epochs) -> partitions.put(topic, new TreeSet<>(epochs.keySet())));
        return partitions;
    }

    /**
     * The partitions that the member has, be it that it must give them up.
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
     * Whether all of some partitions are the member's.
     *
     * @param owned partitions by topic.
     * @return true if it may hold them all.
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
     * In which epoch the member got a partition, be it one that it must give up.
     *
     * @param topic the topic's id.
     * @param partition the partition's index.
     * @return the epoch, or null if the partition is not the member's.
     */
    Integer epochOf(final UUID topic, final int partition) {
        final Integer epochOfAssigned = assigned.getOrDefault(topic, Map.of()).get(partition);
        return epochOfAssigned == null ? revoking.getOrDefault(topic, Map.of()).get(partition) : epochOfAssigned;
    }
}
