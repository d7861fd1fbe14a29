package io.ottla.server.topic;

import io.ottla.api.AgentProxy;
import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DeleteRecordsRequest;
import io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.ottla.codec.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.ottla.codec.message.DeleteRecordsResponse;
import io.ottla.codec.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import io.ottla.codec.message.DeleteRecordsResponse.DeleteRecordsTopicResult;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Deletes records from the start of partitions (KIP-107). The housekeeping agent does it, because files may have to be
 * deleted. The timeout of the request is for followers in Kafka, of which there are none here.
 */
final class DeleteRecordsHandler extends ApiHandler<DeleteRecordsRequest> {
    private final PartitionTable partitionTable;
    private final AgentProxy housekeeping;

    DeleteRecordsHandler(final PartitionTable partitionTable, final AgentProxy housekeeping) {
        super(ApiKey.DELETE_RECORDS, 0, 2);
        this.partitionTable = partitionTable;
        this.housekeeping = housekeeping;
    }

    @Override
    protected void handle(final Request request, final DeleteRecordsRequest body) {
        // As in Kafka, the last one of several entries for a partition counts.
        final Map<String, Map<Integer, Long>> offsets = new LinkedHashMap<>();
        for (final DeleteRecordsTopic topic : body.topics()) {
            for (final DeleteRecordsPartition partition : topic.partitions()) {
                offsets.computeIfAbsent(topic.name(), name -> new LinkedHashMap<>())
                        .put(partition.partitionIndex(), partition.offset());
            }
        }
        final CompletableFuture<DeleteRecordsResponse> done = new CompletableFuture<>();
        housekeeping.execute(() -> {
            try {
                done.complete(delete(offsets));
            } catch (final Throwable e) {
                done.completeExceptionally(e);
            }
        });
        request.whenDone(done, (response, error) -> {
            if (error == ErrorCode.NONE) {
                request.respond(response);
            } else {
                request.close("the deletion of records failed");
            }
        });
    }

    private DeleteRecordsResponse delete(final Map<String, Map<Integer, Long>> offsets) {
        final DeleteRecordsResponse response = new DeleteRecordsResponse();
        offsets.forEach((name, partitions) -> {
            final DeleteRecordsTopicResult topicResult = new DeleteRecordsTopicResult().setName(name);
            final TopicPartitions topic = partitionTable.topic(name);
            partitions.forEach((index, offset) -> {
                final Partition partition = topic == null ? null : topic.partition(index);
                final DeleteRecordsPartitionResult result = new DeleteRecordsPartitionResult().setPartitionIndex(index);
                topicResult.partitions().add(result);
                delete(partition, offset, result);
            });
            response.topics().add(topicResult);
        });
        return response;
    }

    private static void delete(
            final Partition partition, final long offset, final DeleteRecordsPartitionResult result) {
        final ErrorCode error;
        if (partition == null) {
            error = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        } else if (InternalTopics.contain(partition.id().topic())) {
            error = ErrorCode.INVALID_TOPIC_EXCEPTION;
        } else {
            error = partition.deleteRecords(offset);
        }
        result.setErrorCode(error.code()).setLowWatermark(error == ErrorCode.NONE ? partition.logStartOffset() : -1);
    }
}
