package io.ottla.server.topic;

import io.ottla.api.ConfigException;
import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.codec.message.CreateTopicsResponse.CreatableTopicConfigs;
import io.ottla.codec.message.CreateTopicsResponse.CreatableTopicResult;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.ConfigDescriber;
import io.ottla.server.config.DescribedConfig;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Refusal;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Creates topics. The checks and their order are Kafka's. This class checks what depends only on the request, and the
 * coordinator checks what depends on other topics.
 */
final class CreateTopicsHandler extends ApiHandler<CreateTopicsRequest> {
    private static final int DEFAULT = -1;

    private final BrokerConfig config;
    private final TopicCatalog catalog;
    private final ConfigDescriber describer;

    CreateTopicsHandler(final BrokerConfig config, final TopicCatalog catalog) {
        super(ApiKey.CREATE_TOPICS, 2, 7);
        this.config = config;
        this.catalog = catalog;
        this.describer = new ConfigDescriber(config);
    }

    @Override
    protected void handle(final Request request, final CreateTopicsRequest body) {
        final CreateTopicsResponse response = new CreateTopicsResponse();
        final Map<String, Integer> counts = new HashMap<>();
        for (final CreatableTopic topic : body.topics()) {
            counts.merge(topic.name(), 1, Integer::sum);
        }
        final List<NewTopic> topics = new ArrayList<>();
        final List<CreatableTopicResult> results = new ArrayList<>();
        for (final CreatableTopic topic : body.topics()) {
            final int count = counts.replace(topic.name(), 0);
            if (count == 0) {
                continue;
            }
            final CreatableTopicResult result = new CreatableTopicResult().setName(topic.name());
            response.topics().add(result);
            if (count > 1) {
                result.setErrorCode(ErrorCode.INVALID_REQUEST.code()).setErrorMessage("Duplicate topic name.");
            } else {
                topics.add(newTopic(topic));
                results.add(result);
            }
        }
        if (topics.isEmpty()) {
            request.respond(response);
        } else {
            request.whenDone(catalog.create(topics, body.validateOnly()), (made, error) -> {
                for (int i = 0; i < results.size(); i++) {
                    if (error == ErrorCode.NONE) {
                        describe(made.get(i), results.get(i));
                    } else {
                        results.get(i).setErrorCode(error.code()).setErrorMessage(null);
                    }
                }
                request.respond(response);
            });
        }
    }

    private NewTopic newTopic(final CreatableTopic topic) {
        final Map<String, String> configs = new LinkedHashMap<>();
        for (final CreatableTopicConfig config : topic.configs()) {
            configs.put(config.name(), config.value());
        }
        try {
            TopicConfig.validate(config.topicDefaults(), configs);
            final int partitions = topic.assignments().isEmpty() ? checkCounts(topic) : checkAssignments(topic);
            return new NewTopic(topic.name(), partitions, configs);
        } catch (final ConfigException e) {
            return refused(topic, ErrorCode.INVALID_CONFIG, e.getMessage());
        } catch (final Refusal e) {
            return refused(topic, e.error(), e.getMessage());
        }
    }

    /**
     * Returns a topic that is refused. The coordinator checks first whether the topic exists, and counts the partitions
     * in any case.
     */
    private static NewTopic refused(final CreatableTopic topic, final ErrorCode error, final String message) {
        final int partitions =
                Math.max(topic.numPartitions(), topic.assignments().size());
        return new NewTopic(topic.name(), partitions, Map.of(), new TopicResult(error, message, null));
    }

    private int checkCounts(final CreatableTopic topic) {
        if (topic.replicationFactor() == 0 || topic.replicationFactor() < DEFAULT) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.numPartitions() == 0 || topic.numPartitions() < DEFAULT) {
            throw new Refusal(
                    ErrorCode.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        if (topic.replicationFactor() > 1) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Unable to replicate the partition " + topic.replicationFactor()
                            + " time(s): The target replication factor of " + topic.replicationFactor()
                            + " cannot be reached because only 1 broker(s) are registered.");
        }
        return topic.numPartitions() == DEFAULT ? config.numPartitions() : topic.numPartitions();
    }

    private int checkAssignments(final CreatableTopic topic) {
        if (topic.replicationFactor() != DEFAULT) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.numPartitions() != DEFAULT) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        final Set<Integer> seen = new HashSet<>();
        for (final CreatableReplicaAssignment assignment : topic.assignments()) {
            if (!seen.add(assignment.partitionIndex())) {
                throw new Refusal(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Found multiple manual partition assignments for partition " + assignment.partitionIndex());
            }
            final String problem = TopicAssignments.problem(assignment.brokerIds(), config.nodeId());
            if (problem != null) {
                throw new Refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem);
            }
        }
        for (int i = 0; i < seen.size(); i++) {
            if (!seen.contains(i)) {
                throw new Refusal(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "partitions should be a consecutive 0-based integer sequence");
            }
        }
        return seen.size();
    }

    private void describe(final TopicResult made, final CreatableTopicResult result) {
        result.setErrorCode(made.error().code()).setErrorMessage(made.message());
        if (made.error() == ErrorCode.NONE) {
            final TopicImage topic = made.topic();
            result.setTopicId(topic.id()).setNumPartitions(topic.partitions()).setReplicationFactor((short) 1);
            for (final DescribedConfig config : describer.newTopic(topic.configs())) {
                result.configs()
                        .add(new CreatableTopicConfigs()
                                .setName(config.key().name())
                                .setValue(config.value())
                                .setConfigSource(config.source())
                                .setIsSensitive(config.key().isSensitive()));
            }
        }
    }
}
