package io.ottla.interop;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.BaseRecords;

/** Builds a Produce request piece by piece, with the topic's name or its id as the version wants it. */
final class ProduceAsk {
    private static final int FIRST_VERSION_WITH_IDS = 13;

    private final Peer peer;
    private final short version;
    private final ProduceRequestData request =
            new ProduceRequestData().setAcks((short) 1).setTimeoutMs(10_000);
    private TopicProduceData topic;

    ProduceAsk(final Peer peer, final short version) {
        this.peer = peer;
        this.version = version;
    }

    static boolean byId(final short version) {
        return version >= FIRST_VERSION_WITH_IDS;
    }

    ProduceAsk acks(final int acks) {
        request.setAcks((short) acks);
        return this;
    }

    ProduceAsk timeoutMs(final int timeoutMs) {
        request.setTimeoutMs(timeoutMs);
        return this;
    }

    ProduceAsk transactionalId(final String id) {
        request.setTransactionalId(id);
        return this;
    }

    /** Names a topic that the case created. */
    ProduceAsk topic(final String name) {
        return byId(version) ? topic(null, peer.topicId(name)) : topic(name, null);
    }

    /** Names any topic: by name below version 13, and by id from there on. */
    ProduceAsk topic(final String name, final Uuid id) {
        topic = new TopicProduceData();
        if (byId(version)) {
            topic.setTopicId(id);
        } else {
            topic.setName(name);
        }
        // The collection would take no second topic of the same name through `add` if it were a set; it is a multi-set.
        request.topicData().add(topic);
        return this;
    }

    ProduceAsk partition(final int index, final BaseRecords records) {
        topic.partitionData().add(new PartitionProduceData().setIndex(index).setRecords(records));
        return this;
    }

    Map<String, Object> ask(final String label) throws IOException {
        return peer.ask(label, ApiKeys.PRODUCE, version, request);
    }

    /** Asks without comparing the answer. */
    Map<String, Object> prepare() throws IOException {
        return peer.prepare(ApiKeys.PRODUCE, version, request);
    }

    /** Sends it as a request that gets no answer. */
    void tell() throws IOException {
        peer.tell(ApiKeys.PRODUCE, version, request);
    }

    ProduceRequestData data() {
        return request;
    }

    /** Reads partitions 0 to {@code partitions - 1} of a topic from their beginning, and has that compared. */
    static void readBack(final Peer peer, final String topic, final int partitions) throws IOException {
        final FetchRequestData fetch = new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(50 << 20)
                .setSessionEpoch(-1);
        final FetchTopic asked = new FetchTopic().setTopic(topic);
        for (int i = 0; i < partitions; i++) {
            asked.partitions()
                    .add(new FetchPartition().setPartition(i).setFetchOffset(0).setPartitionMaxBytes(50 << 20));
        }
        fetch.topics().add(asked);
        peer.ask("read-back", ApiKeys.FETCH, 12, fetch);
    }

    /** Gets an unused producer id. */
    static long newProducerId(final Peer peer) throws IOException {
        final InitProducerIdRequestData request =
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
        for (int attempt = 0; attempt < 500; attempt++) {
            final Map<String, Object> answer = peer.prepare(ApiKeys.INIT_PRODUCER_ID, 4, request);
            if (answer.get("error_code").equals((short) 0)) {
                return (Long) answer.get("producer_id");
            }
            // Apache Kafka answers with errors as long as it has no block of ids.
            BrokerProcess.pause(10);
        }
        throw new IOException("no producer id is to be had");
    }
}
