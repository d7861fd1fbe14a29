package io.ottla.interop;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Builds a Fetch request piece by piece, with the topic's name or its id as the version wants it. */
final class FetchAsk {
    private static final int FIRST_VERSION_WITH_IDS = 13;
    private static final int FIRST_VERSION_WITH_SESSIONS = 7;

    private final Peer peer;
    private final short version;
    private final FetchRequestData request = new FetchRequestData()
            .setMaxWaitMs(0)
            .setMinBytes(0)
            .setMaxBytes(50 << 20)
            .setSessionEpoch(-1);
    private FetchTopic topic;

    FetchAsk(final Peer peer, final short version) {
        this.peer = peer;
        this.version = version;
    }

    static boolean byId(final short version) {
        return version >= FIRST_VERSION_WITH_IDS;
    }

    static boolean hasSessions(final short version) {
        return version >= FIRST_VERSION_WITH_SESSIONS;
    }

    /** Changes any field of the request. */
    FetchAsk with(final Consumer<FetchRequestData> change) {
        change.accept(request);
        return this;
    }

    FetchAsk waiting(final int minBytes, final int maxWaitMs) {
        request.setMinBytes(minBytes).setMaxWaitMs(maxWaitMs);
        return this;
    }

    FetchAsk session(final int id, final int epoch) {
        request.setSessionId(id).setSessionEpoch(epoch);
        return this;
    }

    FetchAsk topic(final String name) {
        return byId(version) ? topic(null, peer.topicId(name)) : topic(name, null);
    }

    /** Names any topic: by name below version 13, and by id from there on. */
    FetchAsk topic(final String name, final Uuid id) {
        topic = byId(version) ? new FetchTopic().setTopicId(id) : new FetchTopic().setTopic(name);
        request.topics().add(topic);
        return this;
    }

    FetchAsk partition(final int index, final long offset) {
        return partition(index, offset, partition -> {});
    }

    FetchAsk partition(final int index, final long offset, final Consumer<FetchPartition> change) {
        final FetchPartition partition =
                new FetchPartition().setPartition(index).setFetchOffset(offset).setPartitionMaxBytes(10 << 20);
        change.accept(partition);
        topic.partitions().add(partition);
        return this;
    }

    FetchAsk forget(final String name, final Integer... partitions) {
        final ForgottenTopic forgotten = new ForgottenTopic().setPartitions(List.of(partitions));
        if (byId(version)) {
            forgotten.setTopicId(peer.topicId(name));
        } else {
            forgotten.setTopic(name);
        }
        request.forgottenTopicsData().add(forgotten);
        return this;
    }

    Map<String, Object> ask(final String label) throws IOException {
        return peer.ask(label, ApiKeys.FETCH, version, request);
    }

    /** Sends the request without waiting for its answer, which {@link Peer#collect} reads. */
    void tell() throws IOException {
        peer.tell(ApiKeys.FETCH, version, request);
    }
}
