package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetCommitResponse;
import io.ottla.codec.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.ottla.codec.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * Commits offsets of groups for partitions that exist. Since version 10 topics are identified by topic id (KIP-848).
 */
final class OffsetCommitHandler extends ApiHandler<OffsetCommitRequest> {
    private static final int GROUP_ID_NOT_FOUND_VERSION = 9;
    private static final int TOPIC_ID_VERSION = 10;

    private final MetadataView metadata;
    private final GroupCoordinator groups;

    OffsetCommitHandler(final MetadataView metadata, final GroupCoordinator groups) {
        super(ApiKey.OFFSET_COMMIT, 2, 10);
        this.metadata = metadata;
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final OffsetCommitRequest body) {
        final OffsetCommitResponse response = new OffsetCommitResponse();
        final List<PartitionOffset> offsets = new ArrayList<>();
        // The responses that the coordinator completes, in the order of the offsets.
        final List<OffsetCommitResponsePartition> open = new ArrayList<>();
        for (final OffsetCommitRequestTopic topic : body.topics()) {
            if (topic.partitions().isEmpty()) {
                // Kafka's response does not contain the name of such a topic.
                continue;
            }
            final OffsetCommitResponseTopic result =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            response.topics().add(result);
            final boolean byId = request.version() >= TOPIC_ID_VERSION;
            final TopicImage image = byId ? metadata.topic(topic.topicId()) : metadata.topic(topic.name());
            for (final OffsetCommitRequestPartition partition : topic.partitions()) {
                final OffsetCommitResponsePartition answer =
                        new OffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex());
                result.partitions().add(answer);
                if (image == null && byId) {
                    answer.setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.code());
                } else if (image == null
                        || partition.partitionIndex() < 0
                        || partition.partitionIndex() >= image.partitions()) {
                    answer.setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    open.add(answer);
                    offsets.add(new PartitionOffset(
                            image.name(),
                            image.id(),
                            partition.partitionIndex(),
                            partition.committedOffset(),
                            partition.committedLeaderEpoch(),
                            partition.committedMetadata()));
                }
            }
        }
        if (offsets.isEmpty()) {
            request.respond(response);
            return;
        }
        final MemberIdentity member = new MemberIdentity(
                body.groupId(), body.memberId(), body.groupInstanceId(), body.generationIdOrMemberEpoch());
        request.whenDone(
                groups.commitOffsets(new OffsetCommit(
                        member, body.retentionTimeMs(), request.version() >= GROUP_ID_NOT_FOUND_VERSION, offsets)),
                (results, error) -> {
                    for (int i = 0; i < open.size(); i++) {
                        open.get(i)
                                .setErrorCode(answer(request, error == ErrorCode.NONE ? results.get(i) : error)
                                        .code());
                    }
                    request.respond(response);
                });
    }

    /** Maps errors that older clients do not know. */
    private static ErrorCode answer(final Request request, final ErrorCode error) {
        if (request.version() < GROUP_ID_NOT_FOUND_VERSION) {
            if (error == ErrorCode.GROUP_ID_NOT_FOUND) {
                return ErrorCode.ILLEGAL_GENERATION;
            }
            if (error == ErrorCode.STALE_MEMBER_EPOCH) {
                return ErrorCode.UNSUPPORTED_VERSION;
            }
        }
        return error;
    }
}
