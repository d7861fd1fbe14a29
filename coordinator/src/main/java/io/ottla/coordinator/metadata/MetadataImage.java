package io.ottla.coordinator.metadata;

import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.TopicImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The metadata that one {@link MetadataMachine} replayed. The cost of a change does not depend on the number of topics.
 *
 * <p><b>Note:</b> one writer, the coordinator's agent. All threads may read the concurrent maps and the volatile
 * fields; everything else is for the agent only.
 */
final class MetadataImage {
    final ConcurrentHashMap<String, TopicImage> topicByName = new ConcurrentHashMap<>();
    final ConcurrentHashMap<UUID, TopicImage> topicById = new ConcurrentHashMap<>();

    /** The settings of all resources except topics, whose images have their settings. */
    final ConcurrentHashMap<ConfigResource, Map<String, String>> configs = new ConcurrentHashMap<>();

    volatile String clusterId;
    private final Map<String, Set<String>> namesByCollisionKey = new HashMap<>();
    private long nextProducerId;
    private int partitions;

    /** Agent only. */
    long nextProducerId() {
        return nextProducerId;
    }

    /** Agent only. */
    void nextProducerId(final long next) {
        nextProducerId = next;
    }

    /**
     * Returns the number of partitions of all topics. Agent only.
     *
     * @return their number.
     */
    int partitions() {
        return partitions;
    }

    /**
     * Returns the form in which names are compared for collisions: Kafka's tools name metrics after topics, with each
     * '.' replaced by '_'.
     *
     * @param name a valid name.
     * @return the key, which is the same for all names that cannot coexist.
     */
    static String collisionKey(final String name) {
        return name.replace('.', '_');
    }

    /** Agent only. */
    void put(final TopicImage topic) {
        final TopicImage before = topicById.put(topic.id(), topic);
        partitions += topic.partitions() - (before == null ? 0 : before.partitions());
        topicByName.put(topic.name(), topic);
        namesByCollisionKey
                .computeIfAbsent(collisionKey(topic.name()), key -> new TreeSet<>())
                .add(topic.name());
    }

    /** Agent only. */
    void remove(final TopicImage topic) {
        topicByName.remove(topic.name());
        topicById.remove(topic.id());
        partitions -= topic.partitions();
        namesByCollisionKey.computeIfPresent(collisionKey(topic.name()), (key, names) -> {
            names.remove(topic.name());
            return names.isEmpty() ? null : names;
        });
    }

    /**
     * Returns the topic that a name collides with. Agent only.
     *
     * @param name a valid name.
     * @return a topic's name, or null.
     */
    String collision(final String name) {
        final Set<String> names = namesByCollisionKey.get(collisionKey(name));
        return names == null ? null : names.iterator().next();
    }
}
