package io.ottla.server.fetch;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.Struct;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.FetchPartition;
import io.ottla.codec.message.FetchRequest.FetchTopic;
import io.ottla.codec.message.FetchRequest.ForgottenTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.server.partition.LeaderEpochs;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.partition.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Determines the partitions of a Fetch, which may be part of a session (KIP-227). {@link PendingFetch} does the rest.
 */
final class FetchHandler extends ApiHandler<FetchRequest> {
    static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;
    private static final short FIRST_VERSION_WITH_REPLICA_STATE = 15;

    private final FetchParts parts;

    FetchHandler(final FetchParts parts) {
        super(ApiKey.FETCH, 4, 18);
        this.parts = parts;
    }

    @Override
    protected void handle(final Request request, final FetchRequest body) {
        final boolean usesTopicIds = request.version() >= FIRST_VERSION_WITH_TOPIC_IDS;
        final FetchSessions sessions = parts.sessions();
        final List<FetchTarget> targets = united(targets(body));
        final int epoch = body.sessionEpoch();
        if (epoch == FetchSessions.INITIAL_EPOCH || epoch == FetchSessions.FINAL_EPOCH) {
            if (body.sessionId() != FetchSessions.NONE) {
                sessions.remove(body.sessionId());
            }
            final boolean wantsSession = epoch == FetchSessions.INITIAL_EPOCH;
            fetch(request, body, targets, null, wantsSession);
            return;
        }
        final FetchSession session = sessions.get(body.sessionId());
        if (session == null) {
            refuse(request, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        } else if (session.epoch() != epoch) {
            refuse(request, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        } else if (session.usesTopicIds() != usesTopicIds) {
            refuse(request, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        } else {
            final List<FetchTarget> all =
                    session.next(targets, forgotten(body), parts.clock().epochMs());
            if (all.isEmpty() || !sessions.fits(session)) {
                sessions.remove(session.id());
                fetch(request, body, all, null, false);
            } else {
                fetch(request, body, all, session, false);
            }
        }
    }

    private void fetch(
            final Request request,
            final FetchRequest body,
            final List<FetchTarget> targets,
            final FetchSession session,
            final boolean wantsSession) {
        final int maxBytes = Math.min(body.maxBytes(), parts.config().fetchMaxBytes());
        final PendingFetch fetch = new PendingFetch(
                parts,
                request,
                targets.toArray(new FetchTarget[0]),
                session,
                wantsSession,
                new PendingFetch.Limits(
                        replicaId(request, body),
                        body.isolationLevel() != 0,
                        maxBytes,
                        Math.min(body.minBytes(), maxBytes),
                        body.maxWaitMs()));
        fetch.begin();
    }

    private static int replicaId(final Request request, final FetchRequest body) {
        if (request.version() < FIRST_VERSION_WITH_REPLICA_STATE) {
            return body.replicaId();
        }
        return body.replicaState() == null ? -1 : body.replicaState().replicaId();
    }

    private static List<FetchTarget> targets(final FetchRequest body) {
        int count = 0;
        for (int i = 0; i < body.topics().size(); i++) {
            count += body.topics().get(i).partitions().size();
        }
        final List<FetchTarget> targets = new ArrayList<>(count);
        for (int i = 0; i < body.topics().size(); i++) {
            final FetchTopic topic = body.topics().get(i);
            for (int j = 0; j < topic.partitions().size(); j++) {
                final FetchPartition partition = topic.partitions().get(j);
                targets.add(new FetchTarget(
                        new FetchTarget.Key(topic.topicId(), topic.topic(), partition.partition()),
                        partition.fetchOffset(),
                        partition.partitionMaxBytes(),
                        // Kafka treats every negative epoch as none.
                        Math.max(LeaderEpochs.NONE, partition.currentLeaderEpoch()),
                        Math.max(LeaderEpochs.NONE, partition.lastFetchedEpoch())));
            }
        }
        return targets;
    }

    /**
     * Merges duplicates. If a partition is named several times, the last one counts, in the place of the first, as in
     * Kafka.
     */
    private static List<FetchTarget> united(final List<FetchTarget> targets) {
        if (targets.size() < 2) {
            return targets;
        }
        final Map<FetchTarget.Key, FetchTarget> byKey = LinkedHashMap.newLinkedHashMap(targets.size());
        for (final FetchTarget target : targets) {
            byKey.put(target.key(), target);
        }
        return byKey.size() == targets.size() ? targets : new ArrayList<>(byKey.values());
    }

    private static List<FetchTarget.Key> forgotten(final FetchRequest body) {
        if (body.forgottenTopicsData().isEmpty()) {
            return List.of();
        }
        final List<FetchTarget.Key> forgotten = new ArrayList<>();
        for (final ForgottenTopic topic : body.forgottenTopicsData()) {
            for (final int partition : topic.partitions()) {
                forgotten.add(new FetchTarget.Key(topic.topicId(), topic.topic(), partition));
            }
        }
        return forgotten;
    }

    private static void refuse(final Request request, final ErrorCode error) {
        request.respond(new FetchResponse().setErrorCode(error.code()).setSessionId(FetchSessions.NONE));
    }

    /**
     * Returns the topic of a partition that a client fetches.
     *
     * @param partitions the partitions of the broker.
     * @param key the partition.
     * @return the topic, or null if there is none.
     */
    static TopicPartitions topicOf(final PartitionTable partitions, final FetchTarget.Key key) {
        return isById(key) ? partitions.topic(key.topicId()) : partitions.topic(key.topic());
    }

    static boolean isById(final FetchTarget.Key key) {
        return !Struct.ZERO_UUID.equals(key.topicId()) || key.topic().isEmpty();
    }
}
