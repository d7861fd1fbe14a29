package io.ottla.server.topic;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicResult;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.CreatePartitionsRequest;
import io.ottla.codec.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.ottla.codec.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.ottla.codec.message.CreatePartitionsResponse;
import io.ottla.codec.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Adds partitions to topics (KIP-195). */
final class CreatePartitionsHandler extends ApiHandler<CreatePartitionsRequest> {
    private static final int PARTITIONS_MAX = 10_000;

    private final int nodeId;
    private final PartitionTable partitionTable;
    private final TopicCatalog catalog;

    CreatePartitionsHandler(final int nodeId, final PartitionTable partitionTable, final TopicCatalog catalog) {
        super(ApiKey.CREATE_PARTITIONS, 0, 3);
        this.nodeId = nodeId;
        this.partitionTable = partitionTable;
        this.catalog = catalog;
    }

    @Override
    protected void handle(final Request request, final CreatePartitionsRequest body) {
        final CreatePartitionsResponse response = new CreatePartitionsResponse();
        final List<CompletableFuture<TopicResult>> changes = new ArrayList<>();
        final List<CreatePartitionsTopicResult> changed = new ArrayList<>();
        final Map<String, Integer> counts = new HashMap<>();
        for (final CreatePartitionsTopic topic : body.topics()) {
            counts.merge(topic.name(), 1, Integer::sum);
        }
        for (final CreatePartitionsTopic topic : body.topics()) {
            if (counts.get(topic.name()) == 0) {
                continue;
            }
            final CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(topic.name());
            response.results().add(result);
            if (counts.get(topic.name()) > 1) {
                set(result, ErrorCode.INVALID_REQUEST, "Duplicate topic name.");
                counts.put(topic.name(), 0);
            } else if (isPossible(topic, result)) {
                changes.add(catalog.addPartitions(topic.name(), topic.count(), body.validateOnly())
                        .toCompletableFuture());
                changed.add(result);
            }
        }
        request.whenDone(all(changes), (done, error) -> {
            for (int i = 0; i < changed.size(); i++) {
                if (error == ErrorCode.NONE) {
                    final TopicResult outcome = changes.get(i).join();
                    set(changed.get(i), outcome.error(), outcome.message());
                } else {
                    set(changed.get(i), error, null);
                }
            }
            request.respond(response);
        });
    }

    private static CompletionStage<Void> all(final List<CompletableFuture<TopicResult>> changes) {
        return CompletableFuture.allOf(changes.toArray(new CompletableFuture<?>[0]));
    }

    private boolean isPossible(final CreatePartitionsTopic topic, final CreatePartitionsTopicResult result) {
        final TopicPartitions found = partitionTable.topic(topic.name());
        if (found == null) {
            set(result, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition.");
            return false;
        }
        final int present = found.partitions().length;
        if (topic.count() == present) {
            set(result, ErrorCode.INVALID_PARTITIONS, "Topic already has " + present + " partition(s).");
            return false;
        }
        if (topic.count() < present) {
            set(
                    result,
                    ErrorCode.INVALID_PARTITIONS,
                    "The topic " + topic.name() + " currently has " + present + " partition(s); " + topic.count()
                            + " would not be an increase.");
            return false;
        }
        final int added = topic.count() - present;
        if (added > PARTITIONS_MAX) {
            set(
                    result,
                    ErrorCode.INVALID_PARTITIONS,
                    "Attempted to create " + added + " partitions at once; at most " + PARTITIONS_MAX
                            + " are possible.");
            return false;
        }
        if (topic.assignments() != null) {
            return isPossible(topic.assignments(), added, result);
        }
        return true;
    }

    private boolean isPossible(
            final List<CreatePartitionsAssignment> assignments,
            final int added,
            final CreatePartitionsTopicResult result) {
        if (assignments.size() != added) {
            set(
                    result,
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add " + added + " additional partition(s), but only " + assignments.size()
                            + " assignment(s) were specified.");
            return false;
        }
        for (final CreatePartitionsAssignment assignment : assignments) {
            final String problem = TopicAssignments.problem(assignment.brokerIds(), nodeId);
            if (problem != null) {
                set(result, ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem);
                return false;
            }
        }
        return true;
    }

    private static void set(final CreatePartitionsTopicResult result, final ErrorCode error, final String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
    }
}
