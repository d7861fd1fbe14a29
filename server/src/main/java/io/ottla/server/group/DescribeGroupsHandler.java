package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeGroupsRequest;
import io.ottla.codec.message.DescribeGroupsResponse;
import io.ottla.codec.message.DescribeGroupsResponse.DescribedGroup;
import io.ottla.codec.message.DescribeGroupsResponse.DescribedGroupMember;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.request.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Describes classic groups. Before version 6 a group that does not exist is dead, which is not an error (KIP-1043). */
final class DescribeGroupsHandler extends ApiHandler<DescribeGroupsRequest> {
    private static final int NOT_FOUND_VERSION = 6;

    private final GroupCoordinator groups;

    DescribeGroupsHandler(final GroupCoordinator groups) {
        super(ApiKey.DESCRIBE_GROUPS, 0, 6);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final DescribeGroupsRequest body) {
        // A group that is named a million times is described once, and its description is repeated as often as in
        // Kafka.
        final List<String> distinct = body.groups().stream().distinct().toList();
        request.whenDone(groups.describe(distinct), (descriptions, failure) -> {
            final DescribeGroupsResponse response = new DescribeGroupsResponse();
            if (failure == ErrorCode.NONE) {
                final Map<String, DescribedGroup> described = HashMap.newHashMap(distinct.size());
                for (int i = 0; i < distinct.size(); i++) {
                    described.put(
                            distinct.get(i),
                            toMessage(request, descriptions.get(i), body.includeAuthorizedOperations()));
                }
                body.groups().forEach(groupId -> response.groups().add(described.get(groupId)));
            } else {
                for (final String groupId : body.groups()) {
                    response.groups()
                            .add(new DescribedGroup().setGroupId(groupId).setErrorCode(failure.code()));
                }
            }
            request.respond(response);
        });
    }

    private static DescribedGroup toMessage(
            final Request request, final ClassicGroupDescription description, final boolean withOperations) {
        final boolean unknown = description.error() == ErrorCode.GROUP_ID_NOT_FOUND;
        final boolean silent = unknown && request.version() < NOT_FOUND_VERSION;
        final DescribedGroup group = new DescribedGroup()
                .setErrorCode((silent ? ErrorCode.NONE : description.error()).code())
                .setErrorMessage(silent ? null : description.message())
                .setGroupId(description.groupId())
                .setGroupState(description.state())
                .setProtocolType(description.protocolType())
                .setProtocolData(description.protocolName());
        if (withOperations && group.errorCode() == ErrorCode.NONE.code()) {
            group.setAuthorizedOperations(AuthorizedOperations.GROUP);
        }
        for (final ClassicGroupDescription.Member member : description.members()) {
            group.members()
                    .add(new DescribedGroupMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setClientId(member.clientId())
                            .setClientHost(member.clientHost())
                            .setMemberMetadata(member.metadata())
                            .setMemberAssignment(member.assignment()));
        }
        return group;
    }
}
