package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.MemberIdentity;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.HeartbeatRequest;
import io.ottla.codec.message.HeartbeatResponse;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;

/** Processes heartbeats of members of classic groups, and notifies members of a rebalance. */
final class HeartbeatHandler extends ApiHandler<HeartbeatRequest> {
    private final GroupCoordinator groups;

    HeartbeatHandler(final GroupCoordinator groups) {
        super(ApiKey.HEARTBEAT, 0, 4);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final HeartbeatRequest body) {
        final MemberIdentity member =
                new MemberIdentity(body.groupId(), body.memberId(), body.groupInstanceId(), body.generationId());
        request.whenDone(
                groups.heartbeat(member),
                (answer, error) -> request.respond(
                        new HeartbeatResponse().setErrorCode((error == ErrorCode.NONE ? answer : error).code())));
    }
}
