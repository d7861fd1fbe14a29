package io.ottla.coordinator.group;

import java.util.UUID;

/**
 * The committed offset of a group in one partition.
 *
 * @param recordOffset the offset of the record in the group's log: of a plain and a transactional commit, the later one
 *     counts.
 * @param offset the next offset to read.
 * @param leaderEpoch the epoch of the last record that was read; -1 if it is not known.
 * @param metadata the client's metadata; never null.
 * @param commitTimestampMs the time of the commit.
 * @param expireTimestampMs the time at which it expires if an old client set one; else -1.
 * @param topicId the topic's id; zero if it was not known.
 */
record CommittedOffset(
        long recordOffset,
        long offset,
        int leaderEpoch,
        String metadata,
        long commitTimestampMs,
        long expireTimestampMs,
        UUID topicId) {
    static final UUID NO_TOPIC_ID = new UUID(0, 0);

    /**
     * Returns the same offset, with the position of its record.
     *
     * @param newRecordOffset the offset of the record in the group's log.
     * @return the offset.
     */
    CommittedOffset at(final long newRecordOffset) {
        return new CommittedOffset(
                newRecordOffset, offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId);
    }

    /**
     * Returns whether this is an offset of the given topic, and not of an older topic of the same name.
     *
     * @param wanted the topic's id; zero for any.
     * @return true unless both ids are known and differ.
     */
    boolean isOf(final UUID wanted) {
        return topicId.equals(NO_TOPIC_ID) || wanted.equals(NO_TOPIC_ID) || topicId.equals(wanted);
    }
}
