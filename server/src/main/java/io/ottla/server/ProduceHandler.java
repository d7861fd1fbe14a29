package io.ottla.server;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.message.ProduceResponse.TopicProduceResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Appends what producers bring. */
final class ProduceHandler extends ApiHandler<ProduceRequest> {
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    /** The client id by which Kafka knows its own admin tools, which may write internal topics. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private final HandlerContext context;
    private final BatchValidator validator;

    /** The outcome of the next append; another one is made when this one has to wait. */
    private ProducedBatch spare;

    ProduceHandler(final HandlerContext context) {
        super(ApiKey.PRODUCE, 3, 13);
        this.context = context;
        this.validator = new BatchValidator(context.broker().clock());
    }

    /** Old librdkafka does not compress for brokers that do not know versions 0 to 2 (KAFKA-18659). */
    @Override
    short advertisedMinVersion() {
        return 0;
    }

    @Override
    void handle(final Request request, final ProduceRequest body) {
        final boolean isAcksValid = body.acks() >= -1 && body.acks() <= 1;
        final PendingProduce produce = new PendingProduce(context, request, body.acks());
        for (int i = 0; i < body.topicData().size(); i++) {
            final TopicProduceData topic = body.topicData().get(i);
            if (topic.partitionData().isEmpty()) {
                continue;
            }
            final TopicProduceResponse topicResponse =
                    new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            produce.response().responses().add(topicResponse);
            final TopicPartitions found = request.version() >= FIRST_VERSION_WITH_TOPIC_IDS
                    ? context.broker().partitions().topic(topic.topicId())
                    : context.broker().partitions().topic(topic.name());
            for (int j = 0; j < topic.partitionData().size(); j++) {
                final PartitionProduceData data = topic.partitionData().get(j);
                final PartitionProduceResponse result = new PartitionProduceResponse().setIndex(data.index());
                topicResponse.partitionResponses().add(result);
                append(request, produce, found, data, isAcksValid, result);
            }
        }
        produce.finish(body.timeoutMs());
    }

    private void append(
            final Request request,
            final PendingProduce produce,
            final TopicPartitions topic,
            final PartitionProduceData data,
            final boolean isAcksValid,
            final PartitionProduceResponse result) {
        if (topic == null) {
            produce.fail(
                    result,
                    request.version() >= FIRST_VERSION_WITH_TOPIC_IDS
                            ? ErrorCode.UNKNOWN_TOPIC_ID
                            : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            return;
        }
        final ErrorCode shape = data.records() == null
                ? ErrorCode.INVALID_RECORD
                : validator.validateShape(bytesOf(data.records()), request.version());
        if (shape != ErrorCode.NONE) {
            produce.fail(result, shape);
        } else if (!isAcksValid) {
            produce.fail(result, ErrorCode.INVALID_REQUIRED_ACKS);
        } else if (TopicNames.isInternal(topic.image().name()) && !ADMIN_CLIENT_ID.equals(request.clientId())) {
            produce.fail(result, ErrorCode.INVALID_TOPIC_EXCEPTION);
            result.setErrorMessage(
                    "Cannot append to internal topic " + topic.image().name());
        } else if (topic.partition(data.index()) == null) {
            produce.fail(result, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        } else {
            append(produce, topic.partition(data.index()), result);
        }
    }

    private void append(
            final PendingProduce produce, final Partition partition, final PartitionProduceResponse result) {
        final ErrorCode error = validator.validate(partition.id(), partition.config());
        if (error == ErrorCode.NONE) {
            if (spare == null) {
                spare = new ProducedBatch();
            }
            spare.begin(produce, partition, result, validator.logAppendTimeMs());
            partition.append(validator.batch(), spare);
            if (spare.isPending()) {
                spare = null;
            }
        } else {
            produce.fail(result, partition, error);
            result.setErrorMessage(validator.message()).setRecordErrors(validator.recordErrors());
        }
    }

    private static ByteBuffer bytesOf(final Payload records) {
        try {
            return records.toByteBuffer();
        } catch (final IOException e) {
            // Never: the records of a request are in the frame.
            throw new UncheckedIOException(e);
        }
    }
}
