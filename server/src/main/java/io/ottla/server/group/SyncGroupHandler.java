package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.SyncGroupRequest;
import io.ottla.codec.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.ottla.codec.message.SyncGroupResponse;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.HashMap;
import java.util.Map;

/** Distributes the assignments of classic groups. The response is sent when the leader has sent the assignments. */
final class SyncGroupHandler extends ApiHandler<SyncGroupRequest> {
    private static final int PROTOCOL_VERSION = 5;

    private final GroupCoordinator groups;

    SyncGroupHandler(final GroupCoordinator groups) {
        super(ApiKey.SYNC_GROUP, 0, 5);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final SyncGroupRequest body) {
        if (request.version() >= PROTOCOL_VERSION && (body.protocolType() == null || body.protocolName() == null)) {
            respond(request, SyncGroupResult.failed(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
            return;
        }
        final Map<String, byte[]> assignments = new HashMap<>();
        for (final SyncGroupRequestAssignment assignment : body.assignments()) {
            assignments.put(assignment.memberId(), assignment.assignment());
        }
        final SyncGroup sync = new SyncGroup(
                new MemberIdentity(body.groupId(), body.memberId(), body.groupInstanceId(), body.generationId()),
                body.protocolType(),
                body.protocolName(),
                assignments);
        request.whenDone(
                groups.sync(sync),
                (result, error) -> respond(request, error == ErrorCode.NONE ? result : SyncGroupResult.failed(error)));
    }

    private static void respond(final Request request, final SyncGroupResult result) {
        request.respond(new SyncGroupResponse()
                .setErrorCode(result.error().code())
                .setProtocolType(result.protocolType())
                .setProtocolName(result.protocolName())
                .setAssignment(result.assignment()));
    }
}
