package io.ottla.server.produce;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.Payload;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.message.ProduceResponse.TopicProduceResponse;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.partition.BatchValidator;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import io.ottla.server.request.Session;
import io.ottla.server.request.Turns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Appends the records of producers. */
final class ProduceHandler extends ApiHandler<ProduceRequest> {
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    /** The client id of Kafka's own admin tools, which may write to internal topics. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private static final long NO_TURN = -1;

    /**
     * The maximum number of turns of a request. A turn parses the whole request again, so one with many partitions has
     * longer turns.
     */
    private static final int OPENING_TURNS_MAX = 1024;

    private final ProduceParts parts;
    private BatchValidator validator;

    /** The result of the last validation. */
    private ErrorCode error;

    /**
     * The number of bytes that the current turn may still decompress; {@link #NO_TURN} if the request has not waited
     * for one.
     */
    private long turnBytesLeft;

    /** The number of unused logs that the current turn appended to. */
    private int turnOpens;

    /** The outcome of the next append; replaced when the append has to wait. */
    private ProducedBatch spare;

    ProduceHandler(final ProduceParts parts) {
        super(ApiKey.PRODUCE, 3, 13);
        this.parts = parts;
        this.validator = new BatchValidator(parts.clock());
    }

    /** Returns version 0. Old librdkafka does not compress for brokers without versions 0 to 2 (KAFKA-18659). */
    @Override
    public short advertisedMinVersion() {
        return 0;
    }

    @Override
    protected void handle(final Request request, final ProduceRequest body) {
        final PendingProduce postponed = parts.postponed().isEmpty() ? null : takePostponed(request.session());
        final PendingProduce produce = postponed == null ? new PendingProduce(parts, body.acks()) : postponed;
        produce.begin(request);
        turnBytesLeft = postponed == null ? NO_TURN : Turns.TURN_BYTES;
        turnOpens = 0;
        boolean isKept = false;
        try {
            if (appendAll(request, produce, body)) {
                produce.finish(body.timeoutMs());
            } else {
                produce.postpone();
            }
            isKept = true;
        } finally {
            if (!isKept) {
                produce.abandon();
            }
        }
    }

    /** Removes the Produce whose frame is passed again; returns null if the frame is another one's. */
    private PendingProduce takePostponed(final Session session) {
        final PendingProduce produce = parts.postponed().remove(session);
        if (produce != null) {
            session.unpark(produce);
        }
        return produce;
    }

    /** Appends everything that earlier turns have not appended; returns false if it needs another turn. */
    private boolean appendAll(final Request request, final PendingProduce produce, final ProduceRequest body) {
        final boolean isAcksValid = body.acks() >= -1 && body.acks() <= 1;
        for (; produce.topicsDone() < body.topicData().size(); produce.topicDone()) {
            final TopicProduceData topic = body.topicData().get(produce.topicsDone());
            if (topic.partitionData().isEmpty()) {
                continue;
            }
            final TopicProduceResponse topicResponse = produce.responseOf(topic);
            final TopicPartitions found = request.version() >= FIRST_VERSION_WITH_TOPIC_IDS
                    ? parts.partitionTable().topic(topic.topicId())
                    : parts.partitionTable().topic(topic.name());
            for (; produce.partitionsDone() < topic.partitionData().size(); produce.partitionDone()) {
                if (turnOpens >= Turns.TURN_OPENS && turnOpens >= partitions(body) / OPENING_TURNS_MAX) {
                    return false;
                }
                final PartitionProduceData data = topic.partitionData().get(produce.partitionsDone());
                final PartitionProduceResponse result = new PartitionProduceResponse().setIndex(data.index());
                if (!append(request, produce, found, data, isAcksValid, result)) {
                    return false;
                }
                topicResponse.partitionResponses().add(result);
            }
        }
        return true;
    }

    private static int partitions(final ProduceRequest body) {
        int partitions = 0;
        for (final TopicProduceData topic : body.topicData()) {
            partitions += topic.partitionData().size();
        }
        return partitions;
    }

    /** Appends the records of a partition; returns false if it needs another turn. */
    private boolean append(
            final Request request,
            final PendingProduce produce,
            final TopicPartitions topic,
            final PartitionProduceData data,
            final boolean isAcksValid,
            final PartitionProduceResponse result) {
        final BatchValidator present = produce.validator() == null ? validator : produce.validator();
        final ErrorCode refused = refuse(request, present, topic, data, isAcksValid);
        if (refused == ErrorCode.NONE) {
            final Partition partition = topic.partition(data.index());
            if (!validate(request.session(), produce, present, partition, recordBytesMax(topic, partition.config()))) {
                return false;
            }
            append(produce, present, partition, result);
        } else {
            produce.abandon();
            produce.fail(result, refused);
            if (refused == ErrorCode.INVALID_TOPIC_EXCEPTION) {
                result.setErrorMessage(
                        "Cannot append to internal topic " + topic.image().name());
            }
        }
        return true;
    }

    private static ErrorCode refuse(
            final Request request,
            final BatchValidator present,
            final TopicPartitions topic,
            final PartitionProduceData data,
            final boolean isAcksValid) {
        if (topic == null) {
            return request.version() >= FIRST_VERSION_WITH_TOPIC_IDS
                    ? ErrorCode.UNKNOWN_TOPIC_ID
                    : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        final ErrorCode shape = data.records() == null
                ? ErrorCode.INVALID_RECORD
                : present.validateShape(bytesOf(data.records()), request.version());
        if (shape != ErrorCode.NONE) {
            return shape;
        }
        if (!isAcksValid) {
            return ErrorCode.INVALID_REQUIRED_ACKS;
        }
        if (InternalTopics.contain(topic.image().name()) && !ADMIN_CLIENT_ID.equals(request.clientId())) {
            return ErrorCode.INVALID_TOPIC_EXCEPTION;
        }
        return topic.partition(data.index()) == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
    }

    /**
     * Returns the maximum size of a record after decompression. Coordinators read whole records of internal topics into
     * memory.
     */
    private static int recordBytesMax(final TopicPartitions topic, final TopicConfig config) {
        return InternalTopics.contain(topic.image().name())
                ? (int) Math.min(config.maxDecompressedMessageBytes(), MemoryShares.rebuiltBytes())
                : config.maxDecompressedMessageBytes();
    }

    /** Validates a batch; returns false if the turn ends before it is complete. */
    private boolean validate(
            final Session session,
            final PendingProduce produce,
            final BatchValidator present,
            final Partition partition,
            final int recordBytesMax) {
        if (!present.isCompressed()) {
            error = present.validate(partition.id(), partition.config(), recordBytesMax);
            return true;
        }
        final boolean isTurn = turnBytesLeft != NO_TURN;
        final long bytesLeft = isTurn ? turnBytesLeft : parts.agent().turns().bytesLeft(session);
        if (bytesLeft <= 0) {
            return false;
        }
        present.budget(bytesLeft);
        error = present.validate(partition.id(), partition.config(), recordBytesMax);
        if (isTurn) {
            turnBytesLeft = Math.max(0, turnBytesLeft - present.spentBytes());
        } else {
            session.decompressed(present.spentBytes());
        }
        if (present.isPaused()) {
            pause(produce, present);
            return false;
        }
        if (produce.validator() != null) {
            validator = present;
            produce.release();
        }
        return true;
    }

    private void pause(final PendingProduce produce, final BatchValidator present) {
        if (!produce.hold(present)) {
            present.abandon();
        } else if (present == validator) {
            validator = new BatchValidator(parts.clock());
        }
    }

    private void append(
            final PendingProduce produce,
            final BatchValidator present,
            final Partition partition,
            final PartitionProduceResponse result) {
        if (error == ErrorCode.NONE) {
            if (spare == null) {
                spare = new ProducedBatch();
            }
            if (partition.isUnused()) {
                turnOpens++;
            }
            spare.begin(produce, partition, result, present.logAppendTimeMs());
            partition.append(present.batch(), spare);
            if (spare.isPending()) {
                spare = null;
            }
        } else {
            produce.fail(result, partition, error);
            result.setErrorMessage(present.message()).setRecordErrors(present.recordErrors());
        }
    }

    private static ByteBuffer bytesOf(final Payload records) {
        try {
            return records.toByteBuffer();
        } catch (final IOException e) {
            // Impossible: the records of a request are in the frame.
            throw new UncheckedIOException(e);
        }
    }
}
