package io.ottla.server.produce;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.ProducerIds;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.InitProducerIdRequest;
import io.ottla.codec.message.InitProducerIdResponse;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;

/**
 * Assigns producer ids to idempotent producers (KIP-98). Each request gets a new one, as in Kafka, whatever id the
 * producer had before. Transactional producers get UNSUPPORTED_VERSION, which no client retries.
 */
final class InitProducerIdHandler extends ApiHandler<InitProducerIdRequest> {
    private static final long NO_ID = -1;
    private static final short NO_EPOCH = -1;

    private final ProducerIds producerIds;

    InitProducerIdHandler(final ProducerIds producerIds) {
        super(ApiKey.INIT_PRODUCER_ID, 0, 5);
        this.producerIds = producerIds;
    }

    @Override
    protected void handle(final Request request, final InitProducerIdRequest body) {
        if ((body.producerId() == NO_ID) != (body.producerEpoch() == NO_EPOCH)) {
            refuse(request, ErrorCode.INVALID_REQUEST);
        } else if (body.transactionalId() == null) {
            request.whenDone(producerIds.next(), (producerId, error) -> {
                if (error == ErrorCode.NONE) {
                    request.respond(new InitProducerIdResponse()
                            .setProducerId(producerId)
                            .setProducerEpoch((short) 0));
                } else {
                    refuse(request, error);
                }
            });
        } else {
            refuse(
                    request,
                    body.transactionalId().isEmpty() ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_VERSION);
        }
    }

    private static void refuse(final Request request, final ErrorCode error) {
        request.respond(new InitProducerIdResponse()
                .setErrorCode(error.code())
                .setProducerId(NO_ID)
                .setProducerEpoch(NO_EPOCH));
    }
}
