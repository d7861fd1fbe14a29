package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.TopicImage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Keeps groups, their members and their offsets in the log {@code __consumer_offsets}, as records of Kafka's own schemas.
 *
 * <ol>
 *   <li>{@link #open} is called once, first, after the metadata coordinator is open; {@link #close} once, at the end. Both on
 *       the owning agent's thread or while that agent does not run.
 *   <li>All other methods may be called by any thread. Their stages are completed on the owning agent, after the records
 *       behind the answer were committed.
 *   <li>Expected failures are error codes in results. A stage fails only with a {@link CoordinatorException}, whose error is
 *       the answer to the whole request: the log failed, is still being read, or is led by another broker.
 *   <li>A stage may take as long as members take to join or sync: nobody may wait for it in a thread. If the one who asked is
 *       gone meanwhile, nothing needs to be done.
 *   <li>Byte arrays belong to the coordinator once they were handed over; those in results are not to be changed.
 *   <li>What was answered is there when another coordinator is opened over the same logs: groups, their members and their offsets. Only
 *       members of classic groups that are about to join or to be given work have to begin again.
 *   <li>A write that the log does not take changes nothing, and what follows is served as soon as the log takes it again. The logs are the
 *       broker's, which closes them.
 *   <li>What waits at {@link #close}, or is called afterwards, fails.
 * </ol>
 */
public interface GroupCoordinator extends AutoCloseable {
    /** Gets ready for requests. Groups are read from the log when they are first needed, or soon afterwards. */
    void open();

    /**
     * The broker that coordinates a group. Makes the topic {@code __consumer_offsets} if it is not there yet.
     *
     * @param groupId the group's id.
     * @return the broker's {@code node.id}.
     */
    CompletionStage<Integer> find(String groupId);

    /**
     * A member joins a classic group, or joins again. Completes when the group's next generation is complete.
     *
     * @param join who, and what it can do.
     * @return the generation that the member is part of.
     */
    CompletionStage<JoinGroupResult> join(JoinGroup join);

    /**
     * A member of a classic group asks for its part of the work. Completes when the leader has brought it.
     *
     * @param sync who, and everybody's part if it is the leader.
     * @return the member's part.
     */
    CompletionStage<SyncGroupResult> sync(SyncGroup sync);

    /**
     * A member of a classic group is alive.
     *
     * @param member who.
     * @return NONE, or what the member must react to: REBALANCE_IN_PROGRESS to join again, and the errors that fence it.
     */
    CompletionStage<ErrorCode> heartbeat(MemberIdentity member);

    /**
     * Members leave.
     *
     * @param leave who.
     * @return what became of each.
     */
    CompletionStage<LeaveGroupResult> leave(LeaveGroup leave);

    /**
     * A member of a consumer group joins, lives or leaves.
     *
     * @param heartbeat who, and what it says.
     * @return what it is told.
     */
    CompletionStage<ConsumerGroupHeartbeatResult> consumerHeartbeat(ConsumerGroupHeartbeat heartbeat);

    /**
     * Describes consumer groups.
     *
     * @param groupIds which ones.
     * @return a description for each, in the same order; with GROUP_ID_NOT_FOUND for a group that is not there or of another
     *     type.
     */
    CompletionStage<List<ConsumerGroupDescription>> describeConsumerGroups(List<String> groupIds);

    /**
     * Keeps a group's progress.
     *
     * @param commit the offsets, and who commits them.
     * @return an outcome for each partition, in the order that they were named. GROUP_ID_NOT_FOUND stands for what clients
     *     before version 9 of the API know as ILLEGAL_GENERATION.
     */
    CompletionStage<List<ErrorCode>> commitOffsets(OffsetCommit commit);

    /**
     * Tells a group's progress.
     *
     * @param fetch of which partitions.
     * @return the offsets.
     */
    CompletionStage<OffsetFetchResult> fetchOffsets(OffsetFetch fetch);

    /**
     * Forgets a group's progress in partitions that it does not read.
     *
     * @param groupId the group's id.
     * @param partitions which ones.
     * @return an outcome for each.
     */
    CompletionStage<OffsetDeleteResult> deleteOffsets(String groupId, List<TopicIdPartition> partitions);

    /**
     * All groups that this broker coordinates.
     *
     * @param states only groups in one of these states, in any case; empty for all.
     * @param types only groups of one of these types, in any case; empty for all.
     * @return the groups, in no order.
     */
    CompletionStage<List<GroupListing>> list(Set<String> states, Set<String> types);

    /**
     * Describes classic groups.
     *
     * @param groupIds which ones.
     * @return a description for each, in the same order; with GROUP_ID_NOT_FOUND for a group that is not there or of another
     *     type.
     */
    CompletionStage<List<ClassicGroupDescription>> describe(List<String> groupIds);

    /**
     * Deletes groups that have no members, with their offsets.
     *
     * @param groupIds which ones.
     * @return an outcome for each, in the same order.
     */
    CompletionStage<List<ErrorCode>> delete(List<String> groupIds);

    /**
     * A topic is gone, so groups forget their progress in it. The broker forwards what its {@link MetadataListener} hears.
     *
     * @param topic as it was.
     */
    void onTopicDeleted(TopicImage topic);

    @Override
    void close();
}
