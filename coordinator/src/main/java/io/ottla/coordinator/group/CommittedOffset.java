package io.ottla.coordinator.group;

import java.util.UUID;

/**
 * How far a group has come in one partition, as its log has it.
 *
 * @param recordOffset where the record is in the log of the group: of a commit and a transaction's one, the later counts.
 * @param offset the next offset to read.
 * @param leaderEpoch the epoch of the last record that was read; -1 if it is not known.
 * @param metadata what the committer wanted to remember; never null.
 * @param commitTimestampMs when it was committed.
 * @param expireTimestampMs when it goes, if an old client said so; else -1.
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
     * The same, with the place of its record.
     *
     * @param newRecordOffset where the record is in the log of the group.
     * @return the offset.
     */
    CommittedOffset at(final long newRecordOffset) {
        return new CommittedOffset(
                newRecordOffset, offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId);
    }

    /**
     * Whether it is an offset of a topic, and not of an older one with the same name.
     *
     * @param wanted the topic's id; zero for any.
     * @return true unless both ids are known and differ.
     */
    boolean isOf(final UUID wanted) {
        return topicId.equals(NO_TOPIC_ID) || wanted.equals(NO_TOPIC_ID) || topicId.equals(wanted);
    }
}
