package io.ottla.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The offsets of all groups of one shard. Durable state: only replayed records change it. */
final class GroupOffsets {
    private final Map<String, Map<String, TreeMap<Integer, CommittedOffset>>> byGroup = new HashMap<>();

    /**
     * An offset.
     *
     * @param groupId the group's id.
     * @param topic the topic's name.
     * @param partition the partition's index.
     * @return what is committed, or null.
     */
    CommittedOffset get(final String groupId, final String topic, final int partition) {
        final Map<Integer, CommittedOffset> partitions = of(groupId).get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    /**
     * All offsets of a group.
     *
     * @param groupId the group's id.
     * @return offsets by partition by topic; empty if there are none.
     */
    Map<String, TreeMap<Integer, CommittedOffset>> of(final String groupId) {
        return byGroup.getOrDefault(groupId, Map.of());
    }

    /**
     * The groups that have offsets.
     *
     * @return their ids.
     */
    Set<String> groupIds() {
        return byGroup.keySet();
    }

    void put(final String groupId, final String topic, final int partition, final CommittedOffset committed) {
        byGroup.computeIfAbsent(groupId, id -> new TreeMap<>())
                .computeIfAbsent(topic, name -> new TreeMap<>())
                .put(partition, committed);
    }

    void remove(final String groupId, final String topic, final int partition) {
        final Map<String, TreeMap<Integer, CommittedOffset>> topics = byGroup.get(groupId);
        final Map<Integer, CommittedOffset> partitions = topics == null ? null : topics.get(topic);
        if (partitions != null) {
            partitions.remove(partition);
            if (partitions.isEmpty()) {
                topics.remove(topic);
            }
            if (topics.isEmpty()) {
                byGroup.remove(groupId);
            }
        }
    }
}
