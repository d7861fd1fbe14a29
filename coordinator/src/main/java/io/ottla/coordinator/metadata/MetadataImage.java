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
 * The metadata that one {@link MetadataMachine} replayed. Every change costs the same however many topics there are.
 *
 * <p><b>Note:</b> one writer, the coordinator's agent; the maps that are concurrent, and what is volatile, are for all threads
 * to read. What is not is the agent's own.
 */
final class MetadataImage {
    final ConcurrentHashMap<String, TopicImage> topicByName = new ConcurrentHashMap<>();
    final ConcurrentHashMap<UUID, TopicImage> topicById = new ConcurrentHashMap<>();

    /** Settings of everything but topics, which have them in their images. */
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
     * How many partitions all topics have. Agent only.
     *
     * @return their number.
     */
    int partitions() {
        return partitions;
    }

    /**
     * The form in which names collide: Kafka's tools name metrics after topics, with each '.' replaced by '_'.
     *
     * @param name a valid name.
     * @return the same for all names that can't exist together.
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
     * The topic that a name collides with. Agent only.
     *
     * @param name a valid name.
     * @return a topic's name, or null.
     */
    String collision(final String name) {
        final Set<String> names = namesByCollisionKey.get(collisionKey(name));
        return names == null ? null : names.iterator().next();
    }
}
