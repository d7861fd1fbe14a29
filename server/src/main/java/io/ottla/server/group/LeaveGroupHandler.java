package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.LeaveGroupRequest;
import io.ottla.codec.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.codec.message.LeaveGroupResponse;
import io.ottla.codec.message.LeaveGroupResponse.MemberResponse;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;

/** Removes members from classic groups: one until version 2, any number since version 3 (KIP-345). */
final class LeaveGroupHandler extends ApiHandler<LeaveGroupRequest> {
    private static final int BATCHED_VERSION = 3;

    private final GroupCoordinator groups;

    LeaveGroupHandler(final GroupCoordinator groups) {
        super(ApiKey.LEAVE_GROUP, 0, 5);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final LeaveGroupRequest body) {
        final List<LeaveGroup.Member> members = new ArrayList<>();
        if (request.version() < BATCHED_VERSION) {
            members.add(new LeaveGroup.Member(body.memberId(), null, null));
        } else {
            for (final MemberIdentity member : body.members()) {
                members.add(new LeaveGroup.Member(member.memberId(), member.groupInstanceId(), member.reason()));
            }
        }
        request.whenDone(
                groups.leave(new LeaveGroup(body.groupId(), members)),
                (result, error) -> respond(
                        request, members, error == ErrorCode.NONE ? result : new LeaveGroupResult(error, List.of())));
    }

    private static void respond(
            final Request request, final List<LeaveGroup.Member> members, final LeaveGroupResult result) {
        final LeaveGroupResponse response = new LeaveGroupResponse();
        final boolean alone = request.version() < BATCHED_VERSION && result.error() == ErrorCode.NONE;
        response.setErrorCode((alone ? result.members().getFirst() : result.error()).code());
        if (request.version() >= BATCHED_VERSION) {
            for (int i = 0; i < result.members().size(); i++) {
                response.members()
                        .add(new MemberResponse()
                                .setMemberId(members.get(i).memberId())
                                .setGroupInstanceId(members.get(i).instanceId())
                                .setErrorCode(result.members().get(i).code()));
            }
        }
        request.respond(response);
    }
}
