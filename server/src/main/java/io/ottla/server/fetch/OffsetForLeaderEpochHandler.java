package io.ottla.server.fetch;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.OffsetForLeaderEpochRequest;
import io.ottla.codec.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.ottla.codec.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.ottla.codec.message.OffsetForLeaderEpochResponse;
import io.ottla.codec.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import io.ottla.codec.message.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;
import io.ottla.server.partition.LeaderEpochs;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import io.ottla.server.request.Turns;
import java.util.ArrayList;
import java.util.List;

/** Returns the end offset of a leader epoch, by which a consumer detects a truncation of its log (KIP-101, KIP-320). */
final class OffsetForLeaderEpochHandler extends ApiHandler<OffsetForLeaderEpochRequest> {
    private final PartitionTable partitionTable;
    private final Turns turns;

    OffsetForLeaderEpochHandler(final PartitionTable partitionTable, final Turns turns) {
        super(ApiKey.OFFSET_FOR_LEADER_EPOCH, 2, 4);
        this.partitionTable = partitionTable;
        this.turns = turns;
    }

    @Override
    protected void handle(final Request request, final OffsetForLeaderEpochRequest body) {
        final List<Partition> partitions = new ArrayList<>();
        for (final OffsetForLeaderTopic topic : body.topics()) {
            final TopicPartitions found = partitionTable.topic(topic.topic());
            if (found != null) {
                topic.partitions().forEach(wanted -> partitions.add(found.partition(wanted.partition())));
            }
        }
        LogOpening.whenOpen(turns, request, partitions, () -> answer(request, body));
    }

    private void answer(final Request request, final OffsetForLeaderEpochRequest body) {
        final OffsetForLeaderEpochResponse response = new OffsetForLeaderEpochResponse();
        for (final OffsetForLeaderTopic topic : body.topics()) {
            final TopicPartitions found = partitionTable.topic(topic.topic());
            final OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            for (final OffsetForLeaderPartition partition : topic.partitions()) {
                final EpochEndOffset end = new EpochEndOffset().setPartition(partition.partition());
                end.setErrorCode(find(found == null ? null : found.partition(partition.partition()), partition, end)
                        .code());
                result.partitions().add(end);
            }
            response.topics().add(result);
        }
        request.respond(response);
    }

    private static ErrorCode find(
            final Partition partition, final OffsetForLeaderPartition wanted, final EpochEndOffset target) {
        if (partition == null) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return partition.readAsLeader(wanted.currentLeaderEpoch(), (log, leaderEpoch) -> {
            final LeaderEpochs.Entry end =
                    partition.leaderEpochs().endOf(wanted.leaderEpoch(), leaderEpoch, log.logEndOffset());
            target.setLeaderEpoch(end.epoch()).setEndOffset(end.offset());
        });
    }
}
