package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ConsumerGroupDescribeRequest;
import io.ottla.codec.message.ConsumerGroupDescribeResponse;
import io.ottla.codec.message.ConsumerGroupDescribeResponse.Assignment;
import io.ottla.codec.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.ottla.codec.message.ConsumerGroupDescribeResponse.Member;
import io.ottla.codec.message.ConsumerGroupDescribeResponse.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Describes consumer groups (KIP-848). */
final class ConsumerGroupDescribeHandler extends ApiHandler<ConsumerGroupDescribeRequest> {
    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final MetadataView metadata;
    private final GroupCoordinator groups;

    ConsumerGroupDescribeHandler(final MetadataView metadata, final GroupCoordinator groups) {
        super(ApiKey.CONSUMER_GROUP_DESCRIBE, 0, 1);
        this.metadata = metadata;
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final ConsumerGroupDescribeRequest body) {
        // A group that is named a million times is described once, and its description is repeated as often as in
        // Kafka.
        final List<String> distinct = body.groupIds().stream().distinct().toList();
        request.whenDone(groups.describeConsumerGroups(distinct), (descriptions, failure) -> {
            final ConsumerGroupDescribeResponse response = new ConsumerGroupDescribeResponse();
            if (failure == ErrorCode.NONE) {
                final Map<String, DescribedGroup> described = HashMap.newHashMap(distinct.size());
                for (int i = 0; i < distinct.size(); i++) {
                    described.put(distinct.get(i), toMessage(descriptions.get(i), body.includeAuthorizedOperations()));
                }
                body.groupIds().forEach(groupId -> response.groups().add(described.get(groupId)));
            } else {
                for (final String groupId : body.groupIds()) {
                    response.groups()
                            .add(new DescribedGroup().setGroupId(groupId).setErrorCode(failure.code()));
                }
            }
            request.respond(response);
        });
    }

    private DescribedGroup toMessage(final ConsumerGroupDescription description, final boolean withOperations) {
        final DescribedGroup group = new DescribedGroup()
                .setErrorCode(description.error().code())
                .setErrorMessage(description.message())
                .setGroupId(description.groupId())
                .setGroupState(description.state())
                .setGroupEpoch(description.epoch())
                .setAssignmentEpoch(description.assignmentEpoch())
                .setAssignorName(description.assignor());
        if (withOperations && description.error() == ErrorCode.NONE) {
            group.setAuthorizedOperations(AuthorizedOperations.GROUP);
        }
        for (final ConsumerGroupDescription.Member member : description.members()) {
            group.members()
                    .add(new Member()
                            .setMemberId(member.memberId())
                            .setInstanceId(member.instanceId())
                            .setRackId(member.rackId())
                            .setMemberEpoch(member.epoch())
                            .setClientId(member.clientId())
                            .setClientHost(member.clientHost())
                            .setSubscribedTopicNames(member.topics())
                            .setSubscribedTopicRegex(member.topicRegex())
                            .setAssignment(toMessage(member.assignment()))
                            .setTargetAssignment(toMessage(member.target()))
                            .setMemberType(member.isClassic() ? CLASSIC_MEMBER : CONSUMER_MEMBER));
        }
        return group;
    }

    /** Converts an assignment. A deleted topic has no name any more and is left out, as in Kafka. */
    private Assignment toMessage(final Map<UUID, Set<Integer>> partitions) {
        final Assignment assignment = new Assignment();
        partitions.forEach((id, indexes) -> {
            final TopicImage topic = metadata.topic(id);
            if (topic != null) {
                assignment
                        .topicPartitions()
                        .add(new TopicPartitions()
                                .setTopicId(id)
                                .setTopicName(topic.name())
                                .setPartitions(new ArrayList<>(indexes)));
            }
        });
        return assignment;
    }
}
