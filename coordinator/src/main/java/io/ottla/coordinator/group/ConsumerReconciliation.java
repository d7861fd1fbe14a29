package io.ottla.coordinator.group;

import io.ottla.coordinator.group.ConsumerAssignment.State;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Reconciles a member of a consumer group with its target assignment: it first revokes partitions that are not in its
 * target, then moves to the target's epoch and receives the free partitions, then receives the rest as others revoke
 * them (KIP-848).
 */
final class ConsumerReconciliation {
    private final ConsumerGroup group;
    private final ConsumerMember member;
    private final int targetEpoch;
    private final Map<UUID, Set<Integer>> target;
    private final Set<UUID> wanted;
    private final Map<UUID, Set<Integer>> owned;

    /**
     * Creates the reconciliation of one member.
     *
     * @param group the member's group, which knows the partitions' owners.
     * @param member the member.
     * @param targetEpoch the epoch of the target assignment.
     * @param target the member's target assignment.
     * @param wanted the topics that the member subscribes to now, which may differ from those of the target.
     * @param owned the partitions that the member reports as owned; null if it did not report any.
     */
    ConsumerReconciliation(
            final ConsumerGroup group,
            final ConsumerMember member,
            final int targetEpoch,
            final Map<UUID, Set<Integer>> target,
            final Set<UUID> wanted,
            final Map<UUID, Set<Integer>> owned) {
        this.group = group;
        this.member = member;
        this.targetEpoch = targetEpoch;
        this.target = target;
        this.wanted = wanted;
        this.owned = owned;
    }

    /**
     * Returns the next assignment.
     *
     * @param subscriptionChanged true if the member's subscribed topics changed.
     * @return the member's new assignment; the same object if nothing changes.
     */
    ConsumerAssignment next(final boolean subscriptionChanged) {
        final ConsumerAssignment current = member.assignment();
        return switch (current.state()) {
            case STABLE -> {
                if (current.epoch() != targetEpoch) {
                    yield advance(current);
                }
                yield subscriptionChanged ? dropUnwanted(current) : current;
            }
            case UNREVOKED_PARTITIONS -> {
                if (stillOwns(current.revoking())) {
                    yield subscriptionChanged ? dropUnwanted(current) : current;
                }
                yield advance(current);
            }
            case UNRELEASED_PARTITIONS -> advance(current);
        };
    }

    /** Returns whether the member may still own partitions; one that does not report any may own them all. */
    private boolean stillOwns(final Map<UUID, Map<Integer, Integer>> revoking) {
        if (owned == null) {
            return true;
        }
        for (final Map.Entry<UUID, Set<Integer>> topic : owned.entrySet()) {
            final Map<Integer, Integer> revokingOfTopic = revoking.getOrDefault(topic.getKey(), Map.of());
            for (final int partition : topic.getValue()) {
                if (revokingOfTopic.containsKey(partition)) {
                    return true;
                }
            }
        }
        return false;
    }

    private ConsumerAssignment dropUnwanted(final ConsumerAssignment current) {
        final Map<UUID, Map<Integer, Integer>> assigned = new TreeMap<>();
        final Map<UUID, Map<Integer, Integer>> revoking = new TreeMap<>();
        current.revoking().forEach((topic, epochs) -> revoking.put(topic, new TreeMap<>(epochs)));
        current.assigned().forEach((topic, epochs) -> {
            if (wanted.contains(topic)) {
                assigned.put(topic, epochs);
            } else {
                revoking.computeIfAbsent(topic, id -> new TreeMap<>()).putAll(epochs);
            }
        });
        if (assigned.size() == current.assigned().size()) {
            return current;
        }
        return stillOwns(revoking)
                ? current.next(current.epoch(), State.UNREVOKED_PARTITIONS, assigned, revoking)
                : current.next(current.epoch(), current.state(), assigned, current.revoking());
    }

    private ConsumerAssignment advance(final ConsumerAssignment current) {
        final Map<UUID, Map<Integer, Integer>> assigned = new TreeMap<>();
        final Map<UUID, Map<Integer, Integer>> revoking = new TreeMap<>();
        final Map<UUID, Set<Integer>> free = new TreeMap<>();
        boolean unreleased = false;
        final Set<UUID> topics = new TreeSet<>(target.keySet());
        topics.addAll(current.assigned().keySet());
        for (final UUID topic : topics) {
            final Set<Integer> targeted = wanted.contains(topic) ? target.getOrDefault(topic, Set.of()) : Set.of();
            final Map<Integer, Integer> has = current.assigned().getOrDefault(topic, Map.of());
            has.forEach((partition, epoch) -> (targeted.contains(partition) ? assigned : revoking)
                    .computeIfAbsent(topic, id -> new TreeMap<>())
                    .put(partition, epoch));
            for (final int partition : targeted) {
                if (!has.containsKey(partition)) {
                    final String owner = group.owner(topic, partition);
                    if (owner == null || owner.equals(member.memberId())) {
                        free.computeIfAbsent(topic, id -> new TreeSet<>()).add(partition);
                    } else {
                        unreleased = true;
                    }
                }
            }
        }
        if (!revoking.isEmpty() && stillOwns(revoking)) {
            return current.next(current.epoch(), State.UNREVOKED_PARTITIONS, assigned, revoking);
        }
        free.forEach((topic, partitions) -> {
            final Map<Integer, Integer> epochs = assigned.computeIfAbsent(topic, id -> new TreeMap<>());
            partitions.forEach(partition -> epochs.put(partition, targetEpoch));
        });
        final State state = unreleased ? State.UNRELEASED_PARTITIONS : State.STABLE;
        if (current.epoch() == targetEpoch
                && current.state() == state
                && current.revoking().isEmpty()
                && assigned.equals(current.assigned())) {
            return current;
        }
        return current.next(targetEpoch, state, assigned, Map.of());
    }
}
