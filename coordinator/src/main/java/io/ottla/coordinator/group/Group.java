package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.PartitionOffset;
import java.util.List;

/** The operations that groups of all types have in common. */
interface Group {
    /** Returned by {@link #expiryBaseMs} while an offset does not expire. */
    long NEVER = Long.MAX_VALUE;

    String groupId();

    /**
     * Returns the group's memory, without its offsets.
     *
     * @return the count, which ends when the group is removed from its machine.
     */
    GroupMemory memory();

    /**
     * Returns Kafka's name of the group's type.
     *
     * @return {@code classic} or {@code consumer}.
     */
    String type();

    /**
     * Returns Kafka's name of the group's state.
     *
     * @return a name such as {@code Stable}.
     */
    String stateLabel();

    /**
     * Returns the protocol type.
     *
     * @return a type such as {@code consumer}; empty for a group that only has offsets.
     */
    String protocolType();

    boolean isEmpty();

    /**
     * Checks whether a member may commit offsets.
     *
     * @param member the committing member.
     * @param transactional true if the commit is part of a transaction.
     * @return NONE if that is allowed, else the error.
     */
    ErrorCode validateCommit(MemberIdentity member, boolean transactional);

    /**
     * Checks whether a member that may commit offsets may commit the offset of one partition.
     *
     * @param member the committing member.
     * @param offset the partition and its offset.
     * @return NONE if that is allowed, else the error.
     */
    default ErrorCode validateCommit(final MemberIdentity member, final PartitionOffset offset) {
        return ErrorCode.NONE;
    }

    /**
     * Checks whether a member may fetch offsets.
     *
     * @param member the requesting member.
     * @return NONE if that is allowed, else the error.
     */
    ErrorCode validateFetch(MemberIdentity member);

    /**
     * Checks whether offsets may be deleted at all. Offsets of topics that the group subscribes to may never be.
     *
     * @return NONE if they may, else the error.
     */
    ErrorCode validateOffsetDelete();

    /**
     * Checks whether the group may be deleted.
     *
     * @return NONE if that is allowed, else the error.
     */
    ErrorCode validateDelete();

    /**
     * Returns whether the group subscribes to a topic.
     *
     * @param topic the topic's name.
     * @return true if it does, or if its subscriptions are not known.
     */
    boolean isSubscribed(String topic);

    /**
     * Returns the time from which an offset's retention counts.
     *
     * @param commitTimestampMs the time of the commit.
     * @return milliseconds since the epoch, or {@link #NEVER} while the group is in use.
     */
    long expiryBaseMs(long commitTimestampMs);

    /**
     * Adds the tombstones that remove the group from the log.
     *
     * @param records receives the tombstones.
     */
    void tombstones(List<GroupRecord> records);
}
