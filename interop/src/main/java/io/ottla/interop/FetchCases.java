package io.ottla.interop;

import java.io.IOException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;

/** Cases about fetches without a session. */
final class FetchCases {
    static final Uuid UNKNOWN_ID = new Uuid(0x1234_5678_9abc_def0L, 43);

    /** Writes four batches to partition 0 (offsets 0, 5, 8, 9; end 19), one record to 1 and nothing to 2. */
    static final Script LOG = peer -> {
        final String log = peer.createTopic("log", 3);
        final short version = 9;
        new ProduceAsk(peer, version)
                .topic(log)
                .partition(0, Batches.plain(5))
                .partition(1, Batches.plain(1))
                .prepare();
        new ProduceAsk(peer, version)
                .topic(log)
                .partition(0, Batches.compressed(CompressionType.GZIP, Batches.records(3)))
                .prepare();
        new ProduceAsk(peer, version)
                .topic(log)
                .partition(0, Batches.of(Batches.record(Batches.TIME + 50, "big", "x".repeat(5000))))
                .prepare();
        new ProduceAsk(peer, version).topic(log).partition(0, Batches.plain(10)).prepare();
        final String other = peer.createTopic("other", 1);
        new ProduceAsk(peer, version)
                .topic(other)
                .partition(0, Batches.plain(2))
                .prepare();
    };

    private FetchCases() {}

    static void addTo(final CaseBook book) {
        offsets(book);
        names(book);
        sizes(book);
        epochs(book);
        waits(book);
        fields(book);
        book.each(ApiKeys.FETCH, "zstd", (peer, version) -> {
            final String topic = peer.fixture("zstd", FetchCases::zstd, "zstd");
            new FetchAsk(peer, version).topic(topic).partition(0, 0).ask("from-plain");
            new FetchAsk(peer, version).topic(topic).partition(0, 2).ask("from-zstd");
        });
    }

    private static void zstd(final Peer peer) throws IOException {
        final String topic = peer.createTopic("zstd", 1);
        new ProduceAsk(peer, (short) 9)
                .topic(topic)
                .partition(0, Batches.plain(2))
                .prepare();
        new ProduceAsk(peer, (short) 9)
                .topic(topic)
                .partition(0, Batches.compressed(CompressionType.ZSTD, Batches.records(3)))
                .prepare();
    }

    private static void offsets(final CaseBook book) {
        book.each(ApiKeys.FETCH, "every-offset", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (int offset = -2; offset <= 21; offset++) {
                new FetchAsk(peer, version).topic(log).partition(0, offset).ask("from" + offset);
            }
            for (final long offset : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
                new FetchAsk(peer, version).topic(log).partition(0, offset).ask("from" + offset);
            }
        });
        book.each(ApiKeys.FETCH, "empty-partition", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (int offset = -1; offset <= 1; offset++) {
                new FetchAsk(peer, version).topic(log).partition(2, offset).ask("from" + offset);
            }
        });
    }

    private static void names(final CaseBook book) {
        book.each(ApiKeys.FETCH, "unknown-names", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            peer.learn("unknown", UNKNOWN_ID);
            new FetchAsk(peer, version)
                    .topic(peer.topic("none"), UNKNOWN_ID)
                    .partition(0, 0)
                    .ask("unknown-topic");
            new FetchAsk(peer, version)
                    .topic("", Uuid.ZERO_UUID)
                    .partition(0, 0)
                    .ask("no-topic");
            new FetchAsk(peer, version)
                    .topic(log)
                    .partition(3, 0)
                    .partition(-1, 0)
                    .ask("unknown-partition");
            new FetchAsk(peer, version)
                    .topic(log)
                    .partition(1, 0)
                    .partition(99, 0)
                    .topic(peer.topic("none"), UNKNOWN_ID)
                    .partition(0, 0)
                    .partition(1, 5)
                    .ask("mixed");
        });
        book.each(
                ApiKeys.FETCH,
                "invalid-name",
                0,
                12,
                (peer, version) -> new FetchAsk(peer, version)
                        .topic("a b\u0000c", null)
                        .partition(0, 0)
                        .ask("fetch"));
        book.each(ApiKeys.FETCH, "several-topics", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            final String other = peer.fixture("log", LOG, "other");
            new FetchAsk(peer, version)
                    .topic(log)
                    .partition(2, 0)
                    .partition(0, 9)
                    .partition(1, 7)
                    .topic(other)
                    .partition(0, 1)
                    .ask("fetch");
            new FetchAsk(peer, version).ask("no-topics");
            new FetchAsk(peer, version).topic(log).ask("no-partitions");
            new FetchAsk(peer, version)
                    .topic(log)
                    .partition(0, 0)
                    .partition(0, 9)
                    .ask("partition-twice");
            new FetchAsk(peer, version)
                    .topic(log)
                    .partition(1, 0)
                    .topic(log)
                    .partition(2, 0)
                    .ask("topic-twice");
        });
    }

    private static void sizes(final CaseBook book) {
        book.each(ApiKeys.FETCH, "partition-max-bytes", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (final int max : new int[] {-1, 0, 1, 61, 200, 4000, 6000, Integer.MAX_VALUE}) {
                for (final int offset : new int[] {0, 5, 8, 9}) {
                    new FetchAsk(peer, version)
                            .topic(log)
                            .partition(0, offset, partition -> partition.setPartitionMaxBytes(max))
                            .ask("max" + max + "-from" + offset);
                }
            }
        });
        book.each(ApiKeys.FETCH, "max-bytes", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            final String other = peer.fixture("log", LOG, "other");
            for (final int max : new int[] {-1, 0, 1, 61, 200, 500, 6000, Integer.MAX_VALUE}) {
                new FetchAsk(peer, version)
                        .with(request -> request.setMaxBytes(max))
                        .topic(log)
                        .partition(2, 0)
                        .partition(0, 0)
                        .partition(1, 0)
                        .topic(other)
                        .partition(0, 0)
                        .ask("max" + max);
            }
        });
        book.each(ApiKeys.FETCH, "error-first-then-large-batch", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            new FetchAsk(peer, version)
                    .with(request -> request.setMaxBytes(1))
                    .topic(log)
                    .partition(1, 99)
                    .partition(0, 8, partition -> partition.setPartitionMaxBytes(1))
                    .ask("fetch");
        });
    }

    private static void epochs(final CaseBook book) {
        book.each(ApiKeys.FETCH, "current-leader-epoch", 9, 99, (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (final int epoch : new int[] {-2, -1, 0, 1, 1000}) {
                new FetchAsk(peer, version)
                        .topic(log)
                        .partition(1, 0, partition -> partition.setCurrentLeaderEpoch(epoch))
                        .partition(2, 0, partition -> partition.setCurrentLeaderEpoch(epoch))
                        .partition(7, 0, partition -> partition.setCurrentLeaderEpoch(epoch))
                        .ask("epoch" + epoch);
            }
        });
        book.each(ApiKeys.FETCH, "last-fetched-epoch", 12, 99, (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (final int epoch : new int[] {-2, -1, 0, 1, 5}) {
                for (final int offset : new int[] {0, 1, 19, 20}) {
                    new FetchAsk(peer, version)
                            .topic(log)
                            .partition(0, offset, partition -> partition.setLastFetchedEpoch(epoch))
                            .ask("epoch" + epoch + "-from" + offset);
                }
            }
        });
    }

    private static void waits(final CaseBook book) {
        book.each(ApiKeys.FETCH, "nothing-in-time", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            new FetchAsk(peer, version)
                    .waiting(1, 60)
                    .topic(log)
                    .partition(2, 0)
                    .partition(1, 1)
                    .ask("at-end");
            new FetchAsk(peer, version)
                    .waiting(1_000_000, 60)
                    .topic(log)
                    .partition(1, 0)
                    .ask("less-than-wanted");
        });
        // These requests must not wait: otherwise the step would time out.
        book.at(ApiKeys.FETCH, "error-ends-the-wait", new int[] {4, 11, 12, 13, 18}, (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            new FetchAsk(peer, version)
                    .waiting(1_000_000, 120_000)
                    .topic(log)
                    .partition(2, 0)
                    .partition(1, 50)
                    .ask("fetch");
            new FetchAsk(peer, version).waiting(1_000_000, 120_000).ask("no-partitions");
        });
        book.at(ApiKeys.FETCH, "append-ends-the-wait", new int[] {4, 11, 12, 13, 18}, (peer, version) -> {
            final String topic = peer.createTopic("a", 2);
            new FetchAsk(peer, version)
                    .waiting(1, 120_000)
                    .topic(topic)
                    .partition(0, 0)
                    .partition(1, 0)
                    .tell();
            peer.onAnother(() -> {
                BrokerProcess.pause(30);
                new ProduceAsk(peer, (short) 9)
                        .topic(topic)
                        .partition(1, Batches.plain(2))
                        .prepare();
            });
            peer.collect("parked", ApiKeys.FETCH, version);
        });
        // These requests must wait: otherwise the answer would have no records.
        book.at(
                ApiKeys.FETCH,
                "unknown-topic-does-not-end-the-wait",
                new int[] {4, 11, 12, 13, 18},
                (peer, version) -> {
                    final String topic = peer.createTopic("a", 1);
                    peer.learn("unknown", UNKNOWN_ID);
                    new FetchAsk(peer, version)
                            .waiting(1, 120_000)
                            .topic(topic)
                            .partition(0, 0)
                            .topic(peer.topic("none"), UNKNOWN_ID)
                            .partition(0, 0)
                            .tell();
                    peer.onAnother(() -> {
                        BrokerProcess.pause(30);
                        new ProduceAsk(peer, (short) 9)
                                .topic(topic)
                                .partition(0, Batches.plain(2))
                                .prepare();
                    });
                    peer.collect("parked", ApiKeys.FETCH, version);
                });
        book.at(ApiKeys.FETCH, "wait-counts-bytes", new int[] {4, 12, 18}, (peer, version) -> {
            final String topic = peer.createTopic("a", 2);
            final int size = Batches.plain(2).sizeInBytes();
            new FetchAsk(peer, version)
                    .waiting(2 * size, 120_000)
                    .topic(topic)
                    .partition(0, 0)
                    .partition(1, 0)
                    .tell();
            peer.onAnother(() -> {
                for (int i = 0; i < 2; i++) {
                    BrokerProcess.pause(30);
                    new ProduceAsk(peer, (short) 9)
                            .topic(topic)
                            .partition(i, Batches.plain(2))
                            .prepare();
                }
            });
            peer.collect("parked", ApiKeys.FETCH, version);
        });
    }

    private static void fields(final CaseBook book) {
        book.each(ApiKeys.FETCH, "isolation-levels", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (final int level : new int[] {0, 1, 2, -1}) {
                new FetchAsk(peer, version)
                        .with(request -> request.setIsolationLevel((byte) level))
                        .topic(log)
                        .partition(0, 0)
                        .partition(1, 4)
                        .ask("level" + level);
            }
        });
        book.each(ApiKeys.FETCH, "rack-id", 11, 99, (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            new FetchAsk(peer, version)
                    .with(request -> request.setRackId("somewhere"))
                    .topic(log)
                    .partition(1, 0)
                    .ask("fetch");
        });
        book.each(ApiKeys.FETCH, "cluster-id", 12, 99, (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            new FetchAsk(peer, version)
                    .with(request -> request.setClusterId("of another cluster"))
                    .topic(log)
                    .partition(1, 0)
                    .ask("fetch");
        });
        book.each(ApiKeys.FETCH, "odd-waits", (peer, version) -> {
            final String log = peer.fixture("log", LOG, "log");
            for (final int value : new int[] {-1, Integer.MIN_VALUE}) {
                new FetchAsk(peer, version)
                        .waiting(1, value)
                        .topic(log)
                        .partition(2, 0)
                        .ask("wait" + value);
                new FetchAsk(peer, version)
                        .waiting(value, 50)
                        .topic(log)
                        .partition(2, 0)
                        .ask("bytes" + value);
            }
        });
    }
}
