package io.ottla.coordinator.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.TopicName;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.PartitionRecord;
import io.ottla.codec.message.RemoveTopicRecord;
import io.ottla.codec.message.TopicRecord;
import io.ottla.coordinator.runtime.KafkaUuids;
import io.ottla.coordinator.runtime.Operation;
import io.ottla.coordinator.runtime.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Decides on changes of topics by Kafka's rules, with Kafka's error codes. Nothing is changed here.
 *
 * <p><b>Note:</b> the methods are {@link Operation}s and run on the coordinator's agent.
 */
final class TopicOperations {
    /** The largest number of partitions that one request may create, as in Kafka's controller. */
    static final int PARTITIONS_PER_REQUEST_MAX = 10_000;

    private final List<Integer> replicas;
    private final int nodeId;
    private final int partitionsMax;

    /**
     * Creates the operations of a broker.
     *
     * @param nodeId the broker that has all partitions.
     * @param partitionsMax the largest number of partitions of all topics.
     */
    TopicOperations(final int nodeId, final int partitionsMax) {
        this.nodeId = nodeId;
        this.partitionsMax = partitionsMax;
        this.replicas = List.of(nodeId);
    }

    /** Creates topics. A topic that cannot be created does not affect the others. */
    Outcome<RecordMessage, List<TopicResult>> createTopics(
            final MetadataMachine machine, final List<NewTopic> topics, final boolean validateOnly) {
        long partitions = 0;
        for (final NewTopic topic : topics) {
            partitions += Math.max(0, topic.partitions());
        }
        if (partitions > PARTITIONS_PER_REQUEST_MAX) {
            return Outcome.answer(Collections.nCopies(topics.size(), tooManyPartitions(partitions)));
        }
        final List<RecordMessage> records = new ArrayList<>();
        final List<TopicResult> results = new ArrayList<>(topics.size());
        final Map<String, String> nameByCollisionKey = new HashMap<>();
        long room = (long) partitionsMax - machine.image().partitions();
        for (final NewTopic topic : topics) {
            final TopicResult refusal = refusal(machine.image(), topic, nameByCollisionKey);
            if (refusal != null) {
                results.add(refusal);
            } else if (topic.partitions() > room) {
                results.add(noRoom(machine.image(), topic.partitions()));
            } else {
                room -= topic.partitions();
                nameByCollisionKey.put(MetadataImage.collisionKey(topic.name()), topic.name());
                results.add(create(machine.newTopicId(), topic, records));
            }
        }
        return validateOnly ? Outcome.answer(results) : Outcome.write(records, results);
    }

    private static TopicResult refusal(
            final MetadataImage image, final NewTopic topic, final Map<String, String> nameByCollisionKey) {
        final String problem = TopicName.problem(topic.name());
        if (problem != null) {
            return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
        if (topic.name().equals(InternalTopics.CLUSTER_METADATA)) {
            return refused(ErrorCode.INVALID_REQUEST, "Creation of internal topic " + topic.name() + " is prohibited.");
        }
        if (image.topicByName.containsKey(topic.name())) {
            return refused(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + topic.name() + "' already exists.");
        }
        final String inRequest = nameByCollisionKey.get(MetadataImage.collisionKey(topic.name()));
        if (topic.name().equals(inRequest)) {
            return refused(ErrorCode.INVALID_REQUEST, "Topic '" + topic.name() + "' is in the request twice.");
        }
        final String other = inRequest == null ? image.collision(topic.name()) : inRequest;
        if (other != null) {
            return refused(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + topic.name() + "' collides with existing topic: " + other);
        }
        if (topic.refusal() != null) {
            return topic.refusal();
        }
        if (topic.partitions() <= 0) {
            return refused(
                    ErrorCode.INVALID_PARTITIONS, "A topic has 1 partition or more, not " + topic.partitions() + ".");
        }
        final String badConfig = ConfigOperations.badConfig(topic.configs(), false);
        return badConfig == null ? null : refused(ErrorCode.INVALID_CONFIG, badConfig);
    }

    private TopicResult create(final UUID id, final NewTopic topic, final List<RecordMessage> records) {
        final ConfigResource resource = new ConfigResource(ConfigResource.TOPIC, topic.name());
        final Map<String, String> configs = new TreeMap<>(topic.configs());
        records.add(new TopicRecord().setTopicId(id).setName(topic.name()));
        configs.forEach((name, value) -> records.add(ConfigOperations.configRecord(resource, name, value)));
        addPartitions(id, 0, topic.partitions(), records);
        return new TopicResult(
                ErrorCode.NONE,
                null,
                new TopicImage(id, topic.name(), topic.partitions(), Collections.unmodifiableMap(configs)));
    }

    /** Deletes topics. A topic that does not exist does not affect the others. */
    Outcome<RecordMessage, List<TopicResult>> deleteTopics(final MetadataMachine machine, final List<UUID> topicIds) {
        final List<RecordMessage> records = new ArrayList<>(topicIds.size());
        final List<TopicResult> results = new ArrayList<>(topicIds.size());
        final Set<UUID> seen = new HashSet<>();
        for (final UUID topicId : topicIds) {
            final TopicImage topic = machine.image().topicById.get(topicId);
            if (topic == null) {
                results.add(refused(
                        ErrorCode.UNKNOWN_TOPIC_ID,
                        "There is no topic with the id " + KafkaUuids.toBase64(topicId) + "."));
            } else if (!seen.add(topicId)) {
                results.add(
                        refused(ErrorCode.INVALID_REQUEST, "Topic '" + topic.name() + "' is in the request twice."));
            } else {
                records.add(new RemoveTopicRecord().setTopicId(topicId));
                results.add(new TopicResult(ErrorCode.NONE, null, topic));
            }
        }
        return Outcome.write(records, results);
    }

    /** Adds partitions to a topic. */
    Outcome<RecordMessage, TopicResult> createPartitions(
            final MetadataMachine machine, final String name, final int totalCount, final boolean validateOnly) {
        final TopicImage topic = machine.image().topicByName.get(name);
        if (topic == null) {
            return Outcome.answer(refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic '" + name + "'."));
        }
        if (totalCount <= topic.partitions()) {
            return Outcome.answer(refused(
                    ErrorCode.INVALID_PARTITIONS,
                    "Topic '" + name + "' has " + partitions(topic.partitions())
                            + (totalCount == topic.partitions()
                                    ? " already."
                                    : "; it can't have fewer: " + totalCount + ".")));
        }
        final int added = totalCount - topic.partitions();
        if (added > PARTITIONS_PER_REQUEST_MAX) {
            return Outcome.answer(tooManyPartitions(added));
        }
        if (added > partitionsMax - machine.image().partitions()) {
            return Outcome.answer(noRoom(machine.image(), added));
        }
        final TopicResult result =
                new TopicResult(ErrorCode.NONE, null, new TopicImage(topic.id(), name, totalCount, topic.configs()));
        if (validateOnly) {
            return Outcome.answer(result);
        }
        final List<RecordMessage> records = new ArrayList<>(added);
        addPartitions(topic.id(), topic.partitions(), totalCount, records);
        return Outcome.write(records, result);
    }

    private void addPartitions(final UUID topicId, final int from, final int to, final List<RecordMessage> records) {
        for (int partition = from; partition < to; partition++) {
            records.add(new PartitionRecord()
                    .setTopicId(topicId)
                    .setPartitionId(partition)
                    .setReplicas(replicas)
                    .setIsr(replicas)
                    .setLeader(nodeId)
                    .setLeaderEpoch(0)
                    .setPartitionEpoch(0));
        }
    }

    private static TopicResult tooManyPartitions(final long partitions) {
        return refused(
                ErrorCode.POLICY_VIOLATION,
                "One request can make " + PARTITIONS_PER_REQUEST_MAX + " partitions, not " + partitions + ".");
    }

    private TopicResult noRoom(final MetadataImage image, final int added) {
        return refused(
                ErrorCode.POLICY_VIOLATION,
                "The broker has " + partitions(image.partitions()) + " and may have " + partitionsMax + " ("
                        + LogMetadataCoordinator.PARTITIONS_MAX + "), so there is no room for " + added + " more.");
    }

    private static String partitions(final int count) {
        return count == 1 ? "1 partition" : count + " partitions";
    }

    private static TopicResult refused(final ErrorCode error, final String message) {
        return new TopicResult(error, message, null);
    }
}
