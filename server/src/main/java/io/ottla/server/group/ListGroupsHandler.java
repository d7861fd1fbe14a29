package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupListing;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ListGroupsRequest;
import io.ottla.codec.message.ListGroupsResponse;
import io.ottla.codec.message.ListGroupsResponse.ListedGroup;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.HashSet;
import java.util.Set;

/** Lists groups, since version 4 filtered by state (KIP-518) and since version 5 by type (KIP-848). */
final class ListGroupsHandler extends ApiHandler<ListGroupsRequest> {
    private final GroupCoordinator groups;

    ListGroupsHandler(final GroupCoordinator groups) {
        super(ApiKey.LIST_GROUPS, 0, 5);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final ListGroupsRequest body) {
        // Not immutable sets, which are slow if many elements have the same hash.
        final Set<String> states = new HashSet<>(body.statesFilter());
        final Set<String> types = new HashSet<>(body.typesFilter());
        request.whenDone(groups.list(states, types), (listings, error) -> {
            final ListGroupsResponse response = new ListGroupsResponse().setErrorCode(error.code());
            if (error == ErrorCode.NONE) {
                for (final GroupListing listing : listings) {
                    response.groups()
                            .add(new ListedGroup()
                                    .setGroupId(listing.groupId())
                                    .setProtocolType(listing.protocolType())
                                    .setGroupState(listing.state())
                                    .setGroupType(listing.type()));
                }
            }
            request.respond(response);
        });
    }
}
