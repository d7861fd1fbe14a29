package io.ottla.server;

import io.ottla.api.ErrorCode;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds offsets: the first, the last, and by time (KIP-79). */
final class ListOffsetsHandler extends ApiHandler<ListOffsetsRequest> {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    /** The first versions with -1, -2 and so on. */
    private static final int[] SPECIAL_SINCE = {1, 1, 7, 8, 9, 11};

    private static final short FIRST_VERSION_WITH_LEADER_EPOCH = 4;

    /** Stands for a partition that a request asks for more than once. */
    private static final ListOffsetsPartition TWICE = new ListOffsetsPartition();

    private final HandlerContext context;
    private final OffsetFinder finder = new OffsetFinder();

    ListOffsetsHandler(final HandlerContext context) {
        super(ApiKey.LIST_OFFSETS, 1, 11);
        this.context = context;
    }

    @Override
    void handle(final Request request, final ListOffsetsRequest body) {
        final ListOffsetsResponse response = new ListOffsetsResponse();
        wanted(body).forEach((name, partitions) -> {
            final ListOffsetsTopicResponse topic = new ListOffsetsTopicResponse().setName(name);
            final TopicPartitions found = context.broker().partitions().topic(name);
            partitions.forEach((index, wanted) -> {
                final ListOffsetsPartitionResponse result = new ListOffsetsPartitionResponse().setPartitionIndex(index);
                final ErrorCode error = wanted == TWICE
                        ? ErrorCode.INVALID_REQUEST
                        : find(
                                request.version(),
                                body.replicaId(),
                                found == null ? null : found.partition(index),
                                wanted,
                                result);
                if (request.version() < FIRST_VERSION_WITH_LEADER_EPOCH) {
                    result.setLeaderEpoch(-1);
                }
                topic.partitions().add(result.setErrorCode(error.code()));
            });
            response.topics().add(topic);
        });
        request.respond(response);
    }

    /** What is asked for, by topic and partition. Each is answered once; as in Kafka, what is asked for twice is refused. */
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

    private ErrorCode find(
            final short version,
            final int replicaId,
            final Partition partition,
            final ListOffsetsPartition wanted,
            final ListOffsetsPartitionResponse result) {
        final long timestamp = wanted.timestamp();
        if (timestamp < 0 && (timestamp < -SPECIAL_SINCE.length || version < SPECIAL_SINCE[(int) (-timestamp - 1)])) {
            return ErrorCode.UNSUPPORTED_VERSION;
        }
        if (partition == null) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        try {
            return partition.readAsLeader(wanted.currentLeaderEpoch(), (log, leaderEpoch) -> {
                final long end = replicaId < 0 ? log.highWatermark() : log.logEndOffset();
                find(partition, log, leaderEpoch, timestamp, end, result);
            });
        } catch (final MalformedMessageException e) {
            // A record is larger than the topic's configuration allows for by now, or damaged.
            return ErrorCode.INVALID_RECORD;
        }
    }

    private void find(
            final Partition partition,
            final PartitionLog log,
            final int leaderEpoch,
            final long timestamp,
            final long end,
            final ListOffsetsPartitionResponse result) {
        if (timestamp == LATEST) {
            result.setOffset(end).setLeaderEpoch(leaderEpoch);
        } else if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            final long start = log.logStartOffset();
            final int epoch = partition.leaderEpochs().epochAt(start);
            result.setOffset(start).setLeaderEpoch(epoch < 0 ? leaderEpoch : epoch);
        } else if (timestamp != LATEST_TIERED && timestamp != EARLIEST_PENDING_UPLOAD) {
            finder.recordBytesMax(partition.config().maxDecompressedMessageBytes());
            final boolean isFound =
                    timestamp == MAX_TIMESTAMP ? finder.findMaxTimestamp(log, end) : finder.find(log, timestamp, end);
            if (isFound) {
                result.setTimestamp(finder.timestampMs())
                        .setOffset(finder.offset())
                        .setLeaderEpoch(finder.leaderEpoch());
            }
        }
    }
}
