package io.ottla.coordinator.group;

import io.ottla.api.group.PartitionAssignor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Assigns each member a contiguous range of each topic's partitions, so that partitions with the same index in topics
 * of the same size are assigned to the same member. Static members keep their places, since they are ordered by
 * instance id.
 */
public final class RangeAssignor implements PartitionAssignor {
    /** Creates the assignor. */
    public RangeAssignor() {}

    @Override
    public String name() {
        return "range";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Map<String, Map<UUID, Set<Integer>>> assign(
            final List<Member> members, final ToIntFunction<UUID> partitions) {
        final List<Member> ordered = new ArrayList<>(members);
        // Static members first, as in Kafka, since their order never changes.
        ordered.sort(Comparator.comparing((Member member) -> member.instanceId() == null)
                .thenComparing(member -> member.instanceId() == null ? member.memberId() : member.instanceId()));
        final Map<UUID, List<Member>> membersByTopic = new TreeMap<>();
        final Map<String, Map<UUID, Set<Integer>>> result = new HashMap<>();
        for (final Member member : ordered) {
            result.put(member.memberId(), new TreeMap<>());
            member.topics()
                    .forEach(topic -> membersByTopic
                            .computeIfAbsent(topic, id -> new ArrayList<>())
                            .add(member));
        }
        membersByTopic.forEach((topic, wanting) -> {
            final int count = partitions.applyAsInt(topic);
            final int share = count / wanting.size();
            final int larger = count % wanting.size();
            int next = 0;
            for (int i = 0; i < wanting.size(); i++) {
                final int end = next + share + (i < larger ? 1 : 0);
                final Set<Integer> run = new TreeSet<>();
                while (next < end) {
                    run.add(next++);
                }
                if (!run.isEmpty()) {
                    result.get(wanting.get(i).memberId()).put(topic, run);
                }
            }
        });
        return result;
    }
}
