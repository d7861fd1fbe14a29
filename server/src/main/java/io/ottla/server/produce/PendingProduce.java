package io.ottla.server.produce;

import io.ottla.api.ErrorCode;
import io.ottla.api.Timers;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.LeaderIdAndEpoch;
import io.ottla.codec.message.ProduceResponse.NodeEndpoint;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.message.ProduceResponse.TopicProduceResponse;
import io.ottla.server.config.AdvertisedListener;
import io.ottla.server.config.IdentityKeys;
import io.ottla.server.partition.BatchValidator;
import io.ottla.server.partition.Partition;
import io.ottla.server.request.Parked;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * A Produce that is being served: answered when all its batches are committed, or its time is up.
 *
 * <p><b>Note:</b> for its connection's agent only, save for {@link #onAgent}.
 */
final class PendingProduce implements Parked {
    private static final short FIRST_VERSION_WITH_ENDPOINTS = 10;

    private final ProduceParts parts;
    private final short acks;
    private final ProduceResponse response = new ProduceResponse();
    private Request request;
    private int topicsDone;
    private int partitionsDone;
    private TopicProduceResponse topicResponse;
    private BatchValidator validator;
    private boolean isAllAppended;
    private boolean hasError;
    private long timerId = Timers.NONE;

    /** The batches whose outcome was still to come; null if there never were any. */
    private List<ProducedBatch> awaited;

    /** How many of them are still to come. */
    private int awaitedCount;

    PendingProduce(final ProduceParts parts, final short acks) {
        this.parts = parts;
        this.acks = acks;
    }

    /**
     * Begins a turn of the request.
     *
     * @param newRequest the request, as it was handed over for this turn.
     */
    void begin(final Request newRequest) {
        request = newRequest;
    }

    /** How many of the request's topics are done. */
    int topicsDone() {
        return topicsDone;
    }

    /** How many partitions of the topic after those are done. */
    int partitionsDone() {
        return partitionsDone;
    }

    void topicDone() {
        topicsDone++;
        partitionsDone = 0;
        topicResponse = null;
    }

    /**
     * The answer for the topic after those that are done.
     *
     * @param topic the topic.
     * @return its part of the response.
     */
    TopicProduceResponse responseOf(final TopicProduceData topic) {
        if (topicResponse == null) {
            topicResponse = new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            response.responses().add(topicResponse);
        }
        return topicResponse;
    }

    void partitionDone() {
        partitionsDone++;
    }

    /** What is in the middle of validating the next batch; null if nothing is. */
    BatchValidator validator() {
        return validator;
    }

    /** Waits for the next turn, as the first of those that wait if a validator is in the middle of the next batch. */
    void postpone() {
        parts.postponed().put(request.session(), this);
        request.session().park(this);
        request.postpone();
        if (validator == null) {
            parts.agent().turns().await(this::resume);
        } else {
            parts.agent().turns().awaitNext(this::resume);
        }
    }

    private void resume() {
        if (!request.resume()) {
            abandon();
        }
    }

    @Override
    public void cancel() {
        parts.postponed().remove(request.session());
        request.session().unpark(this);
        abandon();
    }

    /**
     * Keeps a validator that is in the middle of the next batch, unless another request is in the middle of one.
     *
     * @param paused the validator.
     * @return false if it is not kept.
     */
    boolean hold(final BatchValidator paused) {
        final boolean isHeld = parts.agent().turns().hold(this);
        validator = isHeld ? paused : null;
        return isHeld;
    }

    /** Gives the validator back. Idempotent. */
    void release() {
        validator = null;
        parts.agent().turns().release(this);
    }

    /** Gives up what is not done. */
    void abandon() {
        if (validator != null) {
            validator.abandon();
            release();
        }
    }

    /**
     * Answers, or waits for the outcomes that are still to come.
     *
     * @param timeoutMs how long to wait, in milliseconds.
     */
    void finish(final int timeoutMs) {
        isAllAppended = true;
        if (acks == 0) {
            if (hasError) {
                request.close("a Produce with acks=0 failed");
            } else {
                request.skip();
            }
        } else if (awaitedCount == 0) {
            request.respond(response);
        } else {
            timerId = parts.agent().timers().schedule(timeoutMs, () -> request.run(this::onTimeout));
        }
    }

    private void onTimeout() {
        for (final ProducedBatch batch : awaited) {
            batch.timeOut();
        }
        request.respond(response);
    }

    /**
     * A batch was not appended, and nothing is known of its partition.
     *
     * @param result gets the error.
     * @param error why.
     */
    void fail(final PartitionProduceResponse result, final ErrorCode error) {
        hasError = true;
        result.setErrorCode(error.code()).setBaseOffset(-1);
    }

    /**
     * A batch was not appended.
     *
     * @param result gets the error.
     * @param partition where it should be.
     * @param error why.
     */
    void fail(final PartitionProduceResponse result, final Partition partition, final ErrorCode error) {
        fail(result, error);
        switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION,
                    MESSAGE_TOO_LARGE,
                    RECORD_LIST_TOO_LARGE,
                    CORRUPT_MESSAGE,
                    KAFKA_STORAGE_ERROR -> {}
            case NOT_LEADER_OR_FOLLOWER -> nameLeader(result, partition.leaderEpoch());
            default -> result.setLogStartOffset(partition.logStartOffset());
        }
    }

    /** Spares the client a Metadata request (KIP-951). */
    private void nameLeader(final PartitionProduceResponse result, final int leaderEpoch) {
        if (request.version() >= FIRST_VERSION_WITH_ENDPOINTS && leaderEpoch >= 0) {
            final int nodeId = parts.config().nodeId();
            result.setCurrentLeader(new LeaderIdAndEpoch().setLeaderId(nodeId).setLeaderEpoch(leaderEpoch));
            if (response.nodeEndpoints().isEmpty()) {
                final AdvertisedListener advertised = request.session().advertised();
                response.nodeEndpoints()
                        .add(new NodeEndpoint()
                                .setNodeId(nodeId)
                                .setHost(advertised.host())
                                .setPort(advertised.port())
                                .setRack(parts.config().text(IdentityKeys.BROKER_RACK)));
            }
        }
    }

    /**
     * The outcome of a batch is still to come.
     *
     * @param batch calls {@link #arrived()} then.
     */
    void await(final ProducedBatch batch) {
        if (awaited == null) {
            awaited = new ArrayList<>();
        }
        awaited.add(batch);
        awaitedCount++;
    }

    /** The outcome of a batch came. */
    void arrived() {
        awaitedCount--;
        if (awaitedCount == 0 && isAllAppended && acks != 0) {
            parts.agent().timers().cancel(timerId);
            request.respond(response);
        }
    }

    /**
     * Goes on on the connection's agent.
     *
     * @param next what to do there.
     */
    void onAgent(final Runnable next) {
        parts.agent().proxy().execute(() -> request.run(next));
    }
}
