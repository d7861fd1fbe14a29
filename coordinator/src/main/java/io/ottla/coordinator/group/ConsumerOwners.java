package io.ottla.coordinator.group;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Which member of a consumer group has which partition, also one that it must give up. */
final class ConsumerOwners {
    private final Map<UUID, Map<Integer, String>> memberByPartition = new HashMap<>();

    /**
     * A member has what it is assigned.
     *
     * @param member the member.
     */
    void own(final ConsumerMember member) {
        own(member, member.assignment().assigned());
        own(member, member.assignment().revoking());
    }

    private void own(final ConsumerMember member, final Map<UUID, Map<Integer, Integer>> partitions) {
        partitions.forEach((topic, epochs) -> epochs.keySet()
                .forEach(partition -> memberByPartition
                        .computeIfAbsent(topic, id -> new HashMap<>())
                        .put(partition, member.memberId())));
    }

    /**
     * A member has nothing any more. What another member has taken since stays with that one.
     *
     * @param member the member with what it had.
     */
    void disown(final ConsumerMember member) {
        disown(member, member.assignment().assigned());
        disown(member, member.assignment().revoking());
    }

    private void disown(final ConsumerMember member, final Map<UUID, Map<Integer, Integer>> partitions) {
        partitions.forEach((topic, epochs) -> {
            final Map<Integer, String> owned = memberByPartition.get(topic);
            if (owned != null) {
                epochs.keySet().forEach(partition -> owned.remove(partition, member.memberId()));
                if (owned.isEmpty()) {
                    memberByPartition.remove(topic);
                }
            }
        });
    }

    /**
     * Who has a partition.
     *
     * @param topic the topic's id.
     * @param partition the partition's index.
     * @return a member's id, or null if the partition is free.
     */
    String owner(final UUID topic, final int partition) {
        return memberByPartition.getOrDefault(topic, Map.of()).get(partition);
    }
}
