package io.ottla.testkit;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps topics in a table, for tests of coordinators that only look topics up.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class TopicTable implements TopicCatalog, MetadataView {
    private final Map<String, TopicImage> topics = new LinkedHashMap<>();
    private final Map<ConfigResource, Map<String, String>> configs = new HashMap<>();
    private long lastId;
    private long version;

    /** Creates an empty table. */
    public TopicTable() {}

    /**
     * Adds a topic.
     *
     * @param name its name.
     * @param partitions the number of its partitions.
     * @return the topic, with an id of its own.
     */
    public TopicImage add(final String name, final int partitions) {
        final TopicImage topic = new TopicImage(new UUID(7, ++lastId), name, partitions, Map.of());
        topics.put(name, topic);
        version++;
        return topic;
    }

    /**
     * Adds partitions to a topic.
     *
     * @param name its name.
     * @param partitions the new number of its partitions.
     */
    public void grow(final String name, final int partitions) {
        final TopicImage before = topics.get(name);
        topics.put(name, new TopicImage(before.id(), name, partitions, before.configs()));
        version++;
    }

    /**
     * Removes a topic.
     *
     * @param name its name.
     * @return the topic as it was; null if there was none.
     */
    public TopicImage remove(final String name) {
        version++;
        return topics.remove(name);
    }

    @Override
    public long topicsVersion() {
        return version;
    }

    @Override
    public CompletionStage<List<TopicResult>> create(final List<NewTopic> wanted, final boolean validateOnly) {
        final List<TopicResult> results = new ArrayList<>();
        for (final NewTopic topic : wanted) {
            final TopicImage made = new TopicImage(
                    new UUID(7, ++lastId), topic.name(), topic.partitions(), Map.copyOf(topic.configs()));
            topics.put(topic.name(), made);
            version++;
            results.add(new TopicResult(ErrorCode.NONE, null, made));
        }
        return CompletableFuture.completedFuture(results);
    }

    @Override
    public CompletionStage<List<TopicResult>> delete(final List<UUID> topicIds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<TopicResult> addPartitions(
            final String topic, final int totalCount, final boolean validateOnly) {
        throw new UnsupportedOperationException();
    }

    /**
     * Changes a configuration.
     *
     * @param resource the resource.
     * @param changes new values by key.
     */
    public void alter(final ConfigResource resource, final Map<String, String> changes) {
        final Map<String, String> changed = new HashMap<>(configs.getOrDefault(resource, Map.of()));
        changed.putAll(changes);
        configs.put(resource, Map.copyOf(changed));
    }

    @Override
    public String clusterId() {
        return "test";
    }

    @Override
    public TopicImage topic(final String name) {
        return topics.get(name);
    }

    @Override
    public TopicImage topic(final UUID id) {
        return topics.values().stream()
                .filter(topic -> topic.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<TopicImage> topics() {
        return topics.values();
    }

    @Override
    public Map<String, String> configs(final ConfigResource resource) {
        return configs.getOrDefault(resource, Map.of());
    }
}
