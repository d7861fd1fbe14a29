package io.ottla.server.topic;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.api.storage.StorageSpace;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeLogDirsRequest;
import io.ottla.codec.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import io.ottla.codec.message.DescribeLogDirsResponse;
import io.ottla.codec.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import io.ottla.codec.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.ottla.codec.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Describes the data folder: the sizes of logs, and the free space (KIP-113, KIP-827). */
final class DescribeLogDirsHandler extends ApiHandler<DescribeLogDirsRequest> {
    private final BrokerConfig config;
    private final PartitionTable partitionTable;
    private final Storage storage;

    DescribeLogDirsHandler(final BrokerConfig config, final PartitionTable partitionTable, final Storage storage) {
        super(ApiKey.DESCRIBE_LOG_DIRS, 1, 5);
        this.config = config;
        this.partitionTable = partitionTable;
        this.storage = storage;
    }

    @Override
    protected void handle(final Request request, final DescribeLogDirsRequest body) {
        final DescribeLogDirsResult result = new DescribeLogDirsResult()
                .setLogDir(config.dataDir().toAbsolutePath().toString());
        try {
            final StorageSpace space = storage.space();
            result.setTotalBytes(space.totalBytes()).setUsableBytes(space.usableBytes());
            final Set<LogId> present = new HashSet<>(storage.logs());
            if (body.topics() == null) {
                for (final TopicPartitions topic : partitionTable.topics()) {
                    describe(topic, List.of(topic.partitions()), present, result);
                }
            } else {
                describe(body.topics(), present, result);
            }
        } catch (final StorageException e) {
            result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code()).topics().clear();
        }
        final DescribeLogDirsResponse response = new DescribeLogDirsResponse();
        response.results().add(result);
        request.respond(response);
    }

    /** Adds the requested partitions that exist. A topic without any is left out. */
    private void describe(
            final List<DescribableLogDirTopic> asked, final Set<LogId> present, final DescribeLogDirsResult result) {
        final Map<String, Set<Integer>> indexes = new LinkedHashMap<>();
        for (final DescribableLogDirTopic topic : asked) {
            indexes.computeIfAbsent(topic.topic(), name -> new TreeSet<>()).addAll(topic.partitions());
        }
        indexes.forEach((name, wanted) -> {
            final TopicPartitions topic = partitionTable.topic(name);
            final List<Partition> found = new ArrayList<>();
            for (final int index : wanted) {
                if (topic != null && topic.partition(index) != null) {
                    found.add(topic.partition(index));
                }
            }
            if (!found.isEmpty()) {
                describe(topic, found, present, result);
            }
        });
    }

    private static void describe(
            final TopicPartitions topic,
            final List<Partition> partitions,
            final Set<LogId> present,
            final DescribeLogDirsResult result) {
        final DescribeLogDirsTopic described =
                new DescribeLogDirsTopic().setName(topic.image().name());
        for (final Partition partition : partitions) {
            described
                    .partitions()
                    .add(new DescribeLogDirsPartition()
                            .setPartitionIndex(partition.id().partition())
                            .setPartitionSize(partition.sizeBytes(present.contains(partition.id()))));
        }
        result.topics().add(described);
    }
}
