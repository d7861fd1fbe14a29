package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.PartitionOffset;
import java.util.List;

/** What groups of all types have in common. */
interface Group {
    /** What {@link #expiryBaseMs} returns if an offset does not grow old now. */
    long NEVER = Long.MAX_VALUE;

    String groupId();

    /**
     * What the group takes, without its offsets.
     *
     * @return the memory, which ends when the group is no group of its machine any more.
     */
    GroupMemory memory();

    /**
     * The protocol between members and coordinator, as Kafka writes it.
     *
     * @return {@code classic} or {@code consumer}.
     */
    String type();

    /**
     * The state, as Kafka writes it.
     *
     * @return such as {@code Stable}.
     */
    String stateLabel();

    /**
     * What kind of group it is.
     *
     * @return such as {@code consumer}; empty for a group that only keeps offsets.
     */
    String protocolType();

    boolean isEmpty();

    /**
     * Whether somebody may commit offsets.
     *
     * @param member who commits.
     * @param transactional whether it is part of a transaction.
     * @return NONE if it may.
     */
    ErrorCode validateCommit(MemberIdentity member, boolean transactional);

    /**
     * Whether somebody who may commit may commit for a partition.
     *
     * @param member who commits.
     * @param offset the partition and its offset.
     * @return NONE if it may.
     */
    default ErrorCode validateCommit(final MemberIdentity member, final PartitionOffset offset) {
        return ErrorCode.NONE;
    }

    /**
     * Whether somebody may ask for offsets.
     *
     * @param member who asks.
     * @return NONE if it may.
     */
    ErrorCode validateFetch(MemberIdentity member);

    /**
     * Whether offsets may be deleted at all; of topics that the group reads they may not in any case.
     *
     * @return NONE if they may.
     */
    ErrorCode validateOffsetDelete();

    /**
     * Whether the group may be deleted.
     *
     * @return NONE if it may.
     */
    ErrorCode validateDelete();

    /**
     * Whether the group reads a topic.
     *
     * @param topic the topic's name.
     * @return true if it does, and also if it may for all that is known.
     */
    boolean isSubscribed(String topic);

    /**
     * From when on an offset's retention counts.
     *
     * @param commitTimestampMs when the offset was committed.
     * @return milliseconds since the epoch, or {@link #NEVER} while the group is in use.
     */
    long expiryBaseMs(long commitTimestampMs);

    /**
     * Takes the group out of the log.
     *
     * @param records gets the tombstones.
     */
    void tombstones(List<GroupRecord> records);
}
