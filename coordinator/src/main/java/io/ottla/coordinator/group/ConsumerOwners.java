package io.ottla.coordinator.group;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The owners of partitions in a consumer group, including partitions that a member must revoke. */
final class ConsumerOwners {
    private final Map<UUID, Map<Integer, String>> memberByPartition = new HashMap<>();

    /**
     * Adds a member's partitions.
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
     * Removes a member's partitions, except for those that another member has taken over since.
     *
     * @param member the member with its former assignment.
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
     * Returns the owner of a partition.
     *
     * @param topic the topic's id.
     * @param partition the partition's index.
     * @return a member's id, or null if the partition is free.
     */
    String owner(final UUID topic, final int partition) {
        return memberByPartition.getOrDefault(topic, Map.of()).get(partition);
    }
}
