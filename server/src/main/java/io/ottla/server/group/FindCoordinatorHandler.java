package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.FindCoordinatorRequest;
import io.ottla.codec.message.FindCoordinatorResponse;
import io.ottla.codec.message.FindCoordinatorResponse.Coordinator;
import io.ottla.server.config.AdvertisedListener;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.List;

/**
 * Returns the coordinator of groups and transactions: this broker, at the listener of the connection. Creates the topic
 * {@code __consumer_offsets} at the first request, so that clients without groups cost nothing. Since version 4 a
 * request has many keys (KIP-699).
 */
final class FindCoordinatorHandler extends ApiHandler<FindCoordinatorRequest> {
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;
    private static final int BATCHED_VERSION = 4;
    private static final int SHARE_VERSION = 6;
    private static final int NO_NODE = -1;

    private final int nodeId;
    private final GroupCoordinator groups;

    FindCoordinatorHandler(final int nodeId, final GroupCoordinator groups) {
        super(ApiKey.FIND_COORDINATOR, 0, 6);
        this.nodeId = nodeId;
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final FindCoordinatorRequest body) {
        final List<String> keys = request.version() < BATCHED_VERSION ? List.of(body.key()) : body.coordinatorKeys();
        if (body.keyType() == GROUP && !keys.isEmpty()) {
            request.whenDone(
                    groups.find(keys.getFirst()),
                    (nodeId, error) -> respond(request, keys, error == ErrorCode.NONE ? nodeId : NO_NODE, error));
        } else if (body.keyType() == TRANSACTION) {
            respond(request, keys, nodeId, ErrorCode.NONE);
        } else {
            // Share groups are not served yet, and neither is their coordinator.
            final boolean known = body.keyType() == SHARE && request.version() >= SHARE_VERSION;
            respond(
                    request,
                    keys,
                    NO_NODE,
                    known || body.keyType() == GROUP ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.INVALID_REQUEST);
        }
    }

    private void respond(final Request request, final List<String> keys, final int nodeId, final ErrorCode error) {
        final AdvertisedListener here = request.session().advertised();
        final String host = nodeId == NO_NODE ? "" : here.host();
        final int port = nodeId == NO_NODE ? -1 : here.port();
        final FindCoordinatorResponse response = new FindCoordinatorResponse();
        if (request.version() < BATCHED_VERSION) {
            response.setErrorCode(error.code())
                    .setErrorMessage(error.name())
                    .setNodeId(nodeId)
                    .setHost(host)
                    .setPort(port);
        } else {
            for (final String key : keys) {
                response.coordinators()
                        .add(new Coordinator()
                                .setKey(key)
                                .setErrorCode(error.code())
                                .setErrorMessage(error == ErrorCode.NONE ? "" : error.name())
                                .setNodeId(nodeId)
                                .setHost(host)
                                .setPort(port));
            }
        }
        request.respond(response);
    }
}
