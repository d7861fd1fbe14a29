package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DeleteGroupsRequest;
import io.ottla.codec.message.DeleteGroupsResponse;
import io.ottla.codec.message.DeleteGroupsResponse.DeletableGroupResult;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.List;

/** Deletes groups without members, and their offsets (KIP-229). */
final class DeleteGroupsHandler extends ApiHandler<DeleteGroupsRequest> {
    private final GroupCoordinator groups;

    DeleteGroupsHandler(final GroupCoordinator groups) {
        super(ApiKey.DELETE_GROUPS, 0, 3);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final DeleteGroupsRequest body) {
        final List<String> groupIds = body.groupsNames().stream().distinct().toList();
        request.whenDone(groups.delete(groupIds), (results, failure) -> {
            final DeleteGroupsResponse response = new DeleteGroupsResponse();
            for (int i = 0; i < groupIds.size(); i++) {
                response.results()
                        .add(new DeletableGroupResult()
                                .setGroupId(groupIds.get(i))
                                .setErrorCode((failure == ErrorCode.NONE ? results.get(i) : failure).code()));
            }
            request.respond(response);
        });
    }
}
