package io.ottla.coordinator.group;

import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** What the topics that consumer groups name are (KIP-848). */
final class ConsumerTopics {
    private static final long FNV_OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final MetadataView metadata;

    ConsumerTopics(final MetadataView metadata) {
        this.metadata = metadata;
    }

    /**
     * Tells whether topics have changed.
     *
     * @return a number that grows when they do.
     */
    long version() {
        return metadata.topicsVersion();
    }

    /**
     * Finds topics.
     *
     * @param expression an expression.
     * @return the names of the topics that it matches as a whole.
     */
    SortedSet<String> matching(final TopicExpression expression) {
        final SortedSet<String> names = new TreeSet<>();
        for (final TopicImage topic : metadata.topics()) {
            if (expression.matches(topic.name())) {
                names.add(topic.name());
            }
        }
        return names;
    }

    /**
     * Counts what an expression is applied to.
     *
     * @return the characters of all topics' names.
     */
    long nameLengths() {
        long sum = 0;
        for (final TopicImage topic : metadata.topics()) {
            sum += topic.name().length();
        }
        return sum;
    }

    /**
     * The ids of topics.
     *
     * @param names their names.
     * @return the ids of those that are there.
     */
    Set<UUID> ids(final Set<String> names) {
        final Set<UUID> ids = new TreeSet<>();
        for (final String name : names) {
            final TopicImage topic = metadata.topic(name);
            if (topic != null) {
                ids.add(topic.id());
            }
        }
        return ids;
    }

    /**
     * How many partitions a topic has.
     *
     * @param id the topic's id.
     * @return their number; 0 if the topic is gone.
     */
    int partitions(final UUID id) {
        final TopicImage topic = metadata.topic(id);
        return topic == null ? 0 : topic.partitions();
    }

    /**
     * A number that changes when one of some topics comes, goes or grows.
     *
     * @param names the topics' names, in order.
     * @return the number; 0 if none of the topics is there.
     */
    long hash(final SortedSet<String> names) {
        long hash = 0;
        for (final String name : names) {
            final TopicImage topic = metadata.topic(name);
            if (topic != null) {
                hash = hash == 0 ? FNV_OFFSET_BASIS : hash;
                for (final byte b : name.getBytes(StandardCharsets.UTF_8)) {
                    hash = (hash ^ b) * FNV_PRIME;
                }
                hash = (hash ^ topic.id().getMostSignificantBits()) * FNV_PRIME;
                hash = (hash ^ topic.id().getLeastSignificantBits()) * FNV_PRIME;
                hash = (hash ^ topic.partitions()) * FNV_PRIME;
            }
        }
        return hash;
    }
}
