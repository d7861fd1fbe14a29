package io.ottla.server.fetch;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import io.ottla.server.request.Turns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Returns the first offset, the last one, or the one of a timestamp (KIP-79). */
final class ListOffsetsHandler extends ApiHandler<ListOffsetsRequest> {
    /** Marks a partition that a request contains more than once. */
    private static final ListOffsetsPartition TWICE = new ListOffsetsPartition();

    private final PartitionTable partitionTable;
    private final Turns turns;

    ListOffsetsHandler(final PartitionTable partitionTable, final Turns turns) {
        super(ApiKey.LIST_OFFSETS, 1, 11);
        this.partitionTable = partitionTable;
        this.turns = turns;
    }

    @Override
    protected void handle(final Request request, final ListOffsetsRequest body) {
        final Map<String, Map<Integer, ListOffsetsPartition>> wanted = wanted(body);
        final List<Partition> all = new ArrayList<>();
        wanted.forEach((name, partitions) -> {
            final TopicPartitions found = partitionTable.topic(name);
            if (found != null) {
                partitions.keySet().forEach(index -> all.add(found.partition(index)));
            }
        });
        LogOpening.whenOpen(turns, request, all, () -> find(request, body, wanted));
    }

    private void find(
            final Request request,
            final ListOffsetsRequest body,
            final Map<String, Map<Integer, ListOffsetsPartition>> offsets) {
        final PendingOffsets pending = new PendingOffsets(turns, request, body.replicaId());
        offsets.forEach((name, partitions) -> {
            final ListOffsetsTopicResponse topic = new ListOffsetsTopicResponse().setName(name);
            final TopicPartitions found = partitionTable.topic(name);
            partitions.forEach((index, wanted) -> {
                final ListOffsetsPartitionResponse result = new ListOffsetsPartitionResponse().setPartitionIndex(index);
                topic.partitions().add(result);
                if (wanted == TWICE) {
                    pending.end(result, ErrorCode.INVALID_REQUEST);
                } else {
                    pending.find(found == null ? null : found.partition(index), wanted, result);
                }
            });
            pending.response().topics().add(topic);
        });
        pending.finish();
    }

    /** Returns the requested partitions by topic. Each gets one response; as in Kafka, duplicates are refused. */
    private static Map<String, Map<Integer, ListOffsetsPartition>> wanted(final ListOffsetsRequest body) {
        final Map<String, Map<Integer, ListOffsetsPartition>> wanted =
                LinkedHashMap.newLinkedHashMap(body.topics().size());
        for (final ListOffsetsTopic topic : body.topics()) {
            for (final ListOffsetsPartition partition : topic.partitions()) {
                wanted.computeIfAbsent(topic.name(), name -> new LinkedHashMap<>())
                        .merge(partition.partitionIndex(), partition, (first, second) -> TWICE);
            }
        }
        return wanted;
    }
}
