package io.ottla.coordinator.group;

import io.ottla.api.Providers;
import io.ottla.api.group.PartitionAssignor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The assignors that the broker offers, and how the members of a consumer group choose one of them. */
final class ConsumerAssignors {
    private final Map<String, PartitionAssignor> assignorByName;

    private ConsumerAssignors(final Map<String, PartitionAssignor> assignorByName) {
        this.assignorByName = assignorByName;
    }

    /**
     * Finds assignors. Our own ones are not looked for, which costs a start some time.
     *
     * @param names their names, the default one first.
     * @return the assignors.
     * @throws io.ottla.api.ConfigException if there is none of a name.
     */
    static ConsumerAssignors of(final List<String> names) {
        final Map<String, PartitionAssignor> found = new LinkedHashMap<>();
        for (final String name : names) {
            found.put(
                    name,
                    switch (name) {
                        case "uniform" -> new UniformAssignor();
                        case "range" -> new RangeAssignor();
                        default ->
                            Providers.find(
                                    PartitionAssignor.class,
                                    PartitionAssignor.SPI_VERSION,
                                    "group.consumer.assignors",
                                    name);
                    });
        }
        return new ConsumerAssignors(found);
    }

    /**
     * The names that members may vote for.
     *
     * @return the names, the default one first.
     */
    Set<String> names() {
        return assignorByName.keySet();
    }

    /**
     * An assignor by its name.
     *
     * @param name one of {@link #names}.
     * @return the assignor.
     */
    PartitionAssignor get(final String name) {
        return assignorByName.get(name);
    }

    /**
     * Counts the members' votes. One for an assignor that the broker no longer offers does not count. (Kafka fails to assign then,
     * and leaves a tie to a hash table.)
     *
     * @param members the members of a group.
     * @return the name with the most votes; of two with as many, and without any vote, the one that the broker names first.
     */
    String elected(final Collection<ConsumerMember> members) {
        String best = null;
        int most = -1;
        for (final String name : assignorByName.keySet()) {
            int votes = 0;
            for (final ConsumerMember member : members) {
                votes += name.equals(member.subscription().assignor()) ? 1 : 0;
            }
            if (votes > most) {
                most = votes;
                best = name;
            }
        }
        return best;
    }
}
