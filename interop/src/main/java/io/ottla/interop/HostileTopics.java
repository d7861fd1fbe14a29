package io.ottla.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Hostile clients that create topics, small and huge, and delete them when there are many. Used by one thread. */
final class HostileTopics {
    private static final int HUGE = 10_000;
    private static final int HUGE_TOPICS = 14;
    private static final int TOPICS_MAX = 60;
    private static final int PARTITIONS_MAX = 1_500;
    private static final int DELETED_AT_ONCE = 50;
    private static final String NEW = HostileNames.PREFIX + "new";

    private final HostileTarget target;
    private final SplittableRandom random;
    private int made;

    HostileTopics(final HostileTarget target, final SplittableRandom random) {
        this.target = target;
        this.random = random;
    }

    /**
     * Creates some, and deletes all that belong to hostile clients when there are too many for a small disk.
     *
     * @throws IOException if the broker does not answer.
     */
    void topics() throws IOException {
        switch (random.nextInt(8)) {
            case 0 -> target.create(random, HUGE, NEW + made++);
            case 1 -> target.create(random, HUGE, names(HUGE_TOPICS));
            case 2 -> target.create(random, Integer.MAX_VALUE, NEW + made++);
            case 3 -> {
                final String name = NEW + made++;
                target.create(random, 1, name);
                final CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(20_000);
                request.topics()
                        .add(new CreatePartitionsTopic()
                                .setName(name)
                                .setCount(random.nextBoolean() ? HUGE : Integer.MAX_VALUE)
                                .setAssignments(null));
                target.ask(random, ApiKeys.CREATE_PARTITIONS, 3, request);
            }
            default -> target.create(random, random.nextInt(1, 20), names(random.nextInt(1, 30)));
        }
        final Map<String, Integer> there = target.topics(random);
        final int partitions =
                there.values().stream().mapToInt(Integer::intValue).sum();
        if (there.size() > TOPICS_MAX || partitions > PARTITIONS_MAX) {
            final List<String> names = new ArrayList<>(there.keySet());
            for (int i = 0; i < names.size(); i += DELETED_AT_ONCE) {
                target.delete(random, names.subList(i, Math.min(names.size(), i + DELETED_AT_ONCE)));
            }
        }
    }

    private String[] names(final int count) {
        final String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = NEW + made++;
        }
        return names;
    }
}
