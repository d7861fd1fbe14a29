package io.ottla.coordinator.group;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The groups that one {@link GroupMachine} replayed, and their offsets. */
final class GroupImage {
    private final Map<String, Group> groups = new TreeMap<>();
    private final GroupMemory memory;
    private final GroupOffsets offsets;

    GroupImage(final GroupMemory memory) {
        this.memory = memory;
        this.offsets = new GroupOffsets(memory);
    }

    /**
     * Finds a group.
     *
     * @param groupId the group's id.
     * @return the group; null if there is none.
     */
    Group group(final String groupId) {
        return groups.get(groupId);
    }

    Collection<Group> groups() {
        return groups.values();
    }

    GroupOffsets offsets() {
        return offsets;
    }

    /**
     * Returns the memory of all groups and offsets.
     *
     * @return the count.
     */
    GroupMemory memory() {
        return memory;
    }

    /**
     * Applies a committed record to the state.
     *
     * @param offset the record's offset in the log.
     * @param record the record.
     */
    void replay(final long offset, final GroupRecord record) {
        switch (record) {
            case GroupRecord.Classic(final String groupId, final ClassicGeneration generation) -> {
                if (generation == null) {
                    if (groups.get(groupId) instanceof ClassicGroup) {
                        put(groupId, null);
                    }
                } else {
                    classicGroup(groupId).replay(generation);
                }
            }
            case GroupRecord.Offset(
                    final String groupId,
                    final String topic,
                    final int partition,
                    final CommittedOffset committed) -> {
                if (committed == null) {
                    offsets.remove(groupId, topic, partition);
                } else {
                    // A group without members is created with its first offset.
                    groups.computeIfAbsent(groupId, id -> new ClassicGroup(id, memory));
                    offsets.put(groupId, topic, partition, committed.at(offset));
                }
            }
            case final GroupRecord.Epoch epoch
            when epoch.isTombstone() -> {
                if (groups.get(epoch.groupId()) instanceof ConsumerGroup) {
                    put(epoch.groupId(), null);
                }
            }
            default -> {
                // A tombstone does not create a group.
                if (!record.isTombstone() || groups.get(record.groupId()) instanceof ConsumerGroup) {
                    consumerGroup(record.groupId()).replay(record);
                }
            }
        }
    }

    private void put(final String groupId, final Group group) {
        final Group before = group == null ? groups.remove(groupId) : groups.put(groupId, group);
        if (before != null) {
            before.memory().end();
        }
    }

    private ClassicGroup classicGroup(final String groupId) {
        if (!(groups.get(groupId) instanceof final ClassicGroup group)) {
            final ClassicGroup added = new ClassicGroup(groupId, memory);
            put(groupId, added);
            return added;
        }
        return group;
    }

    /** Returns a consumer group. A classic group that only has offsets has no record of its own, and is replaced. */
    private ConsumerGroup consumerGroup(final String groupId) {
        if (!(groups.get(groupId) instanceof final ConsumerGroup group)) {
            final ConsumerGroup added = new ConsumerGroup(groupId, memory);
            put(groupId, added);
            return added;
        }
        return group;
    }
}
