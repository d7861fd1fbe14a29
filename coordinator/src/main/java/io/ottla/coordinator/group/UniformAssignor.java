package io.ottla.coordinator.group;

import io.ottla.api.group.PartitionAssignor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Assigns all members about the same number of partitions, and keeps existing assignments where possible. A member has
 * at most one partition more than any other member that could take it.
 */
public final class UniformAssignor implements PartitionAssignor {
    /** Creates the assignor. */
    public UniformAssignor() {}

    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    /** A member and its new assignment. */
    private static final class Bucket {
        private final int index;
        private final Member member;
        private final Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        private int size;

        Bucket(final int index, final Member member) {
            this.index = index;
            this.member = member;
        }

        void add(final UUID topic, final int partition) {
            partitions.computeIfAbsent(topic, id -> new TreeSet<>()).add(partition);
            size++;
        }

        void remove(final UUID topic, final int partition) {
            final Set<Integer> left = partitions.get(topic);
            left.remove(partition);
            if (left.isEmpty()) {
                partitions.remove(topic);
            }
            size--;
        }
    }

    @Override
    public Map<String, Map<UUID, Set<Integer>>> assign(
            final List<Member> members, final ToIntFunction<UUID> partitions) {
        final List<Bucket> buckets = new ArrayList<>(members.size());
        final Map<UUID, List<Bucket>> bucketsByTopic = new TreeMap<>();
        for (final Member member : members) {
            final Bucket bucket = new Bucket(buckets.size(), member);
            buckets.add(bucket);
            member.topics()
                    .forEach(topic -> bucketsByTopic
                            .computeIfAbsent(topic, id -> new ArrayList<>())
                            .add(bucket));
        }
        keep(buckets, partitions);
        deal(buckets, bucketsByTopic, partitions);
        while (balance(buckets, bucketsByTopic)) {
            // Each round moves partitions to members that have at least two fewer.
        }
        final Map<String, Map<UUID, Set<Integer>>> result = new HashMap<>();
        buckets.forEach(bucket -> result.put(bucket.member.memberId(), bucket.partitions));
        return result;
    }

    private static void keep(final List<Bucket> buckets, final ToIntFunction<UUID> partitions) {
        final Map<UUID, Set<Integer>> taken = new HashMap<>();
        for (final Bucket bucket : buckets) {
            bucket.member.assigned().forEach((topic, assigned) -> {
                if (bucket.member.topics().contains(topic)) {
                    final int count = partitions.applyAsInt(topic);
                    final Set<Integer> takenOfTopic = taken.computeIfAbsent(topic, id -> new HashSet<>());
                    for (final int partition : assigned) {
                        if (partition < count && takenOfTopic.add(partition)) {
                            bucket.add(topic, partition);
                        }
                    }
                }
            });
        }
    }

    private static void deal(
            final List<Bucket> buckets,
            final Map<UUID, List<Bucket>> bucketsByTopic,
            final ToIntFunction<UUID> partitions) {
        final Map<UUID, Set<Integer>> taken = new HashMap<>();
        buckets.forEach(bucket -> bucket.partitions.forEach((topic, assigned) ->
                taken.computeIfAbsent(topic, id -> new HashSet<>()).addAll(assigned)));
        bucketsByTopic.forEach((topic, candidates) -> {
            final Set<Integer> takenOfTopic = taken.getOrDefault(topic, Set.of());
            final int count = partitions.applyAsInt(topic);
            // Ties go to the first bucket. A search through all buckets for each partition would be quadratic.
            final PriorityQueue<Bucket> smallestFirst = new PriorityQueue<>(
                    Comparator.comparingInt((Bucket bucket) -> bucket.size).thenComparingInt(bucket -> bucket.index));
            if (takenOfTopic.size() < count) {
                smallestFirst.addAll(candidates);
            }
            for (int partition = 0; partition < count; partition++) {
                if (!takenOfTopic.contains(partition)) {
                    final Bucket smallest = smallestFirst.poll();
                    smallest.add(topic, partition);
                    smallestFirst.add(smallest);
                }
            }
        });
    }

    private static Bucket smallest(final List<Bucket> candidates) {
        Bucket smallest = candidates.getFirst();
        for (final Bucket candidate : candidates) {
            if (candidate.size < smallest.size) {
                smallest = candidate;
            }
        }
        return smallest;
    }

    private static boolean balance(final List<Bucket> buckets, final Map<UUID, List<Bucket>> bucketsByTopic) {
        boolean moved = false;
        int least = Integer.MAX_VALUE;
        for (final Bucket bucket : buckets) {
            least = Math.min(least, bucket.size);
        }
        for (final Bucket from : buckets) {
            if (from.size <= least + 1) {
                // Most rounds end here, without visiting each topic of each member.
                continue;
            }
            for (final UUID topic : List.copyOf(from.partitions.keySet())) {
                Bucket target = smallest(bucketsByTopic.get(topic));
                while (from.partitions.containsKey(topic) && target.size + 1 < from.size) {
                    final Set<Integer> held = from.partitions.get(topic);
                    final int partition = ((TreeSet<Integer>) held).last();
                    from.remove(topic, partition);
                    target.add(topic, partition);
                    moved = true;
                    target = smallest(bucketsByTopic.get(topic));
                }
            }
        }
        return moved;
    }
}
