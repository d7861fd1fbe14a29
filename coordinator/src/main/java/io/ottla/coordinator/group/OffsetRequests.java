package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetDeleteResult;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.coordinator.runtime.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Handles requests about offsets, and finds expired offsets. */
final class OffsetRequests {
    private static final long NO_OFFSET = -1;

    private final GroupConfig.Offsets config;
    private final GroupImage image;

    OffsetRequests(final GroupConfig.Offsets config, final GroupImage image) {
        this.config = config;
        this.image = image;
    }

    /**
     * Commits offsets. A commit by a client that is not a member creates the group if it does not exist; such a group
     * only has offsets.
     *
     * @param commit the offsets and the committing member.
     * @param nowMs the current time in milliseconds.
     * @return the records to write, and a result for each partition.
     */
    Outcome<GroupRecord, List<ErrorCode>> commit(final OffsetCommit commit, final long nowMs) {
        final MemberIdentity member = commit.member();
        final ErrorCode error = validate(image.group(member.groupId()), commit);
        if (error != ErrorCode.NONE) {
            return Outcome.answer(Collections.nCopies(commit.offsets().size(), error));
        }
        final long expireMs = commit.retentionMs() == -1 ? -1 : nowMs + commit.retentionMs();
        final List<ErrorCode> results = new ArrayList<>(commit.offsets().size());
        final List<GroupRecord> records = new ArrayList<>(commit.offsets().size());
        for (final PartitionOffset offset : commit.offsets()) {
            final String metadata = offset.metadata() == null ? "" : offset.metadata();
            if (metadata.length() > config.metadataBytesMax()) {
                results.add(ErrorCode.OFFSET_METADATA_TOO_LARGE);
            } else {
                results.add(ErrorCode.NONE);
                records.add(new GroupRecord.Offset(
                        member.groupId(),
                        offset.topic(),
                        offset.partition(),
                        new CommittedOffset(
                                -1,
                                offset.offset(),
                                offset.leaderEpoch(),
                                metadata,
                                nowMs,
                                expireMs,
                                offset.topicId())));
            }
        }
        return Outcome.write(records, results);
    }

    private static ErrorCode validate(final Group group, final OffsetCommit commit) {
        final MemberIdentity member = commit.member();
        if (group == null) {
            return member.generation() < 0 ? ErrorCode.NONE : ErrorCode.GROUP_ID_NOT_FOUND;
        }
        ErrorCode error = group.validateCommit(member, false);
        for (int i = 0; i < commit.offsets().size() && error == ErrorCode.NONE; i++) {
            error = group.validateCommit(member, commit.offsets().get(i));
        }
        // A client that knows no epochs could not handle the errors that a member must handle.
        return error == ErrorCode.NONE
                        && !commit.epochsKnown()
                        && group instanceof final ConsumerGroup consumers
                        && consumers.isConsumer(member.memberId())
                ? ErrorCode.UNSUPPORTED_VERSION
                : error;
    }

    /**
     * Fetches committed offsets.
     *
     * @param fetch the group and its partitions.
     * @return the offsets.
     */
    OffsetFetchResult fetch(final OffsetFetch fetch) {
        final MemberIdentity member = fetch.member();
        final Group group = image.group(member.groupId());
        if (group != null) {
            final ErrorCode error = group.validateFetch(member);
            if (error != ErrorCode.NONE) {
                return new OffsetFetchResult(error, List.of());
            }
        }
        return new OffsetFetchResult(
                ErrorCode.NONE, fetch.partitions() == null ? all(member.groupId()) : some(member.groupId(), fetch));
    }

    private List<OffsetFetchResult.Fetched> some(final String groupId, final OffsetFetch fetch) {
        final List<OffsetFetchResult.Fetched> offsets =
                new ArrayList<>(fetch.partitions().size());
        for (final TopicIdPartition wanted : fetch.partitions()) {
            final CommittedOffset committed = image.offsets().get(groupId, wanted.topic(), wanted.partition());
            final boolean known = committed != null && committed.isOf(wanted.topicId());
            offsets.add(fetched(wanted.topic(), wanted.topicId(), wanted.partition(), known ? committed : null));
        }
        return offsets;
    }

    private List<OffsetFetchResult.Fetched> all(final String groupId) {
        final List<OffsetFetchResult.Fetched> offsets = new ArrayList<>();
        image.offsets()
                .of(groupId)
                .forEach((topic, partitions) -> partitions.forEach((partition, committed) ->
                        offsets.add(fetched(topic, committed.topicId(), partition, committed))));
        return offsets;
    }

    private static OffsetFetchResult.Fetched fetched(
            final String topic, final UUID topicId, final int partition, final CommittedOffset committed) {
        return new OffsetFetchResult.Fetched(
                ErrorCode.NONE,
                committed == null
                        ? new PartitionOffset(topic, topicId, partition, NO_OFFSET, -1, "")
                        : new PartitionOffset(
                                topic,
                                topicId,
                                partition,
                                committed.offset(),
                                committed.leaderEpoch(),
                                committed.metadata()));
    }

    /**
     * Deletes offsets of topics that the group does not subscribe to.
     *
     * @param groupId the group's id.
     * @param partitions the partitions.
     * @return the records to write, and a result for each partition.
     */
    Outcome<GroupRecord, OffsetDeleteResult> delete(final String groupId, final List<TopicIdPartition> partitions) {
        final Group group = image.group(groupId);
        final ErrorCode error = group == null ? ErrorCode.GROUP_ID_NOT_FOUND : group.validateOffsetDelete();
        if (error != ErrorCode.NONE) {
            return Outcome.answer(new OffsetDeleteResult(error, List.of()));
        }
        final List<ErrorCode> results = new ArrayList<>(partitions.size());
        final List<GroupRecord> records = new ArrayList<>();
        for (final TopicIdPartition partition : partitions) {
            if (group.isSubscribed(partition.topic())) {
                results.add(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
            } else {
                results.add(ErrorCode.NONE);
                if (image.offsets().get(groupId, partition.topic(), partition.partition()) != null) {
                    records.add(tombstone(groupId, partition.topic(), partition.partition()));
                }
            }
        }
        return Outcome.write(records, new OffsetDeleteResult(ErrorCode.NONE, results));
    }

    /**
     * Adds the tombstones of all offsets of a group.
     *
     * @param groupId the group's id.
     * @param records receives the tombstones.
     */
    void deleteAll(final String groupId, final List<GroupRecord> records) {
        image.offsets()
                .of(groupId)
                .forEach((topic, partitions) ->
                        partitions.keySet().forEach(partition -> records.add(tombstone(groupId, topic, partition))));
    }

    /**
     * Adds the tombstones of a group's expired offsets.
     *
     * @param group the group.
     * @param nowMs the current time in milliseconds.
     * @param records receives the tombstones.
     * @return true if the group has no other offsets.
     */
    boolean expire(final Group group, final long nowMs, final List<GroupRecord> records) {
        boolean allGone = true;
        for (final Map.Entry<String, ? extends Map<Integer, CommittedOffset>> topic :
                image.offsets().of(group.groupId()).entrySet()) {
            final boolean used = group.isSubscribed(topic.getKey());
            for (final Map.Entry<Integer, CommittedOffset> partition :
                    topic.getValue().entrySet()) {
                if (!used && isExpired(group, partition.getValue(), nowMs)) {
                    records.add(tombstone(group.groupId(), topic.getKey(), partition.getKey()));
                } else {
                    allGone = false;
                }
            }
        }
        return allGone;
    }

    private boolean isExpired(final Group group, final CommittedOffset committed, final long nowMs) {
        final long baseMs = group.expiryBaseMs(committed.commitTimestampMs());
        if (baseMs == Group.NEVER) {
            return false;
        }
        return committed.expireTimestampMs() == -1
                ? nowMs - baseMs >= config.retentionMs()
                : nowMs >= committed.expireTimestampMs();
    }

    /**
     * Creates tombstones for offsets of topics that no longer exist.
     *
     * @param metadata the existing topics.
     * @param max the largest number of tombstones.
     * @return the tombstones.
     */
    List<GroupRecord> deleteOrphans(final MetadataView metadata, final int max) {
        final List<GroupRecord> records = new ArrayList<>();
        for (final String groupId : image.offsets().groupIds()) {
            image.offsets().of(groupId).forEach((topic, partitions) -> {
                final TopicImage image = metadata.topic(topic);
                partitions.forEach((partition, committed) -> {
                    if (records.size() < max && (image == null || !committed.isOf(image.id()))) {
                        records.add(tombstone(groupId, topic, partition));
                    }
                });
            });
            if (records.size() >= max) {
                break;
            }
        }
        return records;
    }

    private static GroupRecord tombstone(final String groupId, final String topic, final int partition) {
        return new GroupRecord.Offset(groupId, topic, partition, null);
    }
}
