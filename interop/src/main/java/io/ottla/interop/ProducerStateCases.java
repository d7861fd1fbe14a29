package io.ottla.interop;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Producer ids and the sequences of idempotent producers. */
final class ProducerStateCases {
    private static final int[] TELLING_VERSIONS = {3, 8, 11, 13};

    private ProducerStateCases() {}

    static void addTo(final CaseBook book) {
        initProducerId(book);
        sequences(book);
        epochs(book);
    }

    private static void init(
            final Peer peer, final short version, final String label, final Consumer<InitProducerIdRequestData> change)
            throws IOException {
        final InitProducerIdRequestData request =
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
        change.accept(request);
        peer.ask(label, ApiKeys.INIT_PRODUCER_ID, version, request);
    }

    private static void initProducerId(final CaseBook book) {
        book.each(ApiKeys.INIT_PRODUCER_ID, "idempotent", (peer, version) -> {
            peer.prepared("producer-ids", ProduceAsk::newProducerId);
            init(peer, version, "first", request -> {});
            init(peer, version, "second", request -> {});
            for (final int timeoutMs : new int[] {0, -1, Integer.MAX_VALUE}) {
                init(peer, version, "timeout" + timeoutMs, request -> request.setTransactionTimeoutMs(timeoutMs));
            }
            init(peer, version, "empty-transactional-id", request -> request.setTransactionalId(""));
        });
        book.each(ApiKeys.INIT_PRODUCER_ID, "known-producer", 3, 99, (peer, version) -> {
            peer.prepared("producer-ids", ProduceAsk::newProducerId);
            init(
                    peer,
                    version,
                    "id-and-epoch",
                    request -> request.setProducerId(7).setProducerEpoch((short) 3));
            init(peer, version, "id-only", request -> request.setProducerId(7));
            init(peer, version, "epoch-only", request -> request.setProducerEpoch((short) 3));
            init(peer, version, "negative", request -> request.setProducerId(-7).setProducerEpoch((short) -3));
        });
    }

    private static void produce(
            final Peer peer, final short version, final String label, final String topic, final MemoryRecords records)
            throws IOException {
        new ProduceAsk(peer, version)
                .acks(-1)
                .topic(topic)
                .partition(0, records)
                .ask(label);
    }

    private static void sequences(final CaseBook book) {
        book.each(ApiKeys.PRODUCE, "idempotent-sequence", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final long id = ProduceAsk.newProducerId(peer);
            produce(peer, version, "first", topic, Batches.idempotent(id, 0, 0, 3));
            produce(peer, version, "duplicate", topic, Batches.idempotent(id, 0, 0, 3));
            produce(peer, version, "gap", topic, Batches.idempotent(id, 0, 4, 2));
            produce(peer, version, "next", topic, Batches.idempotent(id, 0, 3, 2));
            produce(peer, version, "first-again", topic, Batches.idempotent(id, 0, 0, 3));
            produce(peer, version, "part-of-known", topic, Batches.idempotent(id, 0, 0, 2));
            produce(peer, version, "overlap", topic, Batches.idempotent(id, 0, 4, 3));
            produce(peer, version, "without-id", topic, Batches.plain(1));
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.at(ApiKeys.PRODUCE, "idempotent-five-batches", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final long id = ProduceAsk.newProducerId(peer);
            for (int i = 0; i < 7; i++) {
                produce(peer, version, "batch" + i, topic, Batches.idempotent(id, 0, 2 * i, 2));
            }
            for (int i = 0; i < 7; i++) {
                produce(peer, version, "again" + i, topic, Batches.idempotent(id, 0, 2 * i, 2));
            }
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.at(ApiKeys.PRODUCE, "idempotent-start", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            produce(peer, version, "starts-at-5", topic, Batches.idempotent(ProduceAsk.newProducerId(peer), 0, 5, 2));
            produce(peer, version, "id-never-given", topic, Batches.idempotent(987_654_321_987L, 0, 0, 2));
            produce(peer, version, "id-never-given-at-9", topic, Batches.idempotent(987_654_321_988L, 4, 9, 2));
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.at(ApiKeys.PRODUCE, "idempotent-wrap", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final long id = ProduceAsk.newProducerId(peer);
            produce(peer, version, "near-end", topic, Batches.idempotent(id, 0, Integer.MAX_VALUE - 3, 2));
            produce(peer, version, "across-end", topic, Batches.idempotent(id, 0, Integer.MAX_VALUE - 1, 4));
            produce(peer, version, "across-end-again", topic, Batches.idempotent(id, 0, Integer.MAX_VALUE - 1, 4));
            produce(peer, version, "gap-after-wrap", topic, Batches.idempotent(id, 0, 3, 1));
            produce(peer, version, "after-wrap", topic, Batches.idempotent(id, 0, 2, 1));
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.at(ApiKeys.PRODUCE, "idempotent-wrap-exact", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final long id = ProduceAsk.newProducerId(peer);
            produce(peer, version, "to-end", topic, Batches.idempotent(id, 0, Integer.MAX_VALUE - 1, 2));
            produce(peer, version, "zero", topic, Batches.idempotent(id, 0, 0, 1));
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.at(ApiKeys.PRODUCE, "idempotent-odd-fields", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            produce(
                    peer,
                    version,
                    "no-sequence",
                    topic,
                    Batches.altered(Batches.idempotent(7, 0, 0, 1), bytes -> bytes.putInt(53, -1)));
            produce(
                    peer,
                    version,
                    "negative-sequence",
                    topic,
                    Batches.altered(Batches.idempotent(7, 0, 0, 1), bytes -> bytes.putInt(53, -9)));
            produce(
                    peer,
                    version,
                    "no-epoch",
                    topic,
                    Batches.altered(Batches.idempotent(7, 0, 0, 1), bytes -> bytes.putShort(51, (short) -1)));
            produce(
                    peer,
                    version,
                    "negative-id",
                    topic,
                    Batches.altered(Batches.idempotent(7, 0, 0, 1), bytes -> bytes.putLong(43, -9)));
            produce(
                    peer,
                    version,
                    "sequence-without-id",
                    topic,
                    Batches.altered(Batches.idempotent(7, 0, 4, 1), bytes -> bytes.putLong(43, -1)));
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.at(ApiKeys.PRODUCE, "idempotent-partitions", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 3);
            final long id = ProduceAsk.newProducerId(peer);
            for (final int sequence : new int[] {0, 1, 0}) {
                new ProduceAsk(peer, version)
                        .acks(-1)
                        .topic(topic)
                        .partition(0, Batches.idempotent(id, 0, sequence, 1))
                        .partition(1, Batches.idempotent(id, 0, 0, 1))
                        .partition(2, Batches.idempotent(id, 0, 2 * sequence, 1))
                        .ask("sequence" + sequence);
            }
            ProduceAsk.readBack(peer, topic, 3);
        });
    }

    private static void epochs(final CaseBook book) {
        book.at(ApiKeys.PRODUCE, "idempotent-epochs", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final long id = ProduceAsk.newProducerId(peer);
            produce(peer, version, "epoch-2", topic, Batches.idempotent(id, 2, 0, 2));
            produce(peer, version, "epoch-1", topic, Batches.idempotent(id, 1, 0, 2));
            produce(peer, version, "epoch-1-going-on", topic, Batches.idempotent(id, 1, 2, 2));
            produce(peer, version, "epoch-3-not-from-0", topic, Batches.idempotent(id, 3, 2, 2));
            produce(peer, version, "epoch-3", topic, Batches.idempotent(id, 3, 0, 2));
            produce(peer, version, "epoch-2-late", topic, Batches.idempotent(id, 2, 2, 2));
            produce(peer, version, "epoch-3-next", topic, Batches.idempotent(id, 3, 2, 2));
            produce(peer, version, "epoch-max", topic, Batches.idempotent(id, Short.MAX_VALUE, 0, 1));
            ProduceAsk.readBack(peer, topic, 1);
        });
    }
}
