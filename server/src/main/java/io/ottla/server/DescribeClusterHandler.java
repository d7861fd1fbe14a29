package io.ottla.server;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeClusterRequest;
import io.ottla.codec.message.DescribeClusterResponse;
import io.ottla.codec.message.DescribeClusterResponse.DescribeClusterBroker;

/** Tells of the brokers (KIP-700). There are no controllers that a client could talk to (KIP-919). */
final class DescribeClusterHandler extends ApiHandler<DescribeClusterRequest> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final HandlerContext context;

    DescribeClusterHandler(final HandlerContext context) {
        super(ApiKey.DESCRIBE_CLUSTER, 0, 2);
        this.context = context;
    }

    @Override
    void handle(final Request request, final DescribeClusterRequest body) {
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
        final BrokerContext broker = context.broker();
        final AdvertisedListener advertised = broker.advertised(request.connection());
        final DescribeClusterResponse response = new DescribeClusterResponse()
                .setClusterId(broker.metadata().view().clusterId())
                .setControllerId(broker.config().nodeId())
                .setClusterAuthorizedOperations(
                        body.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        response.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(broker.config().nodeId())
                        .setHost(advertised.host())
                        .setPort(advertised.port())
                        .setRack(broker.config().text(BrokerKeys.BROKER_RACK)));
        return response;
    }

    private static DescribeClusterResponse refusal(final ErrorCode error, final String message) {
        return new DescribeClusterResponse().setErrorCode(error.code()).setErrorMessage(message);
    }
}
