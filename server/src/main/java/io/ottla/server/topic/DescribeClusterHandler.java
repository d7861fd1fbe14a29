package io.ottla.server.topic;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.MetadataView;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeClusterRequest;
import io.ottla.codec.message.DescribeClusterResponse;
import io.ottla.codec.message.DescribeClusterResponse.DescribeClusterBroker;
import io.ottla.server.config.AdvertisedListener;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.IdentityKeys;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.request.Request;

/**
 * Describes the brokers of the cluster (KIP-700). There are no controllers that a client could connect to (KIP-919).
 */
final class DescribeClusterHandler extends ApiHandler<DescribeClusterRequest> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final BrokerConfig config;
    private final MetadataView metadata;

    DescribeClusterHandler(final BrokerConfig config, final MetadataView metadata) {
        super(ApiKey.DESCRIBE_CLUSTER, 0, 2);
        this.config = config;
        this.metadata = metadata;
    }

    @Override
    protected void handle(final Request request, final DescribeClusterRequest body) {
        if (body.endpointType() == BROKERS) {
            request.respond(describe(request, body));
        } else if (body.endpointType() == CONTROLLERS) {
            request.respond(refusal(
                    ErrorCode.MISMATCHED_ENDPOINT_TYPE,
                    "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type "
                            + "CONTROLLER"));
        } else {
            request.respond(
                    refusal(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, "Unsupported endpoint type " + body.endpointType()));
        }
    }

    private DescribeClusterResponse describe(final Request request, final DescribeClusterRequest body) {
        final AdvertisedListener advertised = request.session().advertised();
        final DescribeClusterResponse response = new DescribeClusterResponse()
                .setClusterId(metadata.clusterId())
                .setControllerId(config.nodeId())
                .setClusterAuthorizedOperations(
                        body.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        response.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(config.nodeId())
                        .setHost(advertised.host())
                        .setPort(advertised.port())
                        .setRack(config.text(IdentityKeys.BROKER_RACK)));
        return response;
    }

    private static DescribeClusterResponse refusal(final ErrorCode error, final String message) {
        return new DescribeClusterResponse().setErrorCode(error.code()).setErrorMessage(message);
    }
}
