package io.ottla.coordinator.group;

import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** Resolves the topics that consumer groups subscribe to (KIP-848). */
final class ConsumerTopics {
    private static final long FNV_OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final MetadataView metadata;

    ConsumerTopics(final MetadataView metadata) {
        this.metadata = metadata;
    }

    /**
     * Returns a version that shows whether topics have changed.
     *
     * @return a number that grows with each change.
     */
    long version() {
        return metadata.topicsVersion();
    }

    /**
     * Finds the topics that match an expression.
     *
     * @param expression an expression.
     * @return the topics whose whole name matches.
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
     * Counts the characters that an expression is applied to.
     *
     * @return the total length of all topics' names.
     */
    long nameLengths() {
        long sum = 0;
        for (final TopicImage topic : metadata.topics()) {
            sum += topic.name().length();
        }
        return sum;
    }

    /**
     * Returns the ids of topics.
     *
     * @param names their names.
     * @return the ids of the topics that exist.
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
     * Returns the number of partitions of a topic.
     *
     * @param id the topic's id.
     * @return the number; 0 if the topic does not exist.
     */
    int partitions(final UUID id) {
        final TopicImage topic = metadata.topic(id);
        return topic == null ? 0 : topic.partitions();
    }

    /**
     * Returns a hash that changes when one of the topics is created, deleted or gets partitions.
     *
     * @param names the topics' names, in order.
     * @return the hash; 0 if none of the topics exists.
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
