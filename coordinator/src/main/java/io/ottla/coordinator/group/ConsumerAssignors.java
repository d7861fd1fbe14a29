package io.ottla.coordinator.group;

import io.ottla.api.Providers;
import io.ottla.api.group.PartitionAssignor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the configured assignors, and elects one for a consumer group. */
final class ConsumerAssignors {
    private final Map<String, PartitionAssignor> assignorByName;

    private ConsumerAssignors(final Map<String, PartitionAssignor> assignorByName) {
        this.assignorByName = assignorByName;
    }

    /**
     * Finds assignors. The built-in ones are not looked up by the service loader, which would slow down the start.
     *
     * @param names the assignors' names, the default first.
     * @return the assignors.
     * @throws io.ottla.api.ConfigException if a name has no assignor.
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
     * Returns the names that members may vote for.
     *
     * @return the names, the default first.
     */
    Set<String> names() {
        return assignorByName.keySet();
    }

    /**
     * Returns an assignor by its name.
     *
     * @param name one of {@link #names}.
     * @return the assignor.
     */
    PartitionAssignor get(final String name) {
        return assignorByName.get(name);
    }

    /**
     * Counts the members' votes. Votes for an assignor that the broker no longer offers are ignored. (Kafka fails the
     * assignment then, and breaks ties by the order of a hash table.)
     *
     * @param members the members of a group.
     * @return the name with the most votes; in a tie or without votes, the first one in the broker's configuration.
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
