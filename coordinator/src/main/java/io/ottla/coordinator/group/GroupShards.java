package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.coordinator.runtime.CoordinatorRuntime;
import io.ottla.coordinator.runtime.Operation;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.Query;
import io.ottla.coordinator.runtime.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the shards of {@code __consumer_offsets}: creates the topic when it is first needed, and finds the shard of a
 * group. Failures are errors that clients of groups know.
 *
 * <p>For any thread, unless a method says otherwise.
 */
final class GroupShards {
    private static final String TOPIC = InternalTopics.CONSUMER_OFFSETS;
    private static final Logger LOG = LoggerFactory.getLogger(GroupShards.class);

    /**
     * The delay after the start until logs are loaded without a request, and the pause of the agent between two logs.
     */
    private static final long LOAD_DELAY_MS = 500;

    private static final long LOAD_INTERVAL_MS = 5;

    private final CoordinatorContext context;
    private final MetadataView metadata;
    private final TopicCatalog topics;
    private final GroupConfig.Offsets config;
    private final CoordinatorRuntime<GroupMachine, GroupRecord> runtime;
    private boolean forgetsOrphans;

    GroupShards(
            final CoordinatorContext context,
            final GroupConfig config,
            final ConsumerGroupSettings settings,
            final ConsumerAssignors assignors,
            final MetadataView metadata,
            final TopicCatalog topics,
            final PartitionLogs logs) {
        this.context = context;
        this.metadata = metadata;
        this.topics = topics;
        this.config = config.offsets();
        final GroupMemory memory = new GroupMemory(config.memory().bytesMax());
        this.runtime = new CoordinatorRuntime<>(
                context,
                partition -> logs.log(TOPIC, partition),
                timers -> new GroupMachine(config, settings, timers, metadata, assignors, memory),
                new GroupRecordSerde(),
                config.memory().groupBytesMax());
    }

    /** Loads all shards one after the other, so that members and offsets expire even in groups without requests. */
    void open() {
        final TopicImage topic = metadata.topic(TOPIC);
        if (topic != null) {
            loadLater(0, topic.partitions(), LOAD_DELAY_MS);
        }
    }

    private void loadLater(final int partition, final int partitions, final long delayMs) {
        if (partition < partitions) {
            context.timers()
                    .schedule(
                            delayMs,
                            () -> runtime.<Void>write(partition, (machine, nowMs) -> Outcome.nothing())
                                    .whenComplete((nothing, failure) -> {
                                        final boolean loading = GroupErrors.isLoading(failure);
                                        loadLater(loading ? partition : partition + 1, partitions, LOAD_INTERVAL_MS);
                                    }));
        }
    }

    /** Agent only. */
    void close() {
        runtime.close();
    }

    /**
     * Runs an operation on a group's machine.
     *
     * @param groupId the group's id.
     * @param operation the operation.
     * @param <T> the type of the response.
     * @return the response when the operation's records are committed.
     */
    <T> CompletableFuture<T> write(final String groupId, final Operation<GroupMachine, GroupRecord, T> operation) {
        return withTopic(partitions -> runtime.write(partitionOf(groupId, partitions), operation));
    }

    /**
     * Runs an operation that may park the request on a group's machine.
     *
     * @param groupId the group's id.
     * @param operation creates the operation for the future that it may keep.
     * @param <T> the type of the response.
     * @return the response.
     */
    <T> CompletableFuture<T> park(
            final String groupId,
            final Function<CompletableFuture<T>, Operation<GroupMachine, GroupRecord, T>> operation) {
        return withTopic(partitions -> {
            final CompletableFuture<T> reply = new CompletableFuture<>();
            runtime.write(partitionOf(groupId, partitions), operation.apply(reply), reply);
            return reply;
        });
    }

    /**
     * Runs a query on a group's machine.
     *
     * @param groupId the group's id.
     * @param query the query.
     * @param <T> the type of the answer.
     * @return the answer.
     */
    <T> CompletableFuture<T> read(final String groupId, final Query<GroupMachine, T> query) {
        return withTopic(partitions -> runtime.read(partitionOf(groupId, partitions), query));
    }

    /**
     * Runs a query on all machines, if the topic exists.
     *
     * @param query the query.
     * @param <T> the type of the listed items.
     * @return the items of all machines.
     */
    <T> CompletableFuture<List<T>> readAll(final Query<GroupMachine, List<T>> query) {
        final TopicImage topic = metadata.topic(TOPIC);
        CompletableFuture<List<T>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (int partition = 0; topic != null && partition < topic.partitions(); partition++) {
            all = all.thenCombine(runtime.read(partition, query), (sum, part) -> {
                sum.addAll(part);
                return sum;
            });
        }
        final CompletableFuture<List<T>> reply = new CompletableFuture<>();
        forward(all, reply);
        return reply;
    }

    /**
     * Returns a future that completes when the topic exists.
     *
     * @param answer the value of the future.
     * @param <T> its type.
     * @return the answer.
     */
    <T> CompletableFuture<T> whenCreated(final T answer) {
        return withTopic(partitions -> CompletableFuture.completedFuture(answer));
    }

    /** Continues with the number of partitions when the topic exists. */
    private <T> CompletableFuture<T> withTopic(final IntFunction<CompletableFuture<T>> next) {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final TopicImage topic = metadata.topic(TOPIC);
        if (topic != null) {
            forward(next.apply(topic.partitions()), answer);
        } else {
            createTopic().whenComplete((results, failure) -> {
                try {
                    if (failure != null) {
                        throw GroupErrors.answerFor(failure);
                    }
                    forward(next.apply(partitions(results)), answer);
                } catch (final Throwable e) {
                    Replies.fail(answer, GroupErrors.answerFor(e));
                }
            });
        }
        return answer;
    }

    private int partitions(final List<TopicResult> results) {
        final TopicImage created = metadata.topic(TOPIC);
        if (created == null) {
            final TopicResult result = results.getFirst();
            throw new CoordinatorException(
                    ErrorCode.COORDINATOR_NOT_AVAILABLE,
                    TOPIC + " could not be created: " + result.error() + ", " + result.message());
        }
        return created.partitions();
    }

    private CompletionStage<List<TopicResult>> createTopic() {
        return topics.create(
                List.of(new NewTopic(
                        TOPIC,
                        config.topicPartitions(),
                        Map.of(
                                "cleanup.policy",
                                "compact",
                                "compression.type",
                                "producer",
                                "segment.bytes",
                                Integer.toString(config.topicSegmentBytes())))),
                false);
    }

    private static <T> void forward(final CompletableFuture<T> from, final CompletableFuture<T> to) {
        from.whenComplete((result, failure) -> {
            if (failure == null) {
                Replies.complete(to, result);
            } else {
                Replies.fail(to, GroupErrors.answerFor(failure));
            }
        });
    }

    /** Computes a group's partition as Kafka does, so that Kafka's tools find it. */
    private static int partitionOf(final String groupId, final int partitions) {
        final int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    /**
     * Removes the offsets of a deleted topic, or all groups if it is the groups' own topic. Agent only.
     *
     * @param topic the topic.
     */
    void onTopicDeleted(final TopicImage topic) {
        if (topic.name().equals(TOPIC)) {
            // The groups are deleted with it. The next request creates the topic again, without groups.
            for (int partition = 0; partition < topic.partitions(); partition++) {
                runtime.unload(partition);
            }
        } else if (!forgetsOrphans) {
            forgetsOrphans = true;
            context.agent().execute(() -> forgetsOrphans = false);
            forgetOrphans();
        }
    }

    /** Runs once for all topics that were deleted together, since each run scans all offsets. */
    private void forgetOrphans() {
        final TopicImage own = metadata.topic(TOPIC);
        for (int partition = 0; own != null && partition < own.partitions(); partition++) {
            runtime.write(partition, (machine, nowMs) -> machine.forgetOrphans())
                    .whenComplete((nothing, failure) -> {
                        // A shard that is not loaded yet removes them when it is.
                        if (failure != null && !GroupErrors.isLoading(failure)) {
                            LOG.warn("Offsets of deleted topics could not be removed yet: {}", failure.getMessage());
                        }
                    });
        }
    }
}
