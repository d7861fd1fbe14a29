package io.ottla.server.topic;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.TopicName;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeTopicPartitionsRequest;
import io.ottla.codec.message.DescribeTopicPartitionsResponse;
import io.ottla.codec.message.DescribeTopicPartitionsResponse.Cursor;
import io.ottla.codec.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import io.ottla.codec.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.RequestKeys;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.request.Request;
import java.util.List;
import java.util.TreeSet;

/** Describes topics page by page, in the order of their names (KIP-966). */
final class DescribeTopicPartitionsHandler extends ApiHandler<DescribeTopicPartitionsRequest> {
    private final BrokerConfig config;
    private final PartitionTable partitionTable;

    DescribeTopicPartitionsHandler(final BrokerConfig config, final PartitionTable partitionTable) {
        super(ApiKey.DESCRIBE_TOPIC_PARTITIONS, 0, 0);
        this.config = config;
        this.partitionTable = partitionTable;
    }

    @Override
    protected void handle(final Request request, final DescribeTopicPartitionsRequest body) {
        final boolean isAll = body.topics().isEmpty();
        final String firstTopic = body.cursor() == null ? "" : body.cursor().topicName();
        final int firstPartition = body.cursor() == null ? 0 : body.cursor().partitionIndex();
        final TreeSet<String> names = new TreeSet<>();
        if (isAll) {
            partitionTable.topics().forEach(topic -> names.add(topic.image().name()));
        } else {
            body.topics().forEach(topic -> names.add(topic.name()));
        }
        if (firstPartition < 0 || (!isAll && body.cursor() != null && !names.contains(firstTopic))) {
            request.respond(refusal(body));
            return;
        }
        // A page has at least one partition. Otherwise a client would request it forever.
        final int limit = Math.max(
                1,
                Math.min(body.responsePartitionLimit(), config.intValue(RequestKeys.MAX_REQUEST_PARTITION_SIZE_LIMIT)));
        final DescribeTopicPartitionsResponse response = new DescribeTopicPartitionsResponse();
        int room = limit;
        for (final String name : names.tailSet(firstTopic)) {
            final int from = name.equals(firstTopic) ? firstPartition : 0;
            final TopicPartitions topic = partitionTable.topic(name);
            if (topic == null) {
                if (!isAll) {
                    response.topics().add(unknown(name));
                }
                continue;
            }
            if (room <= 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(from));
                break;
            }
            final int count = Math.min(room, topic.partitions().length - Math.min(from, topic.partitions().length));
            response.topics().add(describe(topic, from, count));
            room -= count;
            if (from + count < topic.partitions().length) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(from + count));
                break;
            }
        }
        request.respond(response);
    }

    /** Sets the error for each topic, because the response has no error of its own. */
    private static DescribeTopicPartitionsResponse refusal(final DescribeTopicPartitionsRequest body) {
        final DescribeTopicPartitionsResponse response = new DescribeTopicPartitionsResponse();
        body.topics()
                .forEach(topic -> response.topics()
                        .add(new DescribeTopicPartitionsResponseTopic()
                                .setErrorCode(ErrorCode.INVALID_REQUEST.code())
                                .setName(topic.name())));
        return response;
    }

    private static DescribeTopicPartitionsResponseTopic unknown(final String name) {
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode((TopicName.problem(name) == null
                                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                                : ErrorCode.INVALID_TOPIC_EXCEPTION)
                        .code())
                .setName(name)
                .setIsInternal(InternalTopics.contain(name))
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
    }

    private DescribeTopicPartitionsResponseTopic describe(
            final TopicPartitions topic, final int from, final int count) {
        final DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.image().name())
                .setTopicId(topic.image().id())
                .setIsInternal(InternalTopics.contain(topic.image().name()))
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        final int nodeId = config.nodeId();
        final List<Integer> replicas = List.of(nodeId);
        for (int i = from; i < from + count; i++) {
            final int leaderEpoch = topic.partitions()[i].leaderEpoch();
            final boolean isLed = leaderEpoch >= 0;
            described
                    .partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setErrorCode((isLed ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE).code())
                            .setPartitionIndex(i)
                            .setLeaderId(isLed ? nodeId : -1)
                            .setLeaderEpoch(leaderEpoch)
                            .setReplicaNodes(replicas)
                            .setIsrNodes(isLed ? replicas : List.of())
                            .setEligibleLeaderReplicas(List.of())
                            .setLastKnownElr(List.of())
                            .setOfflineReplicas(isLed ? List.of() : replicas));
        }
        return described;
    }
}
