package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupListing;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetDeleteResult;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.coordinator.runtime.CoordinatorRuntime;
import io.ottla.coordinator.runtime.KafkaUuids;
import io.ottla.coordinator.runtime.Operation;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.Replies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each request to the shard that its group belongs to. */
public final class LogGroupCoordinator implements GroupCoordinator {
    private static final String TOPIC = InternalTopics.CONSUMER_OFFSETS;

    private static final Logger LOG = LoggerFactory.getLogger(LogGroupCoordinator.class);

    /** How long after the start the logs are read that nobody has asked for, and how long the agent rests between two. */
    private static final long LOAD_DELAY_MS = 500;

    private static final long LOAD_INTERVAL_MS = 5;

    private final CoordinatorContext context;
    private final MetadataView metadata;
    private final TopicCatalog topics;
    private final GroupConfig config;
    private final ConsumerAssignors assignors;
    private final CoordinatorRuntime<GroupMachine, GroupRecord> runtime;
    private final GroupMemory memory;
    private boolean forgetsOrphans;

    public LogGroupCoordinator(
            final CoordinatorContext context,
            final GroupConfig config,
            final MetadataView metadata,
            final TopicCatalog topics,
            final PartitionLogs logs) {
        this.context = context;
        this.metadata = metadata;
        this.topics = topics;
        this.config = config;
        this.assignors = ConsumerAssignors.of(config.consumer().assignors());
        this.memory = new GroupMemory(config.memory().bytesMax());
        this.runtime = new CoordinatorRuntime<>(
                context,
                partition -> logs.log(TOPIC, partition),
                timers -> new GroupMachine(config, timers, metadata, assignors, memory),
                new GroupRecordSerde(),
                config.memory().groupBytesMax());
    }

    @Override
    public void open() {
        final TopicImage topic = metadata.topic(TOPIC);
        if (topic != null) {
            // So that members that are gone expire, and offsets too, even in groups that nobody asks for.
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
                                        final boolean loading = isLoading(failure);
                                        loadLater(loading ? partition : partition + 1, partitions, LOAD_INTERVAL_MS);
                                    }));
        }
    }

    private static boolean isLoading(final Throwable failure) {
        return failure instanceof final CoordinatorException cause
                && cause.error() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    }

    @Override
    public void close() {
        runtime.close();
    }

    /**
     * What a client is answered if the log gave an error.
     *
     * @param error the log's error.
     * @return an error that clients of groups know how to take.
     */
    static ErrorCode answerFor(final ErrorCode error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> error;
        };
    }

    private static CoordinatorException answerFor(final Throwable failure) {
        final Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof final CoordinatorException known) {
            final ErrorCode answer = answerFor(known.error());
            return answer == known.error() ? known : new CoordinatorException(answer, known.getMessage());
        }
        SafeLog.error(LOG, "A request to {} failed unexpectedly", TOPIC, cause);
        return new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, String.valueOf(cause));
    }

    /** Goes on when the topic is there, with the number of its partitions. */
    private <T> CompletableFuture<T> withTopic(final IntFunction<CompletableFuture<T>> next) {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final TopicImage topic = metadata.topic(TOPIC);
        if (topic != null) {
            forward(next.apply(topic.partitions()), answer);
        } else {
            createTopic().whenComplete((results, failure) -> {
                try {
                    if (failure != null) {
                        throw answerFor(failure);
                    }
                    forward(next.apply(partitions(results)), answer);
                } catch (final Throwable e) {
                    Replies.fail(answer, answerFor(e));
                }
            });
        }
        return answer;
    }

    private int partitions(final List<TopicResult> results) {
        final TopicImage made = metadata.topic(TOPIC);
        if (made == null) {
            final TopicResult result = results.getFirst();
            throw new CoordinatorException(
                    ErrorCode.COORDINATOR_NOT_AVAILABLE,
                    TOPIC + " could not be made: " + result.error() + ", " + result.message());
        }
        return made.partitions();
    }

    private CompletionStage<List<TopicResult>> createTopic() {
        return topics.create(
                List.of(new NewTopic(
                        TOPIC,
                        config.offsets().topicPartitions(),
                        Map.of(
                                "cleanup.policy",
                                "compact",
                                "compression.type",
                                "producer",
                                "segment.bytes",
                                Integer.toString(config.offsets().topicSegmentBytes())))),
                false);
    }

    private static <T> void forward(final CompletableFuture<T> from, final CompletableFuture<T> to) {
        from.whenComplete((result, failure) -> {
            if (failure == null) {
                Replies.complete(to, result);
            } else {
                Replies.fail(to, answerFor(failure));
            }
        });
    }

    /** As Kafka does it, so that its tools find a group's partition. */
    private static int partitionOf(final String groupId, final int partitions) {
        final int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    private <T> CompletableFuture<T> write(
            final String groupId, final Operation<GroupMachine, GroupRecord, T> operation) {
        return withTopic(partitions -> runtime.write(partitionOf(groupId, partitions), operation));
    }

    private static boolean isMissing(final String groupId) {
        return groupId == null || groupId.isEmpty();
    }

    private static <T> CompletionStage<T> answer(final T result) {
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public CompletionStage<Integer> find(final String groupId) {
        return withTopic(partitions -> CompletableFuture.completedFuture(context.nodeId()));
    }

    @Override
    public CompletionStage<JoinGroupResult> join(final JoinGroup join) {
        if (isMissing(join.groupId())) {
            return answer(JoinGroupResult.failed(ErrorCode.INVALID_GROUP_ID, join.memberId()));
        }
        if (join.sessionTimeoutMs() < config.classic().sessionTimeoutMsMin()
                || join.sessionTimeoutMs() > config.classic().sessionTimeoutMsMax()) {
            return answer(JoinGroupResult.failed(ErrorCode.INVALID_SESSION_TIMEOUT, join.memberId()));
        }
        if (ClassicMember.saidBytes(join.protocols()) > config.memory().memberBytesMax()) {
            return answer(JoinGroupResult.failed(ErrorCode.GROUP_MAX_SIZE_REACHED, join.memberId()));
        }
        return withTopic(partitions -> {
            final CompletableFuture<JoinGroupResult> reply = new CompletableFuture<>();
            runtime.write(
                    partitionOf(join.groupId(), partitions),
                    (machine, nowMs) -> machine.join(join, newMemberId(join), reply, nowMs),
                    reply);
            return reply;
        });
    }

    private String newMemberId(final JoinGroup join) {
        return (join.instanceId() == null ? join.clientId() : join.instanceId()) + '-' + newUuid();
    }

    private UUID newUuid() {
        return new UUID(context.random().nextLong(), context.random().nextLong());
    }

    @Override
    public CompletionStage<SyncGroupResult> sync(final SyncGroup sync) {
        final String groupId = sync.member().groupId();
        if (isMissing(groupId)) {
            return answer(SyncGroupResult.failed(ErrorCode.INVALID_GROUP_ID));
        }
        return withTopic(partitions -> {
            final CompletableFuture<SyncGroupResult> reply = new CompletableFuture<>();
            runtime.write(
                    partitionOf(groupId, partitions), (machine, nowMs) -> machine.sync(sync, reply, nowMs), reply);
            return reply;
        });
    }

    @Override
    public CompletionStage<ErrorCode> heartbeat(final MemberIdentity member) {
        if (isMissing(member.groupId())) {
            return answer(ErrorCode.INVALID_GROUP_ID);
        }
        return write(member.groupId(), (machine, nowMs) -> machine.heartbeat(member))
                .handle((error, failure) -> {
                    if (isLoading(failure)) {
                        // Nothing is known of the member yet, so it shall go on.
                        return ErrorCode.NONE;
                    }
                    if (failure != null) {
                        throw answerFor(failure);
                    }
                    return error;
                });
    }

    @Override
    public CompletionStage<LeaveGroupResult> leave(final LeaveGroup leave) {
        if (isMissing(leave.groupId())) {
            return answer(new LeaveGroupResult(ErrorCode.INVALID_GROUP_ID, List.of()));
        }
        return write(leave.groupId(), (machine, nowMs) -> machine.leave(leave, nowMs));
    }

    @Override
    public CompletionStage<ConsumerGroupHeartbeatResult> consumerHeartbeat(final ConsumerGroupHeartbeat heartbeat) {
        final ConsumerGroupHeartbeatResult problem = ConsumerHeartbeats.check(heartbeat, assignors.names());
        if (problem != null) {
            return answer(problem);
        }
        if (ConsumerHeartbeats.bytesOf(heartbeat) > config.memory().memberBytesMax()) {
            return answer(ConsumerGroupHeartbeatResult.failed(
                    ErrorCode.GROUP_MAX_SIZE_REACHED,
                    "The names of the topics take more than the "
                            + config.memory().memberBytesMax() + " bytes that a member may have."));
        }
        return write(
                heartbeat.member().groupId(),
                (machine, nowMs) -> machine.consumerHeartbeat(withMemberId(heartbeat), nowMs));
    }

    private ConsumerGroupHeartbeat withMemberId(final ConsumerGroupHeartbeat heartbeat) {
        final MemberIdentity member = heartbeat.member();
        if (!member.memberId().isEmpty()) {
            return heartbeat;
        }
        return heartbeat.of(new MemberIdentity(
                member.groupId(),
                KafkaUuids.toBase64(KafkaUuids.random(context.random())),
                member.instanceId(),
                member.generation()));
    }

    @Override
    public CompletionStage<List<ConsumerGroupDescription>> describeConsumerGroups(final List<String> groupIds) {
        return each(
                groupIds,
                groupId -> isMissing(groupId)
                        ? CompletableFuture.completedFuture(describeConsumerFailure("", ErrorCode.INVALID_GROUP_ID))
                        : withTopic(partitions -> runtime.read(
                                        partitionOf(groupId, partitions),
                                        (machine, nowMs) -> machine.describeConsumerGroup(groupId)))
                                .exceptionally(failure -> describeConsumerFailure(
                                        groupId, answerFor(failure).error())));
    }

    private static ConsumerGroupDescription describeConsumerFailure(final String groupId, final ErrorCode error) {
        return new ConsumerGroupDescription(groupId, error, null, "", 0, 0, "", List.of());
    }

    @Override
    public CompletionStage<List<ErrorCode>> commitOffsets(final OffsetCommit commit) {
        final String groupId = commit.member().groupId();
        if (groupId == null) {
            return answer(Collections.nCopies(commit.offsets().size(), ErrorCode.INVALID_GROUP_ID));
        }
        return write(groupId, (machine, nowMs) -> machine.commit(commit, nowMs));
    }

    @Override
    public CompletionStage<OffsetFetchResult> fetchOffsets(final OffsetFetch fetch) {
        final String groupId = fetch.member().groupId();
        if (groupId == null) {
            return answer(new OffsetFetchResult(ErrorCode.INVALID_GROUP_ID, List.of()));
        }
        // An operation and not a query, so that it sees the commits that came before it.
        return write(
                groupId,
                (machine, nowMs) -> Outcome.answer(machine.offsetRequests().fetch(machine, fetch)));
    }

    @Override
    public CompletionStage<OffsetDeleteResult> deleteOffsets(
            final String groupId, final List<TopicIdPartition> partitions) {
        if (isMissing(groupId)) {
            return answer(new OffsetDeleteResult(ErrorCode.INVALID_GROUP_ID, List.of()));
        }
        return write(groupId, (machine, nowMs) -> machine.offsetRequests().delete(machine, groupId, partitions));
    }

    @Override
    public CompletionStage<List<GroupListing>> list(final Set<String> states, final Set<String> types) {
        final TopicImage topic = metadata.topic(TOPIC);
        if (topic == null) {
            return answer(List.of());
        }
        final Set<String> lowerStates = toLowerCase(states);
        final Set<String> lowerTypes = toLowerCase(types);
        CompletableFuture<List<GroupListing>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (int partition = 0; partition < topic.partitions(); partition++) {
            all = all.thenCombine(
                    runtime.read(partition, (machine, nowMs) -> machine.list(lowerStates, lowerTypes)), (sum, part) -> {
                        sum.addAll(part);
                        return sum;
                    });
        }
        final CompletableFuture<List<GroupListing>> reply = new CompletableFuture<>();
        forward(all, reply);
        return reply;
    }

    private static Set<String> toLowerCase(final Set<String> labels) {
        final Set<String> lower = new HashSet<>();
        labels.forEach(label -> lower.add(label.trim().toLowerCase(Locale.ROOT)));
        return lower;
    }

    @Override
    public CompletionStage<List<ClassicGroupDescription>> describe(final List<String> groupIds) {
        return each(
                groupIds,
                groupId -> groupId == null
                        ? CompletableFuture.completedFuture(describeFailure("", ErrorCode.INVALID_GROUP_ID))
                        : withTopic(partitions -> runtime.read(
                                        partitionOf(groupId, partitions),
                                        (machine, nowMs) -> machine.describe(groupId)))
                                .exceptionally(failure -> describeFailure(
                                        groupId, answerFor(failure).error())));
    }

    private static ClassicGroupDescription describeFailure(final String groupId, final ErrorCode error) {
        return new ClassicGroupDescription(groupId, error, null, "", "", "", List.of());
    }

    @Override
    public CompletionStage<List<ErrorCode>> delete(final List<String> groupIds) {
        return each(
                groupIds,
                groupId -> groupId == null
                        ? CompletableFuture.completedFuture(ErrorCode.INVALID_GROUP_ID)
                        : write(groupId, (machine, nowMs) -> machine.delete(groupId))
                                .exceptionally(failure -> answerFor(failure).error()));
    }

    /** Asks for each group on its own; the answers are in the order of the groups. */
    private static <T> CompletionStage<List<T>> each(
            final List<String> groupIds, final Function<String, CompletableFuture<T>> ask) {
        CompletableFuture<List<T>> all = CompletableFuture.completedFuture(new ArrayList<>(groupIds.size()));
        for (final String groupId : groupIds) {
            all = all.thenCombine(ask.apply(groupId), (sum, part) -> {
                sum.add(part);
                return sum;
            });
        }
        return all;
    }

    @Override
    public void onTopicDeleted(final TopicImage topic) {
        if (topic.name().equals(TOPIC)) {
            // The groups are gone with it. Who asks next makes the topic again, and groups begin with nothing in them.
            for (int partition = 0; partition < topic.partitions(); partition++) {
                runtime.unload(partition);
            }
        } else if (!forgetsOrphans) {
            forgetsOrphans = true;
            context.agent().execute(() -> forgetsOrphans = false);
            forgetOrphans();
        }
    }

    /** Once for all topics that were deleted together, since each look goes through all offsets. */
    private void forgetOrphans() {
        final TopicImage own = metadata.topic(TOPIC);
        for (int partition = 0; own != null && partition < own.partitions(); partition++) {
            runtime.write(partition, (machine, nowMs) -> machine.forgetOrphans())
                    .whenComplete((nothing, failure) -> {
                        // A shard that is still to be loaded forgets them when it is.
                        if (failure != null && !isLoading(failure)) {
                            LOG.warn("Offsets of topics that are deleted are still there: {}", failure.getMessage());
                        }
                    });
        }
    }
}
