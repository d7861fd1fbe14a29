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
 * Serves a Produce: responds when all its batches are committed, or its time is up.
 *
 * <p><b>Note:</b> for the connection's agent only, except for {@link #onAgent}.
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

    /** The batches whose outcome was pending; null if there were none. */
    private List<ProducedBatch> awaited;

    /** The number of outcomes that are still pending. */
    private int awaitedCount;

    PendingProduce(final ProduceParts parts, final short acks) {
        this.parts = parts;
        this.acks = acks;
    }

    /**
     * Begins a turn of the request.
     *
     * @param newRequest the request, as it was passed for this turn.
     */
    void begin(final Request newRequest) {
        request = newRequest;
    }

    /** Returns the number of topics of the request that are done. */
    int topicsDone() {
        return topicsDone;
    }

    /** Returns the number of partitions that are done in the next topic. */
    int partitionsDone() {
        return partitionsDone;
    }

    void topicDone() {
        topicsDone++;
        partitionsDone = 0;
        topicResponse = null;
    }

    /**
     * Returns the response for the next topic.
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

    /** Returns the validator that has paused in the next batch; null if there is none. */
    BatchValidator validator() {
        return validator;
    }

    /** Waits for the next turn. A request whose validator has paused in a batch is the first to continue. */
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
     * Keeps a validator that has paused in the next batch, unless another request keeps one.
     *
     * @param paused the validator.
     * @return false if it is not kept.
     */
    boolean hold(final BatchValidator paused) {
        final boolean isHeld = parts.agent().turns().hold(this);
        validator = isHeld ? paused : null;
        return isHeld;
    }

    /** Releases the validator. Idempotent. */
    void release() {
        validator = null;
        parts.agent().turns().release(this);
    }

    /** Abandons what is not complete. */
    void abandon() {
        if (validator != null) {
            validator.abandon();
            release();
        }
    }

    /**
     * Responds, or waits for the pending outcomes.
     *
     * @param timeoutMs the maximum time to wait, in milliseconds.
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
     * Sets the error of a batch that was not appended, when nothing is known of its partition.
     *
     * @param result receives the error.
     * @param error the reason.
     */
    void fail(final PartitionProduceResponse result, final ErrorCode error) {
        hasError = true;
        result.setErrorCode(error.code()).setBaseOffset(-1);
    }

    /**
     * Sets the error of a batch that was not appended.
     *
     * @param result receives the error.
     * @param partition the partition.
     * @param error the reason.
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

    /** Adds the current leader, which saves the client a Metadata request (KIP-951). */
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
     * Registers a batch whose outcome is pending.
     *
     * @param batch calls {@link #arrived()} when it is complete.
     */
    void await(final ProducedBatch batch) {
        if (awaited == null) {
            awaited = new ArrayList<>();
        }
        awaited.add(batch);
        awaitedCount++;
    }

    /** Called when the outcome of a batch is known. */
    void arrived() {
        awaitedCount--;
        if (awaitedCount == 0 && isAllAppended && acks != 0) {
            parts.agent().timers().cancel(timerId);
            request.respond(response);
        }
    }

    /**
     * Continues on the connection's agent.
     *
     * @param next the continuation.
     */
    void onAgent(final Runnable next) {
        parts.agent().proxy().execute(() -> request.run(next));
    }
}
