package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.OffsetDeleteRequest;
import io.ottla.codec.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.ottla.codec.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.ottla.codec.message.OffsetDeleteResponse;
import io.ottla.codec.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import io.ottla.codec.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;

/** Deletes the offsets of a group for topics that it is not subscribed to (KIP-496). */
final class OffsetDeleteHandler extends ApiHandler<OffsetDeleteRequest> {
    private final MetadataView metadata;
    private final GroupCoordinator groups;

    OffsetDeleteHandler(final MetadataView metadata, final GroupCoordinator groups) {
        super(ApiKey.OFFSET_DELETE, 0, 0);
        this.metadata = metadata;
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final OffsetDeleteRequest body) {
        final OffsetDeleteResponse response = new OffsetDeleteResponse();
        final List<TopicIdPartition> partitions = new ArrayList<>();
        // The responses that the coordinator completes, in the order of the partitions.
        final List<OffsetDeleteResponsePartition> open = new ArrayList<>();
        for (final OffsetDeleteRequestTopic topic : body.topics()) {
            final TopicImage image = metadata.topic(topic.name());
            final OffsetDeleteResponseTopic result = new OffsetDeleteResponseTopic().setName(topic.name());
            response.topics().add(result);
            for (final OffsetDeleteRequestPartition partition : topic.partitions()) {
                final int index = partition.partitionIndex();
                final OffsetDeleteResponsePartition answer =
                        new OffsetDeleteResponsePartition().setPartitionIndex(index);
                result.partitions().add(answer);
                if (image == null || index < 0 || index >= image.partitions()) {
                    answer.setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    open.add(answer);
                    partitions.add(new TopicIdPartition(image.name(), image.id(), index));
                }
            }
        }
        request.whenDone(groups.deleteOffsets(body.groupId(), partitions), (result, failure) -> {
            final ErrorCode error = failure == ErrorCode.NONE ? result.error() : failure;
            if (error == ErrorCode.NONE) {
                for (int i = 0; i < open.size(); i++) {
                    open.get(i).setErrorCode(result.partitions().get(i).code());
                }
                request.respond(response);
            } else {
                request.respond(new OffsetDeleteResponse().setErrorCode(error.code()));
            }
        });
    }
}
