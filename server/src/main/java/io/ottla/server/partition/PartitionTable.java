package io.ottla.server.partition;

import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.PartitionLog;
import io.ottla.server.config.TopicConfig;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The table of all partitions of the broker, according to the metadata.
 *
 * <p><b>Note:</b> any thread may look up partitions, without a lock; the agent that owns the metadata applies changes.
 */
public final class PartitionTable implements MetadataListener, PartitionLogs {
    private final ConcurrentHashMap<String, TopicPartitions> byName = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<UUID, TopicPartitions> byId = new ConcurrentHashMap<>();
    private final TopicLog.Source logs;
    private final DiskWork diskWork;
    private final Function<TopicImage, TopicConfig> config;
    private Consumer<TopicImage> onDeleted = topic -> {};
    private Runnable onCompacted = () -> {};

    /**
     * Creates an empty table.
     *
     * @param logs opens the logs.
     * @param diskWork is notified of their changes.
     * @param config returns the configuration of a topic.
     */
    public PartitionTable(
            final TopicLog.Source logs, final DiskWork diskWork, final Function<TopicImage, TopicConfig> config) {
        this.logs = logs;
        this.diskWork = diskWork;
        this.config = config;
    }

    /**
     * Sets a listener for deleted topics.
     *
     * @param listener is called on the agent that owns the metadata, after the partitions were removed.
     */
    public void onDeleted(final Consumer<TopicImage> listener) {
        onDeleted = listener;
    }

    /**
     * Sets a listener for new and changed topics that are compacted.
     *
     * @param listener is called on the agent that owns the metadata.
     */
    public void onCompacted(final Runnable listener) {
        onCompacted = listener;
    }

    public TopicPartitions topic(final String name) {
        return byName.get(name);
    }

    public TopicPartitions topic(final UUID id) {
        return byId.get(id);
    }

    public Collection<TopicPartitions> topics() {
        return byId.values();
    }

    @Override
    public PartitionLog log(final String topic, final int partition) {
        final TopicPartitions found = byName.get(topic);
        final Partition owned = found == null ? null : found.partition(partition);
        return owned == null ? null : owned.serialLog();
    }

    @Override
    public void onTopicCreated(final TopicImage topic) {
        put(topic, new Partition[0]);
    }

    @Override
    public void onTopicChanged(final TopicImage before, final TopicImage after) {
        final Partition[] present = byId.get(after.id()).partitions();
        final TopicPartitions changed = put(after, present);
        for (final Partition partition : present) {
            partition.configure(changed.config());
        }
    }

    private TopicPartitions put(final TopicImage topic, final Partition[] present) {
        final TopicConfig topicConfig = config.apply(topic);
        final Partition[] partitions = Arrays.copyOf(present, topic.partitions());
        for (int i = present.length; i < partitions.length; i++) {
            partitions[i] = new Partition(new LogId(topic.id(), topic.name(), i), logs, topicConfig, diskWork);
        }
        final TopicPartitions topicPartitions = new TopicPartitions(topic, topicConfig, partitions);
        byId.put(topic.id(), topicPartitions);
        byName.put(topic.name(), topicPartitions);
        if (topicConfig.isCompacted()) {
            onCompacted.run();
        }
        return topicPartitions;
    }

    @Override
    public void onTopicDeleted(final TopicImage topic) {
        byName.remove(topic.name());
        final TopicPartitions gone = byId.remove(topic.id());
        for (final Partition partition : gone.partitions()) {
            partition.delete();
        }
        onDeleted.accept(topic);
    }
}
