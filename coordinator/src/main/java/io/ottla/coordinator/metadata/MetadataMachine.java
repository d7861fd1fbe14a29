package io.ottla.coordinator.metadata;

import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.ConfigRecord;
import io.ottla.codec.message.PartitionRecord;
import io.ottla.codec.message.ProducerIdsRecord;
import io.ottla.codec.message.RemoveTopicRecord;
import io.ottla.codec.message.TopicRecord;
import io.ottla.coordinator.runtime.KafkaUuids;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.StateMachine;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Replays {@code __cluster_metadata} into a {@link MetadataImage}. Topics are assembled from the records of a batch and
 * published at its end, so that no reader sees an incomplete one.
 */
final class MetadataMachine implements StateMachine<RecordMessage> {
    /** The setting of all brokers that holds the cluster's id. It is not listed as a configuration. */
    static final String CLUSTER_ID = "cluster.id";

    static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.BROKER, "");

    private final PublishedMetadata published;
    private final RandomGenerator random;
    private final MetadataImage image = new MetadataImage();
    private final Map<UUID, Draft> draftById = new LinkedHashMap<>();
    private final Map<String, Draft> draftByName = new HashMap<>();

    /** The next id of the last allocated block. Soft state: the rest of a block is lost with the machine. */
    private long producerId;

    private long producerIdBlockEnd;

    MetadataMachine(final PublishedMetadata published, final RandomGenerator random) {
        this.published = published;
        this.random = random;
    }

    MetadataImage image() {
        return image;
    }

    /**
     * Switches on the number and not on a type pattern, whose bootstrap alone would add milliseconds to the broker's
     * start.
     */
    @Override
    public void replay(final long offset, final RecordMessage record) {
        switch (record.recordType()) {
            case TopicRecord.RECORD_TYPE -> replayTopic((TopicRecord) record);
            case PartitionRecord.RECORD_TYPE -> replayPartition((PartitionRecord) record);
            case RemoveTopicRecord.RECORD_TYPE -> draft(((RemoveTopicRecord) record).topicId()).removed = true;
            case ConfigRecord.RECORD_TYPE -> replayConfig((ConfigRecord) record);
            case ProducerIdsRecord.RECORD_TYPE -> replayProducerIds((ProducerIdsRecord) record);
            default -> throw new IllegalStateException("not a metadata record: " + record);
        }
    }

    private void replayTopic(final TopicRecord record) {
        put(new Draft(record.topicId(), record.name(), null));
    }

    private void replayPartition(final PartitionRecord record) {
        draft(record.topicId()).add(record.partitionId());
    }

    private void replayConfig(final ConfigRecord record) {
        if (record.resourceType() == ConfigResource.TOPIC) {
            set(draft(record.resourceName()).configs, record.name(), record.value());
            return;
        }
        if (isClusterId(record.resourceType(), record.resourceName(), record.name())) {
            image.clusterId = record.value();
            return;
        }
        final ConfigResource resource = new ConfigResource(record.resourceType(), record.resourceName());
        final Map<String, String> configs = new TreeMap<>(image.configs.getOrDefault(resource, Map.of()));
        set(configs, record.name(), record.value());
        if (configs.isEmpty()) {
            image.configs.remove(resource);
        } else {
            image.configs.put(resource, Collections.unmodifiableMap(configs));
        }
    }

    private static boolean isClusterId(final byte type, final String resource, final String name) {
        return type == ConfigResource.BROKER && resource.isEmpty() && name.equals(CLUSTER_ID);
    }

    private void replayProducerIds(final ProducerIdsRecord record) {
        if (record.nextProducerId() <= image.nextProducerId()) {
            throw new IllegalStateException("producer ids from " + record.nextProducerId()
                    + " were given out before, up to " + image.nextProducerId());
        }
        image.nextProducerId(record.nextProducerId());
    }

    @Override
    public void replayed(final long nextOffset) {
        for (final Draft draft : draftById.values()) {
            final TopicImage after = draft.removed ? null : draft.toImage();
            if (after != null) {
                image.put(after);
            } else if (draft.before != null) {
                image.remove(draft.before);
            }
            if (after != null || draft.before != null) {
                published.changed(image, draft.before, after);
            }
        }
        draftById.clear();
        draftByName.clear();
    }

    @Override
    public Outcome<RecordMessage, Void> loaded(final long nowMs) {
        published.publish(image);
        if (image.clusterId != null) {
            return Outcome.nothing();
        }
        final String clusterId = KafkaUuids.toBase64(KafkaUuids.random(random));
        return Outcome.write(List.of(ConfigOperations.configRecord(ALL_BROKERS, CLUSTER_ID, clusterId)));
    }

    /** Returns an id that no topic has. */
    UUID newTopicId() {
        UUID id = KafkaUuids.random(random);
        while (image.topicById.containsKey(id)) {
            id = KafkaUuids.random(random);
        }
        return id;
    }

    /** Returns the next id of the block in memory, or -1 if it is used up. */
    long takeProducerId() {
        return producerId < producerIdBlockEnd ? producerId++ : -1;
    }

    /** Sets the block in memory, which is committed. */
    void useProducerIds(final long firstId, final long endId) {
        producerId = firstId;
        producerIdBlockEnd = endId;
    }

    private Draft draft(final UUID topicId) {
        final Draft present = draftById.get(topicId);
        if (present != null) {
            return present;
        }
        final TopicImage topic = image.topicById.get(topicId);
        if (topic == null) {
            throw new IllegalStateException("a record of a topic that does not exist: " + topicId);
        }
        return put(new Draft(topic.id(), topic.name(), topic));
    }

    private Draft draft(final String name) {
        final Draft present = draftByName.get(name);
        if (present != null) {
            return present;
        }
        final TopicImage topic = image.topicByName.get(name);
        if (topic == null) {
            throw new IllegalStateException("a setting of a topic that does not exist: " + name);
        }
        return draft(topic.id());
    }

    private Draft put(final Draft draft) {
        draftById.put(draft.id, draft);
        draftByName.put(draft.name, draft);
        return draft;
    }

    private static void set(final Map<String, String> configs, final String name, final String value) {
        if (value == null) {
            configs.remove(name);
        } else {
            configs.put(name, value);
        }
    }

    /** A topic while the records of a batch change it. */
    private static final class Draft {
        private final UUID id;
        private final String name;
        private final TopicImage before;
        private final TreeMap<String, String> configs;
        private int partitions;
        private boolean removed;

        Draft(final UUID id, final String name, final TopicImage before) {
            this.id = id;
            this.name = name;
            this.before = before;
            this.configs = before == null ? new TreeMap<>() : new TreeMap<>(before.configs());
            this.partitions = before == null ? 0 : before.partitions();
        }

        void add(final int partition) {
            if (partition != partitions) {
                throw new IllegalStateException(
                        "partition " + partition + " of topic " + name + ", which has " + partitions);
            }
            partitions++;
        }

        TopicImage toImage() {
            return new TopicImage(
                    id, name, partitions, configs.isEmpty() ? Map.of() : Collections.unmodifiableMap(configs));
        }
    }
}
