package io.ottla.server.request;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.ApiVersionsResponse.ApiVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * Returns the versions of the APIs that are served (KIP-35, KIP-511), if the client means this broker (KIP-1242). It
 * returns no features (KIP-584): each feature that Kafka finalizes changes what clients send, and is absent until that is
 * served.
 */
final class ApiVersionsHandler extends ApiHandler<ApiVersionsRequest> {
    private static final short FIRST_VERSION_WITH_SOFTWARE_NAME = 3;
    private static final int NO_NODE_ID = -1;

    private final List<ApiHandler<?>> all;
    private final BrokerIdentity identity;

    /**
     * Creates the handler.
     *
     * @param all all handlers of the agent, in the order of their keys. The list may be completed later.
     * @param identity the broker's identity.
     */
    ApiVersionsHandler(final List<ApiHandler<?>> all, final BrokerIdentity identity) {
        super(ApiKey.API_VERSIONS, 0, 5);
        this.all = all;
        this.identity = identity;
    }

    @Override
    protected void handle(final Request request, final ApiVersionsRequest body) {
        final ErrorCode error = check(request, body);
        request.respond(
                error == ErrorCode.NONE
                        ? new ApiVersionsResponse().setApiKeys(served())
                        : new ApiVersionsResponse().setErrorCode(error.code()));
    }

    /** Before version 5 a request names no broker, and before version 3 no client software. */
    private ErrorCode check(final Request request, final ApiVersionsRequest body) {
        final boolean hasClusterId = body.clusterId() != null;
        if (hasClusterId != (body.nodeId() != NO_NODE_ID)) {
            return ErrorCode.INVALID_REQUEST;
        }
        if (request.version() >= FIRST_VERSION_WITH_SOFTWARE_NAME) {
            if (!isName(body.clientSoftwareName()) || !isName(body.clientSoftwareVersion())) {
                return ErrorCode.INVALID_REQUEST;
            }
            request.session().software(body.clientSoftwareName(), body.clientSoftwareVersion());
        }
        final boolean isAnotherBroker =
                hasClusterId && !(body.clusterId().equals(identity.clusterId()) && body.nodeId() == identity.nodeId());
        return isAnotherBroker ? ErrorCode.REBOOTSTRAP_REQUIRED : ErrorCode.NONE;
    }

    /**
     * Responds to a request in a version that is not served, whose body cannot be parsed. The response has version 0,
     * which all clients can parse, and contains the versions of this API, which suffice to send the request again.
     *
     * @param request the request.
     */
    void handleUnknownVersion(final Request request) {
        request.respond(
                new ApiVersionsResponse()
                        .setErrorCode(ErrorCode.UNSUPPORTED_VERSION.code())
                        .setApiKeys(List.of(versionsOf(this))),
                (short) 0);
    }

    private List<ApiVersion> served() {
        final List<ApiVersion> served = new ArrayList<>(all.size());
        for (final ApiHandler<?> handler : all) {
            served.add(versionsOf(handler));
        }
        return served;
    }

    private static ApiVersion versionsOf(final ApiHandler<?> handler) {
        return new ApiVersion()
                .setApiKey(handler.api().id())
                .setMinVersion(handler.advertisedMinVersion())
                .setMaxVersion(handler.maxVersion());
    }

    /** Returns whether a text has only letters and digits, with dashes and dots between them. */
    private static boolean isName(final String text) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final boolean isAlphanumeric = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            final boolean isInside = i > 0 && i < text.length() - 1;
            if (!isAlphanumeric && !(isInside && (c == '-' || c == '.'))) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
