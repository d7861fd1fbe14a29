package io.ottla.server.fetch;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.Timers;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageException;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.EpochEndOffset;
import io.ottla.codec.message.FetchResponse.FetchableTopicResponse;
import io.ottla.codec.message.FetchResponse.LeaderIdAndEpoch;
import io.ottla.codec.message.FetchResponse.NodeEndpoint;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.server.config.AdvertisedListener;
import io.ottla.server.config.IdentityKeys;
import io.ottla.server.partition.LeaderEpochs;
import io.ottla.server.partition.Partition;
import io.ottla.server.partition.PartitionWaiter;
import io.ottla.server.partition.PartitionWatch;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.Parked;
import io.ottla.server.request.Request;
import java.util.Arrays;
import java.util.List;

/**
 * Serves a Fetch: responds at once if there are enough bytes, or else when there are or when its time is up.
 *
 * <p>As in Kafka, a partition that does not exist when the request arrives is set aside, and its error waits for the
 * other partitions. Otherwise a client that fetches a deleted topic beside others would never wait for these. Any other
 * error ends the wait, because the client has to act on it before it can get records. The deletion of a partition
 * during the wait ends it, too.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
final class PendingFetch implements PartitionWaiter, Parked {
    private static final long UNKNOWN = -1;
    private static final int DEBUGGING_CONSUMER = -2;
    private static final short FIRST_VERSION_WITH_ENDPOINTS = 16;

    private final FetchParts parts;
    private final Request request;
    private final FetchTarget[] targets;
    private final FetchSession session;
    private final boolean wantsSession;
    private final Limits limits;

    /** The partitions to fetch; null for a partition that did not exist when the request arrived. */
    private final Partition[] partitions;

    private final ErrorCode[] errors;
    private final long[] highWatermarks;
    private final long[] logStartOffsets;
    private final Payload[] records;

    /** The offset at which the client's log diverges from this one; null if no divergence is known. */
    private final LeaderEpochs.Entry[] divergences;

    /** The watches with which this fetch is registered; null if it does not wait. */
    private PartitionWatch[] watches;

    private long timerId = Timers.NONE;

    /**
     * The parameters of a Fetch that apply to the whole response.
     *
     * @param replicaId the replica that fetches; negative for consumers.
     * @param readCommitted whether records of open and aborted transactions are excluded.
     * @param maxBytes the maximum number of bytes to return, except for a first batch that is larger.
     * @param minBytes the minimum number of bytes for a response before the time is up.
     * @param maxWaitMs the maximum time to wait for them, in milliseconds.
     */
    record Limits(int replicaId, boolean readCommitted, int maxBytes, int minBytes, int maxWaitMs) {}

    PendingFetch(
            final FetchParts parts,
            final Request request,
            final FetchTarget[] targets,
            final FetchSession session,
            final boolean wantsSession,
            final Limits limits) {
        this.parts = parts;
        this.request = request;
        this.targets = targets;
        this.session = session;
        this.wantsSession = wantsSession;
        this.limits = limits;
        this.partitions = new Partition[targets.length];
        this.errors = new ErrorCode[targets.length];
        this.highWatermarks = new long[targets.length];
        this.logStartOffsets = new long[targets.length];
        this.records = new Payload[targets.length];
        this.divergences = new LeaderEpochs.Entry[targets.length];
    }

    /** Responds at once or begins to wait. */
    void begin() {
        for (int i = 0; i < targets.length; i++) {
            final TopicPartitions topic = FetchHandler.topicOf(parts.partitionTable(), targets[i].key());
            partitions[i] =
                    topic == null ? null : topic.partition(targets[i].key().partition());
        }
        LogOpening.whenOpen(parts.agent().turns(), request, Arrays.asList(partitions), () -> {
            if (!read() && limits.maxWaitMs > 0) {
                park();
            } else {
                respond();
            }
        });
    }

    private void park() {
        release();
        watches = new PartitionWatch[targets.length];
        for (int i = 0; i < targets.length; i++) {
            if (partitions[i] != null) {
                watches[i] = partitions[i].watch(parts.agent().proxy());
                watches[i].add(this);
            }
        }
        timerId = parts.agent().timers().schedule(limits.maxWaitMs, this::onTimeout);
        request.session().park(this);
        // Records that became readable between the first read and the registration were not signalled.
        for (int i = 0; i < targets.length; i++) {
            if (partitions[i] != null
                    && (partitions[i].isDeleted() || partitions[i].log().highWatermark() != highWatermarks[i])) {
                tryComplete();
                return;
            }
        }
    }

    @Override
    public void tryComplete() {
        complete(false);
    }

    private void onTimeout() {
        complete(true);
    }

    private void complete(final boolean isLastLook) {
        request.run(() -> {
            if (read() || isLastLook) {
                unpark();
                respond();
            } else {
                release();
            }
        });
    }

    @Override
    public void cancel() {
        unpark();
    }

    private void unpark() {
        for (final PartitionWatch watch : watches) {
            if (watch != null) {
                watch.remove(this);
            }
        }
        parts.agent().timers().cancel(timerId);
        request.session().unpark(this);
    }

    private void release() {
        for (int i = 0; i < records.length; i++) {
            records[i].release();
            records[i] = Payload.EMPTY;
        }
    }

    /**
     * Reads all partitions, within the limits.
     *
     * @return true if there are enough bytes for a response.
     */
    private boolean read() {
        Arrays.fill(records, Payload.EMPTY);
        boolean hasPartition = false;
        boolean hasError = false;
        boolean isSplit = false;
        int bytes = 0;
        try {
            for (int i = 0; i < targets.length; i++) {
                errors[i] = read(i, limits.maxBytes - bytes, bytes == 0);
                hasPartition |= partitions[i] != null;
                hasError |= partitions[i] != null && (errors[i] != ErrorCode.NONE || divergences[i] != null);
                bytes += records[i].sizeBytes();
                // A read ends with its segment. Bytes in later segments are not counted, so that they cannot delay a
                // response.
                isSplit |= bytes > 0 && bytes < limits.minBytes && isBeforeLastSegment(i);
            }
        } catch (final Throwable e) {
            release();
            throw e;
        }
        return !hasPartition || hasError || bytes >= limits.minBytes || isSplit;
    }

    private boolean isBeforeLastSegment(final int i) {
        final long end = highWatermarks[i];
        return records[i].sizeBytes() > 0
                && partitions[i].log().segments().getLast().baseOffset() > targets[i].fetchOffset()
                && end > targets[i].fetchOffset();
    }

    private ErrorCode read(final int i, final int bytesLeft, final boolean isFirst) {
        highWatermarks[i] = UNKNOWN;
        logStartOffsets[i] = UNKNOWN;
        divergences[i] = null;
        final FetchTarget target = targets[i];
        final Partition partition = partitions[i];
        if (partition == null || partition.isDeleted()) {
            return unknown(target.key());
        }
        try {
            final PartitionLog log = partition.log();
            final ErrorCode fenced = fence(log.leaderEpoch(), target.leaderEpoch());
            if (fenced != ErrorCode.NONE) {
                return fenced;
            }
            final long start = log.logStartOffset();
            final long highWatermark = log.highWatermark();
            if (target.lastFetchedEpoch() != LeaderEpochs.NONE) {
                final LeaderEpochs.Entry end = partition
                        .leaderEpochs()
                        .endOf(target.lastFetchedEpoch(), log.leaderEpoch(), log.logEndOffset());
                if (end.epoch() == LeaderEpochs.NONE || target.fetchOffset() < start) {
                    return ErrorCode.OFFSET_OUT_OF_RANGE;
                }
                if (end.epoch() < target.lastFetchedEpoch() || end.offset() < target.fetchOffset()) {
                    divergences[i] = end;
                    highWatermarks[i] = highWatermark;
                    logStartOffsets[i] = start;
                    return ErrorCode.NONE;
                }
            }
            if (target.fetchOffset() < start || target.fetchOffset() > log.logEndOffset()) {
                return ErrorCode.OFFSET_OUT_OF_RANGE;
            }
            final long end = limits.replicaId == DEBUGGING_CONSUMER ? log.logEndOffset() : highWatermark;
            final int maxBytes = Math.min(target.maxBytes(), bytesLeft);
            if (target.fetchOffset() < end && (maxBytes > 0 || isFirst)) {
                records[i] = log.read(target.fetchOffset(), end, Math.max(0, maxBytes), isFirst);
            }
            highWatermarks[i] = highWatermark;
            logStartOffsets[i] = start;
            return ErrorCode.NONE;
        } catch (final OffsetOutOfRangeException e) {
            // Deleted in the meantime.
            return ErrorCode.OFFSET_OUT_OF_RANGE;
        } catch (final StorageException e) {
            return partition.isDeleted() ? unknown(target.key()) : partition.storageError(e);
        }
    }

    private ErrorCode unknown(final FetchTarget.Key key) {
        return request.version() >= FetchHandler.FIRST_VERSION_WITH_TOPIC_IDS
                        && parts.partitionTable().topic(key.topicId()) == null
                ? ErrorCode.UNKNOWN_TOPIC_ID
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private ErrorCode fence(final int leaderEpoch, final int clientsEpoch) {
        if (leaderEpoch < 0 || limits.replicaId >= 0) {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
        return LeaderEpochs.fence(leaderEpoch, clientsEpoch);
    }

    private void respond() {
        final FetchResponse response = new FetchResponse();
        final List<FetchableTopicResponse> topics = response.responses();
        FetchableTopicResponse topic = null;
        final FetchSession present = session != null ? session : newSession();
        for (int i = 0; i < targets.length; i++) {
            final FetchTarget target = targets[i];
            final boolean isNew = target.markSent(highWatermarks[i], logStartOffsets[i], errors[i] != ErrorCode.NONE);
            final boolean hasRecords = records[i].sizeBytes() > 0;
            if (session != null && !isNew && !hasRecords && divergences[i] == null) {
                continue;
            }
            if (present != null && hasRecords) {
                present.served(target);
            }
            final FetchTarget.Key key = target.key();
            if (topic == null
                    || !topic.topicId().equals(key.topicId())
                    || !topic.topic().equals(key.topic())) {
                topic = new FetchableTopicResponse().setTopicId(key.topicId()).setTopic(key.topic());
                topics.add(topic);
            }
            topic.partitions().add(partitionData(i));
            if (errors[i] == ErrorCode.NOT_LEADER_OR_FOLLOWER || errors[i] == ErrorCode.FENCED_LEADER_EPOCH) {
                nameLeader(response, topic.partitions().getLast(), partitions[i]);
            }
        }
        response.setSessionId(present == null ? FetchSessions.NONE : present.id());
        request.respond(response);
    }

    private FetchSession newSession() {
        return wantsSession
                ? parts.sessions()
                        .create(request.version() >= FetchHandler.FIRST_VERSION_WITH_TOPIC_IDS, Arrays.asList(targets))
                : null;
    }

    private PartitionData partitionData(final int i) {
        final boolean isUnknown =
                errors[i] == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || errors[i] == ErrorCode.UNKNOWN_TOPIC_ID;
        final PartitionData data = new PartitionData()
                .setPartitionIndex(targets[i].key().partition())
                .setErrorCode(errors[i].code())
                .setHighWatermark(highWatermarks[i])
                // All records are stable while there are no transactions.
                .setLastStableOffset(highWatermarks[i])
                .setLogStartOffset(logStartOffsets[i])
                // Kafka's response for a partition that does not exist has an empty list, whatever was requested.
                .setAbortedTransactions(
                        isUnknown || (limits.readCommitted && errors[i] == ErrorCode.NONE) ? List.of() : null)
                .setRecords(records[i]);
        if (divergences[i] != null) {
            data.setDivergingEpoch(
                    new EpochEndOffset().setEpoch(divergences[i].epoch()).setEndOffset(divergences[i].offset()));
        }
        return data;
    }

    /** Adds the current leader, which saves the client a Metadata request (KIP-951). */
    private void nameLeader(final FetchResponse response, final PartitionData data, final Partition partition) {
        final int leaderEpoch = partition.log().leaderEpoch();
        if (request.version() >= FIRST_VERSION_WITH_ENDPOINTS && leaderEpoch >= 0) {
            final int nodeId = parts.config().nodeId();
            data.setCurrentLeader(new LeaderIdAndEpoch().setLeaderId(nodeId).setLeaderEpoch(leaderEpoch));
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
}
