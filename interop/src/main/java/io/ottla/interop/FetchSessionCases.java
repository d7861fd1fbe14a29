package io.ottla.interop;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;

/** Incremental fetch sessions (KIP-227). */
final class FetchSessionCases {
    private static final int FIRST = 7;
    private static final int LAST = 99;

    private FetchSessionCases() {}

    static void addTo(final CaseBook book) {
        book.each(ApiKeys.FETCH, "session-life", FIRST, LAST, FetchSessionCases::life);
        book.each(ApiKeys.FETCH, "session-errors", FIRST, LAST, FetchSessionCases::errors);
        book.each(ApiKeys.FETCH, "session-with-errors-inside", FIRST, LAST, FetchSessionCases::errorsInside);
        book.each(ApiKeys.FETCH, "session-empty", FIRST, LAST, FetchSessionCases::empty);
        book.each(ApiKeys.FETCH, "session-changed-request", FIRST, LAST, FetchSessionCases::changed);
        book.at(ApiKeys.FETCH, "session-of-deleted-topic", new int[] {7, 12, 13, 18}, FetchSessionCases::deleted);
    }

    private static int id(final Map<String, Object> answer) {
        return (Integer) answer.get("session_id");
    }

    private static void life(final Peer peer, final short version) throws IOException {
        final String topic = peer.createTopic("a", 3);
        final int session = id(new FetchAsk(peer, version)
                .session(0, 0)
                .topic(topic)
                .partition(0, 0)
                .partition(1, 0)
                .ask("create"));
        new FetchAsk(peer, version).session(session, 1).ask("nothing-new");
        produce(peer, topic, 1);
        new FetchAsk(peer, version).session(session, 2).ask("one-has-data");
        new FetchAsk(peer, version).session(session, 3).ask("same-data-again");
        new FetchAsk(peer, version)
                .session(session, 4)
                .topic(topic)
                .partition(1, 2)
                .ask("moved-on");
        new FetchAsk(peer, version).session(session, 5).ask("nothing-after-that");
        produce(peer, topic, 2);
        new FetchAsk(peer, version)
                .session(session, 6)
                .topic(topic)
                .partition(2, 0)
                .ask("partition-added");
        new FetchAsk(peer, version).session(session, 7).forget(topic, 2).ask("partition-forgotten");
        produce(peer, topic, 0);
        produce(peer, topic, 2);
        new FetchAsk(peer, version).session(session, 8).ask("forgotten-stays-so");
        new FetchAsk(peer, version).session(session, 9).forget(topic, 0, 1, 7).ask("all-forgotten");
        new FetchAsk(peer, version).session(session, 10).ask("empty-session");
        new FetchAsk(peer, version)
                .session(session, 11)
                .topic(topic)
                .partition(0, 1)
                .ask("used-again");
        new FetchAsk(peer, version)
                .session(session, -1)
                .topic(topic)
                .partition(1, 0)
                .ask("close");
        new FetchAsk(peer, version).session(session, 12).ask("after-close");
    }

    private static void errors(final Peer peer, final short version) throws IOException {
        final String topic = peer.fixture("log", FetchCases.LOG, "log");
        new FetchAsk(peer, version)
                .session(0x7f12_3456, 1)
                .topic(topic)
                .partition(0, 0)
                .ask("unknown-id");
        new FetchAsk(peer, version).session(0, 1).topic(topic).partition(1, 0).ask("zero-id-epoch-1");
        new FetchAsk(peer, version).session(0, -5).topic(topic).partition(1, 0).ask("zero-id-epoch-minus-5");
        new FetchAsk(peer, version).session(-9, 3).topic(topic).partition(1, 0).ask("negative-id");
        new FetchAsk(peer, version)
                .session(0x7f12_3456, -1)
                .topic(topic)
                .partition(1, 0)
                .ask("close-unknown");
        new FetchAsk(peer, version)
                .session(0x7f12_3456, 0)
                .topic(topic)
                .partition(1, 0)
                .ask("replace-unknown");
        final int session = id(new FetchAsk(peer, version)
                .session(0, 0)
                .topic(topic)
                .partition(1, 0)
                .ask("create"));
        new FetchAsk(peer, version).session(session, 2).ask("epoch-ahead");
        new FetchAsk(peer, version).session(session, 1).ask("epoch-right");
        new FetchAsk(peer, version).session(session, 1).ask("epoch-behind");
        final int next = id(new FetchAsk(peer, version)
                .session(session, 0)
                .topic(topic)
                .partition(1, 1)
                .ask("replace"));
        new FetchAsk(peer, version).session(session, 2).ask("old-after-replacement");
        new FetchAsk(peer, version).session(next, 1).ask("new-after-replacement");
        peer.reconnect();
        new FetchAsk(peer, version).session(next, 2).ask("other-connection");
    }

    private static void errorsInside(final Peer peer, final short version) throws IOException {
        final String log = peer.fixture("log", FetchCases.LOG, "log");
        peer.learn("unknown", FetchCases.UNKNOWN_ID);
        final int session = id(new FetchAsk(peer, version)
                .session(0, 0)
                .topic(log)
                .partition(1, 99)
                .partition(2, 0)
                .partition(9, 0)
                .topic(peer.topic("none"), FetchCases.UNKNOWN_ID)
                .partition(0, 0)
                .ask("create"));
        new FetchAsk(peer, version).session(session, 1).ask("errors-repeat");
        new FetchAsk(peer, version)
                .session(session, 2)
                .topic(log)
                .partition(1, 0)
                .ask("one-mended");
        new FetchAsk(peer, version).session(session, 3).ask("others-repeat");
        new FetchAsk(peer, version)
                .session(session, 4)
                .topic("", Uuid.ZERO_UUID)
                .partition(0, 0)
                .ask("no-topic-added");
        new FetchAsk(peer, version).session(session, 5).ask("and-repeats");
    }

    private static void empty(final Peer peer, final short version) throws IOException {
        final Map<String, Object> created =
                new FetchAsk(peer, version).session(0, 0).ask("create-without-partitions");
        new FetchAsk(peer, version).session(id(created), 1).ask("go-on");
    }

    private static void changed(final Peer peer, final short version) throws IOException {
        final String log = peer.fixture("log", FetchCases.LOG, "log");
        final int session = id(new FetchAsk(peer, version)
                .session(0, 0)
                .topic(log)
                .partition(0, 0, partition -> partition.setPartitionMaxBytes(1))
                .partition(1, 0)
                .ask("create"));
        new FetchAsk(peer, version)
                .session(session, 1)
                .topic(log)
                .partition(0, 5, partition -> partition.setPartitionMaxBytes(6000))
                .ask("offset-and-size-changed");
        new FetchAsk(peer, version)
                .session(session, 2)
                .with(request -> request.setMaxBytes(1))
                .ask("max-bytes-1");
        new FetchAsk(peer, version)
                .session(session, 3)
                .with(request -> request.setMaxBytes(1))
                .ask("max-bytes-1-again");
        new FetchAsk(peer, version)
                .session(session, 4)
                .topic(log)
                .partition(0, 19)
                .partition(1, 1)
                .waiting(1, 50)
                .ask("wait-for-nothing");
        new FetchAsk(peer, version)
                .session(session, 5)
                .topic(log)
                .partition(0, 0)
                .forget(log, 0)
                .ask("changed-and-forgotten");
    }

    private static void deleted(final Peer peer, final short version) throws IOException {
        final String topic = peer.createTopic("a", 1);
        final String kept = peer.createTopic("b", 1);
        final int session = id(new FetchAsk(peer, version)
                .session(0, 0)
                .topic(topic)
                .partition(0, 0)
                .topic(kept)
                .partition(0, 0)
                .ask("create"));
        peer.deleteTopic(topic);
        new FetchAsk(peer, version).session(session, 1).ask("after-delete");
        new FetchAsk(peer, version).session(session, 2).ask("after-delete-again");
    }

    private static void produce(final Peer peer, final String topic, final int partition) throws IOException {
        peer.onAnother(() -> new ProduceAsk(peer, (short) 9)
                .topic(topic)
                .partition(partition, Batches.plain(2))
                .prepare());
    }
}
