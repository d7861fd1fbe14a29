package io.ottla.server.topic;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.TopicName;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.codec.ApiKey;
import io.ottla.codec.Struct;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.MetadataResponse.MetadataResponseBroker;
import io.ottla.codec.message.MetadataResponse.MetadataResponsePartition;
import io.ottla.codec.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.server.config.AdvertisedListener;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.IdentityKeys;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Describes topics, and creates those that do not exist if the client and the broker allow it. The response contains a
 * new topic at once; in Kafka the client has to send the request again.
 */
final class MetadataHandler extends ApiHandler<MetadataRequest> {
    private static final short FIRST_VERSION_WITH_NULL_FOR_ALL = 1;
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 12;

    private final BrokerConfig config;
    private final PartitionTable partitionTable;
    private final MetadataView metadata;
    private final TopicCatalog catalog;

    MetadataHandler(
            final BrokerConfig config,
            final PartitionTable partitionTable,
            final MetadataView metadata,
            final TopicCatalog catalog) {
        super(ApiKey.METADATA, 0, 13);
        this.config = config;
        this.partitionTable = partitionTable;
        this.metadata = metadata;
        this.catalog = catalog;
    }

    @Override
    protected void handle(final Request request, final MetadataRequest body) {
        final List<MetadataRequestTopic> topics = body.topics();
        if (topics == null || topics.isEmpty() && request.version() < FIRST_VERSION_WITH_NULL_FOR_ALL) {
            final MetadataResponse response = response(request, body);
            for (final TopicPartitions topic : partitionTable.topics()) {
                response.topics().add(describe(topic, body));
            }
            request.respond(response);
        } else if (isInvalid(request, topics)) {
            request.respond(invalid(topics));
        } else {
            final List<NewTopic> missing = missing(body);
            if (missing.isEmpty()) {
                request.respond(describeAll(request, body));
            } else {
                request.whenDone(
                        catalog.create(missing, false),
                        (results, error) -> request.respond(describeAll(request, body)));
            }
        }
    }

    private static boolean isInvalid(final Request request, final List<MetadataRequestTopic> topics) {
        if (request.version() < FIRST_VERSION_WITH_TOPIC_IDS) {
            for (final MetadataRequestTopic topic : topics) {
                if (topic.name() == null || !Struct.ZERO_UUID.equals(topic.topicId())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static MetadataResponse invalid(final List<MetadataRequestTopic> topics) {
        final MetadataResponse response = new MetadataResponse();
        for (final MetadataRequestTopic topic : topics) {
            response.topics()
                    .add(new MetadataResponseTopic()
                            .setErrorCode(ErrorCode.INVALID_REQUEST.code())
                            .setName(topic.name() == null ? "" : topic.name())
                            .setTopicId(topic.topicId()));
        }
        return response;
    }

    /** Returns the topics to create: requested by name, valid, absent, and not the coordinators' own. */
    private List<NewTopic> missing(final MetadataRequest body) {
        if (!body.allowAutoTopicCreation() || !config.autoCreateTopics() || hasId(body.topics())) {
            return List.of();
        }
        List<NewTopic> missing = List.of();
        for (final MetadataRequestTopic topic : body.topics()) {
            final String name = topic.name();
            if (isByName(topic)
                    && partitionTable.topic(name) == null
                    && TopicName.problem(name) == null
                    && !InternalTopics.contain(name)) {
                if (missing.isEmpty()) {
                    missing = new ArrayList<>();
                }
                missing.add(new NewTopic(name, config.numPartitions(), Map.of()));
            }
        }
        return missing;
    }

    private static boolean hasId(final List<MetadataRequestTopic> topics) {
        for (final MetadataRequestTopic topic : topics) {
            if (!Struct.ZERO_UUID.equals(topic.topicId())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isByName(final MetadataRequestTopic topic) {
        return Struct.ZERO_UUID.equals(topic.topicId()) && topic.name() != null;
    }

    private MetadataResponse describeAll(final Request request, final MetadataRequest body) {
        final MetadataResponse response = response(request, body);
        final Set<Object> done = new LinkedHashSet<>();
        final boolean isByIds = hasId(body.topics());
        for (final MetadataRequestTopic topic : body.topics()) {
            if (isByName(topic)) {
                // Names beside ids are ignored, as in Kafka.
                if (!isByIds && done.add(topic.name())) {
                    final TopicPartitions found = partitionTable.topic(topic.name());
                    response.topics().add(found == null ? unknown(topic.name(), body) : describe(found, body));
                }
            } else if (done.add(topic.topicId())) {
                final TopicPartitions found = partitionTable.topic(topic.topicId());
                response.topics().add(found == null ? unknown(topic.topicId()) : describe(found, body));
            }
        }
        return response;
    }

    private MetadataResponse response(final Request request, final MetadataRequest body) {
        final int nodeId = config.nodeId();
        final AdvertisedListener advertised = request.session().advertised();
        final MetadataResponse response = new MetadataResponse()
                .setClusterId(metadata.clusterId())
                .setControllerId(nodeId)
                .setClusterAuthorizedOperations(
                        body.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        response.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(nodeId)
                        .setHost(advertised.host())
                        .setPort(advertised.port())
                        .setRack(config.text(IdentityKeys.BROKER_RACK)));
        return response;
    }

    private static MetadataResponseTopic unknown(final String name, final MetadataRequest body) {
        return new MetadataResponseTopic()
                .setErrorCode((TopicName.problem(name) == null
                                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                                : ErrorCode.INVALID_TOPIC_EXCEPTION)
                        .code())
                .setName(name)
                .setIsInternal(InternalTopics.contain(name))
                .setTopicAuthorizedOperations(
                        body.includeTopicAuthorizedOperations()
                                ? AuthorizedOperations.TOPIC
                                : AuthorizedOperations.NOT_ASKED);
    }

    private static MetadataResponseTopic unknown(final UUID topicId) {
        return new MetadataResponseTopic()
                .setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.code())
                .setName(null)
                .setTopicId(topicId);
    }

    private MetadataResponseTopic describe(final TopicPartitions topic, final MetadataRequest body) {
        final MetadataResponseTopic described = new MetadataResponseTopic()
                .setName(topic.image().name())
                .setTopicId(topic.image().id())
                .setIsInternal(InternalTopics.contain(topic.image().name()))
                .setTopicAuthorizedOperations(
                        body.includeTopicAuthorizedOperations()
                                ? AuthorizedOperations.TOPIC
                                : AuthorizedOperations.NOT_ASKED);
        final List<Integer> replicas = List.of(config.nodeId());
        for (final Partition partition : topic.partitions()) {
            final int leaderEpoch = partition.leaderEpoch();
            final boolean isLed = leaderEpoch >= 0;
            described
                    .partitions()
                    .add(new MetadataResponsePartition()
                            .setErrorCode((isLed ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE).code())
                            .setPartitionIndex(partition.id().partition())
                            .setLeaderId(isLed ? config.nodeId() : -1)
                            .setLeaderEpoch(leaderEpoch)
                            .setReplicaNodes(replicas)
                            .setIsrNodes(isLed ? replicas : List.of())
                            .setOfflineReplicas(isLed ? List.of() : replicas));
        }
        return described;
    }
}
