package io.ottla.coordinator.group;

import io.ottla.api.group.PartitionOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The offsets of all groups of one shard. Durable state: only replayed records change it. */
final class GroupOffsets {
    /** The bytes of an offset with its place in the maps, without its metadata. */
    private static final long OFFSET_BYTES = 192;

    private static final long TOPIC_BYTES = 160;

    private final GroupMemory memory;
    private final Map<String, Map<String, TreeMap<Integer, CommittedOffset>>> byGroup = new HashMap<>();

    GroupOffsets(final GroupMemory whole) {
        memory = new GroupMemory(whole);
    }

    GroupMemory memory() {
        return memory;
    }

    /**
     * Returns a committed offset.
     *
     * @param groupId the group's id.
     * @param topic the topic's name.
     * @param partition the partition's index.
     * @return the offset, or null.
     */
    CommittedOffset get(final String groupId, final String topic, final int partition) {
        final Map<Integer, CommittedOffset> partitions = of(groupId).get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    /**
     * Returns all offsets of a group.
     *
     * @param groupId the group's id.
     * @return offsets by partition by topic; empty if there are none.
     */
    Map<String, TreeMap<Integer, CommittedOffset>> of(final String groupId) {
        return byGroup.getOrDefault(groupId, Map.of());
    }

    /**
     * Returns the groups that have offsets.
     *
     * @return their ids.
     */
    Set<String> groupIds() {
        return byGroup.keySet();
    }

    void put(final String groupId, final String topic, final int partition, final CommittedOffset committed) {
        final Map<Integer, CommittedOffset> partitions =
                byGroup.computeIfAbsent(groupId, id -> new TreeMap<>()).computeIfAbsent(topic, name -> new TreeMap<>());
        if (partitions.isEmpty()) {
            memory.add(bytesOfTopic(topic));
        }
        memory.add(bytesOf(committed) - bytesOf(partitions.put(partition, committed)));
    }

    void remove(final String groupId, final String topic, final int partition) {
        final Map<String, TreeMap<Integer, CommittedOffset>> topics = byGroup.get(groupId);
        final Map<Integer, CommittedOffset> partitions = topics == null ? null : topics.get(topic);
        if (partitions != null) {
            memory.add(-bytesOf(partitions.remove(partition)));
            if (partitions.isEmpty()) {
                topics.remove(topic);
                memory.add(-bytesOfTopic(topic));
            }
            if (topics.isEmpty()) {
                byGroup.remove(groupId);
            }
        }
    }

    /**
     * Estimates the memory that a commit adds. Metadata that is too long is refused later.
     *
     * @param offsets the offsets to commit.
     * @param present the group's offsets.
     * @return the estimate in bytes; 0 if the commit only replaces offsets.
     */
    static long newBytes(
            final List<PartitionOffset> offsets, final Map<String, ? extends Map<Integer, CommittedOffset>> present) {
        long sum = 0;
        for (final PartitionOffset offset : offsets) {
            final Map<Integer, CommittedOffset> partitions = present.get(offset.topic());
            if (partitions == null || !partitions.containsKey(offset.partition())) {
                sum += OFFSET_BYTES
                        + (partitions == null ? bytesOfTopic(offset.topic()) : 0)
                        + GroupMemory.bytesOf(offset.metadata());
            }
        }
        return sum;
    }

    private static long bytesOfTopic(final String topic) {
        return TOPIC_BYTES + topic.length();
    }

    private static long bytesOf(final CommittedOffset committed) {
        return committed == null ? 0 : OFFSET_BYTES + committed.metadata().length();
    }
}
