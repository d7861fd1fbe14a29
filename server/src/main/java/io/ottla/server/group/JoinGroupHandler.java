package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.JoinGroupRequest;
import io.ottla.codec.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.ottla.codec.message.JoinGroupResponse;
import io.ottla.codec.message.JoinGroupResponse.JoinGroupResponseMember;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;

/** Adds members to classic groups. The response is sent when the next generation of the group is complete. */
final class JoinGroupHandler extends ApiHandler<JoinGroupRequest> {
    private static final int REBALANCE_TIMEOUT_VERSION = 1;
    private static final int MEMBER_ID_REQUIRED_VERSION = 4;
    private static final int NULLABLE_PROTOCOL_VERSION = 7;
    private static final int SKIP_ASSIGNMENT_VERSION = 9;

    private final GroupCoordinator groups;

    JoinGroupHandler(final GroupCoordinator groups) {
        super(ApiKey.JOIN_GROUP, 0, 9);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final JoinGroupRequest body) {
        final List<JoinGroupProtocol> protocols =
                new ArrayList<>(body.protocols().size());
        for (final JoinGroupRequestProtocol protocol : body.protocols()) {
            protocols.add(new JoinGroupProtocol(protocol.name(), protocol.metadata()));
        }
        final JoinGroup join = JoinGroup.builder(body.groupId(), body.memberId())
                .instanceId(body.groupInstanceId())
                .client(GroupClients.idOf(request), GroupClients.hostOf(request))
                .sessionTimeoutMs(body.sessionTimeoutMs())
                .rebalanceTimeoutMs(
                        request.version() < REBALANCE_TIMEOUT_VERSION
                                ? body.sessionTimeoutMs()
                                : body.rebalanceTimeoutMs())
                .protocols(body.protocolType(), protocols)
                .reason(body.reason())
                .memberIdRequired(request.version() >= MEMBER_ID_REQUIRED_VERSION)
                .skipAssignmentSupported(request.version() >= SKIP_ASSIGNMENT_VERSION)
                .build();
        request.whenDone(
                groups.join(join),
                (result, error) -> respond(
                        request, error == ErrorCode.NONE ? result : JoinGroupResult.failed(error, body.memberId())));
    }

    private static void respond(final Request request, final JoinGroupResult result) {
        final JoinGroupResponse response = new JoinGroupResponse()
                .setErrorCode(result.error().code())
                .setGenerationId(result.generation())
                .setProtocolType(result.protocolType())
                .setProtocolName(
                        result.protocolName() == null && request.version() < NULLABLE_PROTOCOL_VERSION
                                ? ""
                                : result.protocolName())
                .setLeader(result.leaderId())
                .setSkipAssignment(result.skipAssignment())
                .setMemberId(result.memberId());
        for (final JoinGroupResult.Member member : result.members()) {
            response.members()
                    .add(new JoinGroupResponseMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setMetadata(member.metadata()));
        }
        request.respond(response);
    }
}
