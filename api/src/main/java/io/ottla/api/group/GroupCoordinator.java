package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.TopicImage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Keeps groups, their members and their offsets in the log {@code __consumer_offsets}, as records of Kafka's own
 * schemas.
 *
 * <ol>
 *   <li>{@link #open} is called once, first, after the metadata coordinator is open; {@link #close} once, at the end.
 *       Both on the owning agent's thread or while that agent does not run.
 *   <li>All other methods may be called by any thread. Their stages are completed on the owning agent, after the
 *       records of the operation are committed.
 *   <li>Expected failures are error codes in results. A stage fails only with a {@link CoordinatorException}, whose
 *       error is the response to the whole request: the log failed, is still being read, or is led by another broker.
 *   <li>A stage may take as long as members take to join or sync, so no thread may block on it. If the caller's
 *       connection is closed meanwhile, nothing needs to be done.
 *   <li>Byte arrays belong to the coordinator once they are passed to it; those in results must not be changed.
 *   <li>Another coordinator over the same logs has everything that was answered: groups, their members and their
 *       offsets. Only members of classic groups that are waiting for a join or a sync must start again.
 *   <li>A write that the log rejects changes nothing, and later requests are served as soon as the log accepts writes
 *       again. The logs belong to the broker, which closes them.
 *   <li>Stages that are pending at {@link #close}, and calls after it, fail.
 * </ol>
 */
public interface GroupCoordinator extends AutoCloseable {
    /** Prepares for requests. Groups are read from the log when they are first needed, or soon after the open. */
    void open();

    /**
     * Returns the broker that coordinates a group. Creates the topic {@code __consumer_offsets} if it does not exist.
     *
     * @param groupId the group's id.
     * @return the broker's {@code node.id}.
     */
    CompletionStage<Integer> find(String groupId);

    /**
     * Adds a member to a classic group, or lets a member join again. Completes when the group's next generation is
     * complete.
     *
     * @param join the member and its protocols.
     * @return the generation that the member is part of.
     */
    CompletionStage<JoinGroupResult> join(JoinGroup join);

    /**
     * Returns the assignment of a classic group's member. Completes when the leader has sent it.
     *
     * @param sync the member, and the assignments of all members if it is the leader.
     * @return the member's assignment.
     */
    CompletionStage<SyncGroupResult> sync(SyncGroup sync);

    /**
     * Handles a heartbeat of a classic group's member.
     *
     * @param member the member.
     * @return NONE, or what the member must react to: REBALANCE_IN_PROGRESS to join again, and the errors that fence
     *     it.
     */
    CompletionStage<ErrorCode> heartbeat(MemberIdentity member);

    /**
     * Removes members from a group.
     *
     * @param leave the members.
     * @return the outcome for each member.
     */
    CompletionStage<LeaveGroupResult> leave(LeaveGroup leave);

    /**
     * Handles a heartbeat of a consumer group's member, which joins, stays or leaves.
     *
     * @param heartbeat the heartbeat.
     * @return the response.
     */
    CompletionStage<ConsumerGroupHeartbeatResult> consumerHeartbeat(ConsumerGroupHeartbeat heartbeat);

    /**
     * Describes consumer groups.
     *
     * @param groupIds the groups' ids.
     * @return a description for each, in the same order; with GROUP_ID_NOT_FOUND for a group that does not exist or has
     *     another type.
     */
    CompletionStage<List<ConsumerGroupDescription>> describeConsumerGroups(List<String> groupIds);

    /**
     * Commits offsets of a group.
     *
     * @param commit the offsets, and the member that commits them.
     * @return an outcome for each partition, in the same order. GROUP_ID_NOT_FOUND stands for what clients before
     *     version 9 of the API know as ILLEGAL_GENERATION.
     */
    CompletionStage<List<ErrorCode>> commitOffsets(OffsetCommit commit);

    /**
     * Returns committed offsets of a group.
     *
     * @param fetch the group and the partitions.
     * @return the offsets.
     */
    CompletionStage<OffsetFetchResult> fetchOffsets(OffsetFetch fetch);

    /**
     * Deletes committed offsets of partitions that the group does not consume.
     *
     * @param groupId the group's id.
     * @param partitions the partitions.
     * @return an outcome for each.
     */
    CompletionStage<OffsetDeleteResult> deleteOffsets(String groupId, List<TopicIdPartition> partitions);

    /**
     * Lists the groups that this broker coordinates.
     *
     * @param states only groups in one of these states, in any case; empty for all.
     * @param types only groups of one of these types, in any case; empty for all.
     * @return the groups, in no order.
     */
    CompletionStage<List<GroupListing>> list(Set<String> states, Set<String> types);

    /**
     * Describes classic groups.
     *
     * @param groupIds the groups' ids.
     * @return a description for each, in the same order; with GROUP_ID_NOT_FOUND for a group that does not exist or has
     *     another type.
     */
    CompletionStage<List<ClassicGroupDescription>> describe(List<String> groupIds);

    /**
     * Deletes groups that have no members, with their offsets.
     *
     * @param groupIds the groups' ids.
     * @return an outcome for each, in the same order.
     */
    CompletionStage<List<ErrorCode>> delete(List<String> groupIds);

    /**
     * Deletes all groups' offsets of a topic that was deleted. The broker forwards the call from its
     * {@link MetadataListener}.
     *
     * @param topic the topic as it was.
     */
    void onTopicDeleted(TopicImage topic);

    @Override
    void close();
}
