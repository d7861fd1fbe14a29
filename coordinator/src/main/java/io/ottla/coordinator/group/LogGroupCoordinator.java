package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.PartitionLogs;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.ConsumerGroupSettings;
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
import io.ottla.api.metadata.TopicCatalog;
import io.ottla.api.metadata.TopicImage;
import io.ottla.coordinator.runtime.KafkaUuids;
import io.ottla.coordinator.runtime.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Validates requests, and passes each one to the shard of its group. */
public final class LogGroupCoordinator implements GroupCoordinator {
    private final CoordinatorContext context;
    private final GroupConfig config;
    private final ConsumerAssignors assignors;
    private final GroupShards shards;

    public LogGroupCoordinator(
            final CoordinatorContext context,
            final GroupConfig config,
            final ConsumerGroupSettings settings,
            final MetadataView metadata,
            final TopicCatalog topics,
            final PartitionLogs logs) {
        this.context = context;
        this.config = config;
        this.assignors = ConsumerAssignors.of(config.consumer().assignors());
        this.shards = new GroupShards(context, config, settings, assignors, metadata, topics, logs);
    }

    @Override
    public void open() {
        shards.open();
    }

    @Override
    public void close() {
        shards.close();
    }

    private static boolean isMissing(final String groupId) {
        return groupId == null || groupId.isEmpty();
    }

    private static <T> CompletionStage<T> answer(final T result) {
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public CompletionStage<Integer> find(final String groupId) {
        return shards.whenCreated(context.nodeId());
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
        return shards.park(
                join.groupId(), reply -> (machine, nowMs) -> machine.join(join, newMemberId(join), reply, nowMs));
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
        return shards.park(groupId, reply -> (machine, nowMs) -> machine.sync(sync, reply, nowMs));
    }

    @Override
    public CompletionStage<ErrorCode> heartbeat(final MemberIdentity member) {
        if (isMissing(member.groupId())) {
            return answer(ErrorCode.INVALID_GROUP_ID);
        }
        return shards.write(member.groupId(), (machine, nowMs) -> machine.heartbeat(member))
                .handle((error, failure) -> {
                    if (GroupErrors.isLoading(failure)) {
                        // The member is not loaded yet, so it continues.
                        return ErrorCode.NONE;
                    }
                    if (failure != null) {
                        throw GroupErrors.answerFor(failure);
                    }
                    return error;
                });
    }

    @Override
    public CompletionStage<LeaveGroupResult> leave(final LeaveGroup leave) {
        if (isMissing(leave.groupId())) {
            return answer(new LeaveGroupResult(ErrorCode.INVALID_GROUP_ID, List.of()));
        }
        return shards.write(leave.groupId(), (machine, nowMs) -> machine.leave(leave, nowMs));
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
        return shards.write(
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
                        : shards.read(
                                        groupId,
                                        (machine, nowMs) -> machine.queries().describeConsumerGroup(groupId))
                                .exceptionally(failure -> describeConsumerFailure(
                                        groupId, GroupErrors.answerFor(failure).error())));
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
        return shards.write(groupId, (machine, nowMs) -> machine.commit(commit, nowMs));
    }

    @Override
    public CompletionStage<OffsetFetchResult> fetchOffsets(final OffsetFetch fetch) {
        final String groupId = fetch.member().groupId();
        if (groupId == null) {
            return answer(new OffsetFetchResult(ErrorCode.INVALID_GROUP_ID, List.of()));
        }
        // This is an operation and not a query, so that it sees all earlier commits.
        return shards.write(
                groupId, (machine, nowMs) -> Outcome.answer(machine.offsets().fetch(fetch)));
    }

    @Override
    public CompletionStage<OffsetDeleteResult> deleteOffsets(
            final String groupId, final List<TopicIdPartition> partitions) {
        if (isMissing(groupId)) {
            return answer(new OffsetDeleteResult(ErrorCode.INVALID_GROUP_ID, List.of()));
        }
        return shards.write(groupId, (machine, nowMs) -> machine.offsets().delete(groupId, partitions));
    }

    @Override
    public CompletionStage<List<GroupListing>> list(final Set<String> states, final Set<String> types) {
        final Set<String> lowerStates = toLowerCase(states);
        final Set<String> lowerTypes = toLowerCase(types);
        return shards.readAll((machine, nowMs) -> machine.queries().list(lowerStates, lowerTypes));
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
                        : shards.read(
                                        groupId,
                                        (machine, nowMs) -> machine.queries().describeClassicGroup(groupId))
                                .exceptionally(failure -> describeFailure(
                                        groupId, GroupErrors.answerFor(failure).error())));
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
                        : shards.write(groupId, (machine, nowMs) -> machine.delete(groupId))
                                .exceptionally(failure ->
                                        GroupErrors.answerFor(failure).error()));
    }

    /** Runs one request for each group, with the answers in the order of the groups. */
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
        shards.onTopicDeleted(topic);
    }
}
