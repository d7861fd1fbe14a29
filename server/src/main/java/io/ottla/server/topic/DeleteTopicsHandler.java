package io.ottla.server.topic;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicResult;
import io.ottla.codec.ApiKey;
import io.ottla.codec.Struct;
import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.codec.message.DeleteTopicsResponse;
import io.ottla.codec.message.DeleteTopicsResponse.DeletableTopicResult;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.TopicDefaultKeys;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Deletes topics by name or, since version 6, by topic id. */
final class DeleteTopicsHandler extends ApiHandler<DeleteTopicsRequest> {
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 6;
    private static final short FIRST_VERSION_WITH_DISABLED = 3;

    private final BrokerConfig config;
    private final PartitionTable partitionTable;
    private final TopicCatalog catalog;

    DeleteTopicsHandler(final BrokerConfig config, final PartitionTable partitionTable, final TopicCatalog catalog) {
        super(ApiKey.DELETE_TOPICS, 1, 6);
        this.config = config;
        this.partitionTable = partitionTable;
        this.catalog = catalog;
    }

    @Override
    protected void handle(final Request request, final DeleteTopicsRequest body) {
        final List<DeleteTopicState> wanted =
                request.version() >= FIRST_VERSION_WITH_TOPIC_IDS ? body.topics() : byName(body.topicNames());
        final boolean isEnabled = config.flag(TopicDefaultKeys.DELETE_TOPIC_ENABLE);
        final DeleteTopicsResponse response = new DeleteTopicsResponse();
        final List<UUID> ids = new ArrayList<>();
        final List<DeletableTopicResult> results = new ArrayList<>();
        final Map<Object, Integer> counts = new HashMap<>();
        for (final DeleteTopicState topic : wanted) {
            counts.merge(keyOf(topic), 1, Integer::sum);
        }
        final Set<Object> refused = new HashSet<>();
        for (final DeleteTopicState topic : wanted) {
            if (counts.get(keyOf(topic)) > 1 && !refused.add(keyOf(topic))) {
                continue;
            }
            final DeletableTopicResult result =
                    new DeletableTopicResult().setName(topic.name()).setTopicId(topic.topicId());
            response.responses().add(result);
            final boolean hasId = !Struct.ZERO_UUID.equals(topic.topicId());
            final TopicPartitions found = hasId
                    ? partitionTable.topic(topic.topicId())
                    : topic.name() == null ? null : partitionTable.topic(topic.name());
            if (!isEnabled) {
                fail(
                        result,
                        request.version() < FIRST_VERSION_WITH_DISABLED
                                ? ErrorCode.INVALID_REQUEST
                                : ErrorCode.TOPIC_DELETION_DISABLED,
                        null);
            } else if (hasId == (topic.name() != null)) {
                fail(
                        result,
                        ErrorCode.INVALID_REQUEST,
                        hasId
                                ? "You may not specify both topic name and topic id."
                                : "Neither topic name nor id were specified.");
            } else if (counts.get(keyOf(topic)) > 1) {
                fail(result, ErrorCode.INVALID_REQUEST, hasId ? "Duplicate topic id." : "Duplicate topic name.");
            } else if (found == null) {
                fail(
                        result,
                        hasId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        hasId
                                ? "This server does not host this topic ID."
                                : "This server does not host this topic-partition.");
            } else {
                result.setName(found.image().name()).setTopicId(found.image().id());
                ids.add(found.image().id());
                results.add(result);
            }
        }
        if (ids.isEmpty()) {
            request.respond(response);
        } else {
            request.whenDone(catalog.delete(ids), (deleted, error) -> {
                for (int i = 0; i < results.size(); i++) {
                    if (error == ErrorCode.NONE) {
                        final TopicResult topic = deleted.get(i);
                        fail(results.get(i), topic.error(), topic.message());
                    } else {
                        fail(results.get(i), error, null);
                    }
                }
                request.respond(response);
            });
        }
    }

    private static List<DeleteTopicState> byName(final List<String> names) {
        final List<DeleteTopicState> topics = new ArrayList<>(names.size());
        for (final String name : names) {
            topics.add(new DeleteTopicState().setName(name));
        }
        return topics;
    }

    private static Object keyOf(final DeleteTopicState topic) {
        return topic.name() == null ? topic.topicId() : topic.name();
    }

    private static void fail(final DeletableTopicResult result, final ErrorCode error, final String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
    }
}
