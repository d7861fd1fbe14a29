package io.ottla.interop;

import java.io.IOException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Cases about valid and invalid requests of producers without idempotence. */
final class ProduceCases {
    private static final Uuid UNKNOWN_ID = new Uuid(0x1234_5678_9abc_def0L, 42);

    /** The first of all, with errors by record, with compact encoding, with topic ids. */
    private static final int[] TELLING_VERSIONS = {3, 8, 9, 13};

    private ProduceCases() {}

    static void addTo(final CaseBook book) {
        plain(book);
        requests(book);
        formats(book);
        attributes(book);
        limits(book);
        topicSettings(book);
    }

    private static void plain(final CaseBook book) {
        for (final int acks : new int[] {1, -1}) {
            book.each(ApiKeys.PRODUCE, "varied-records-acks" + acks, (peer, version) -> {
                final String topic = peer.createTopic("a", 1);
                for (int i = 0; i < 2; i++) {
                    new ProduceAsk(peer, version)
                            .acks(acks)
                            .topic(topic)
                            .partition(0, Batches.of(Batches.variedRecords()))
                            .ask("produce-" + i);
                }
                ProduceAsk.readBack(peer, topic, 1);
            });
        }
        book.each(ApiKeys.PRODUCE, "acks0", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            new ProduceAsk(peer, version)
                    .acks(0)
                    .topic(topic)
                    .partition(0, Batches.plain(2))
                    .tell();
            peer.ask("next-answer", ApiKeys.LIST_OFFSETS, 1, new ListOffsetsRequestData().setReplicaId(-1));
            ProduceAsk.readBack(peer, topic, 1);
        });
        for (final CompressionType type : CompressionType.values()) {
            book.each(ApiKeys.PRODUCE, "compressed-" + type.name, (peer, version) -> {
                final String topic = peer.createTopic("a", 1);
                new ProduceAsk(peer, version)
                        .topic(topic)
                        .partition(0, Batches.compressed(type, Batches.variedRecords()))
                        .ask("produce");
                ProduceAsk.readBack(peer, topic, 1);
            });
        }
    }

    private static void requests(final CaseBook book) {
        book.each(ApiKeys.PRODUCE, "bad-acks", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            for (final int acks : new int[] {2, -2, 32767}) {
                new ProduceAsk(peer, version)
                        .acks(acks)
                        .topic(topic)
                        .partition(0, Batches.plain(1))
                        .ask("acks" + acks);
            }
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.each(ApiKeys.PRODUCE, "odd-timeouts", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            for (final int timeoutMs : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                new ProduceAsk(peer, version)
                        .acks(-1)
                        .timeoutMs(timeoutMs)
                        .topic(topic)
                        .partition(0, Batches.plain(1))
                        .ask("timeout" + timeoutMs);
            }
        });
        book.each(ApiKeys.PRODUCE, "unknown-topic", (peer, version) -> {
            peer.learn("unknown", UNKNOWN_ID);
            new ProduceAsk(peer, version)
                    .topic(peer.topic("none"), UNKNOWN_ID)
                    .partition(0, Batches.plain(1))
                    .partition(7, Batches.plain(1))
                    .ask("produce");
        });
        book.each(
                ApiKeys.PRODUCE,
                "zero-or-empty-topic",
                (peer, version) -> new ProduceAsk(peer, version)
                        .topic("", Uuid.ZERO_UUID)
                        .partition(0, Batches.plain(1))
                        .ask("produce"));
        book.each(ApiKeys.PRODUCE, "invalid-topic-name", 0, 12, (peer, version) -> {
            for (final String name : new String[] {".", "..", "a b", "x".repeat(250), "ü"}) {
                new ProduceAsk(peer, version)
                        .topic(name, null)
                        .partition(0, Batches.plain(1))
                        .ask("name-" + name.length() + "-" + name.charAt(0));
            }
        });
        book.each(ApiKeys.PRODUCE, "unknown-partition-among-known", (peer, version) -> {
            final String first = peer.createTopic("a", 2);
            final String second = peer.createTopic("b", 1);
            peer.learn("unknown", UNKNOWN_ID);
            new ProduceAsk(peer, version)
                    .acks(-1)
                    .topic(first)
                    .partition(1, Batches.plain(3))
                    .partition(2, Batches.plain(1))
                    .partition(0, Batches.plain(1))
                    .partition(-1, Batches.plain(1))
                    .topic(peer.topic("none"), UNKNOWN_ID)
                    .partition(0, Batches.plain(1))
                    .topic(second)
                    .partition(0, Batches.plain(2))
                    .ask("produce");
            ProduceAsk.readBack(peer, first, 2);
            ProduceAsk.readBack(peer, second, 1);
        });
        book.each(ApiKeys.PRODUCE, "no-topics", (peer, version) -> new ProduceAsk(peer, version).ask("produce"));
        book.each(
                ApiKeys.PRODUCE,
                "no-partitions",
                (peer, version) -> new ProduceAsk(peer, version)
                        .topic(peer.createTopic("a", 1))
                        .ask("produce"));
        book.each(ApiKeys.PRODUCE, "same-partition-twice", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            new ProduceAsk(peer, version)
                    .topic(topic)
                    .partition(0, Batches.plain(1))
                    .partition(0, Batches.plain(2))
                    .ask("produce");
            ProduceAsk.readBack(peer, topic, 1);
        });
    }

    private static void formats(final CaseBook book) {
        // Apache Kafka gives no answer, and serves nothing more on that connection.
        book.at(ApiKeys.PRODUCE, "null-records", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final ProduceAsk ask = new ProduceAsk(peer, version).topic(topic).partition(0, null);
            peer.askFrame(
                    "odd", ApiKeys.PRODUCE, version, Frames.request(ApiKeys.PRODUCE, version, 7, ask.data()), 500);
            ProduceAsk.readBack(peer, topic, 1);
        });
        refused(book, "empty-records", () -> MemoryRecords.EMPTY);
        refused(book, "two-batches", () -> Batches.joined(Batches.plain(1), Batches.plain(2)));
        refused(
                book,
                "wrong-crc",
                () -> Batches.spoilt(Batches.plain(2), bytes -> bytes.put(70, (byte) (bytes.get(70) ^ 1))));
        refused(book, "magic-0", () -> Batches.oldFormat((byte) 0, 2));
        refused(book, "magic-1", () -> Batches.oldFormat((byte) 1, 2));
        refused(book, "magic-3", () -> Batches.spoilt(Batches.plain(2), bytes -> bytes.put(16, (byte) 3)));
        refused(book, "magic-minus-1", () -> Batches.spoilt(Batches.plain(2), bytes -> bytes.put(16, (byte) -1)));
        refused(book, "cut-in-records", () -> Batches.cut(Batches.plain(2), 3));
        refused(
                book,
                "cut-in-header",
                () -> Batches.cut(Batches.plain(1), Batches.plain(1).sizeInBytes() - 40));
        refused(
                book,
                "cut-in-length",
                () -> Batches.cut(Batches.plain(1), Batches.plain(1).sizeInBytes() - 10));
        refused(book, "junk-after-batch", () -> Batches.joined(Batches.plain(1), Batches.cut(Batches.plain(1), 60)));
        refused(book, "length-too-small", () -> Batches.spoilt(Batches.plain(2), bytes -> bytes.putInt(8, 20)));
        refused(
                book,
                "length-one-short",
                () -> Batches.altered(Batches.plain(2), bytes -> bytes.putInt(8, bytes.getInt(8) - 1)));
        refused(book, "length-negative", () -> Batches.spoilt(Batches.plain(2), bytes -> bytes.putInt(8, -5)));
        refused(
                book,
                "length-too-large",
                () -> Batches.spoilt(Batches.plain(2), bytes -> bytes.putInt(8, bytes.getInt(8) + 100)));
        refused(book, "count-too-small", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(57, 2)));
        refused(book, "count-too-large", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(57, 4)));
        refused(book, "count-zero", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(57, 0)));
        refused(book, "count-negative", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(57, -1)));
        refused(book, "last-delta-too-small", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(23, 1)));
        refused(book, "last-delta-too-large", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(23, 5)));
        refused(book, "last-delta-negative", () -> Batches.altered(Batches.plain(3), bytes -> bytes.putInt(23, -1)));
        refused(
                book,
                "delta-and-count-too-large",
                () -> Batches.altered(
                        Batches.plain(3), bytes -> bytes.putInt(23, 3).putInt(57, 4)));
        refused(
                book,
                "record-body-broken",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.put(61, (byte) 0x7e)));
        refused(
                book,
                "record-length-negative",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.put(61, (byte) 1)));
        refused(
                book,
                "max-timestamp-wrong",
                () -> Batches.altered(Batches.plain(3), bytes -> bytes.putLong(35, Batches.TIME + 100)));
        refused(book, "base-offset-5", () -> Batches.spoilt(Batches.plain(3), bytes -> bytes.putLong(0, 5)));
        refused(book, "base-offset-negative", () -> Batches.spoilt(Batches.plain(3), bytes -> bytes.putLong(0, -7)));
        refused(book, "leader-epoch-set", () -> Batches.spoilt(Batches.plain(3), bytes -> bytes.putInt(12, 9)));
        refused(
                book,
                "compressed-garbage",
                () -> Batches.altered(Batches.plain(3), bytes -> bytes.putShort(21, (short) 1)));
        refused(
                book,
                "compressed-garbage-zstd",
                () -> Batches.altered(Batches.plain(3), bytes -> bytes.putShort(21, (short) 4)));
        refused(
                book,
                "compressed-wrong-count",
                () -> Batches.altered(
                        Batches.compressed(CompressionType.GZIP, Batches.records(4)), bytes -> bytes.putInt(57, 3)));
        refused(book, "timestamp-minus-1", () -> Batches.of(Batches.record(-1, "k", "v")));
        refused(
                book,
                "timestamp-minus-9",
                () -> Batches.altered(
                        Batches.plain(1), bytes -> bytes.putLong(27, -9).putLong(35, -9)));
    }

    private static void attributes(final CaseBook book) {
        for (final int bits : new int[] {5, 6, 7}) {
            refused(
                    book,
                    "compression-code-" + bits,
                    () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) bits)));
        }
        refused(
                book,
                "attribute-log-append-time",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) 8)));
        refused(
                book,
                "attribute-control",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) 0x20)));
        refused(
                book,
                "attribute-delete-horizon",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) 0x40)));
        refused(
                book,
                "attribute-unused",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) 0x80)));
        refused(
                book,
                "attribute-high-byte",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) 0x4000)));
        refused(book, "transactional-without-id", () -> Batches.transactional(9_999_999, 0, 0, 1));
        refused(
                book,
                "transactional-without-producer",
                () -> Batches.altered(Batches.plain(1), bytes -> bytes.putShort(21, (short) 0x10)));
    }

    private static void limits(final CaseBook book) {
        book.at(ApiKeys.PRODUCE, "too-large-decompressed", TELLING_VERSIONS, (peer, version) -> {
            final String topic = peer.createTopic("a", 1, "max.decompressed.message.bytes", "1008");
            for (final CompressionType type : CompressionType.values()) {
                // With the six fields beside it, the first value makes a record of 1008 bytes.
                for (final int size : new int[] {1001, 1002}) {
                    final String value = "x".repeat(size);
                    new ProduceAsk(peer, version)
                            .topic(topic)
                            .partition(0, Batches.compressed(type, Batches.record(Batches.TIME, null, value)))
                            .ask(type.name + size);
                }
            }
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.each(ApiKeys.PRODUCE, "too-large-for-topic", (peer, version) -> {
            final String topic = peer.createTopic("a", 1, "max.message.bytes", "200");
            final int fits =
                    200 - Batches.of(Batches.record(Batches.TIME, null, "")).sizeInBytes();
            for (int size = fits - 3; size <= fits + 2; size++) {
                new ProduceAsk(peer, version)
                        .topic(topic)
                        .partition(0, Batches.of(Batches.record(Batches.TIME, null, "x".repeat(size))))
                        .ask("size" + (size - fits));
            }
            ProduceAsk.readBack(peer, topic, 1);
        });
        book.each(
                ApiKeys.PRODUCE,
                "too-large-for-broker",
                (peer, version) -> new ProduceAsk(peer, version)
                        .topic(peer.createTopic("a", 1))
                        .partition(0, Batches.of(Batches.record(Batches.TIME, null, "x".repeat(1_100_000))))
                        .ask("produce"));
        book.each(ApiKeys.PRODUCE, "larger-than-segment", (peer, version) -> {
            final String topic = peer.createTopic("a", 1, "max.message.bytes", "3000000", "segment.bytes", "1048576");
            new ProduceAsk(peer, version)
                    .topic(topic)
                    .partition(0, Batches.of(Batches.record(Batches.TIME, null, "x".repeat(1_500_000))))
                    .ask("produce");
        });
    }

    private static void topicSettings(final CaseBook book) {
        book.each(ApiKeys.PRODUCE, "timestamp-in-future", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final long future = 4_000_000_000_000L;
            new ProduceAsk(peer, version)
                    .topic(topic)
                    .partition(
                            0,
                            Batches.of(
                                    Batches.record(Batches.TIME, "a", "a"),
                                    Batches.record(future, "b", "b"),
                                    Batches.record(Batches.TIME, "c", "c"),
                                    Batches.record(future + 1, "d", "d")))
                    .ask("produce");
        });
        book.each(ApiKeys.PRODUCE, "timestamp-too-old", (peer, version) -> {
            final String topic = peer.createTopic("a", 1, "message.timestamp.before.max.ms", "1000");
            new ProduceAsk(peer, version)
                    .topic(topic)
                    .partition(0, Batches.plain(2))
                    .ask("produce");
        });
        for (final String compression : new String[] {"none", "zstd"}) {
            book.each(ApiKeys.PRODUCE, "log-append-time-" + compression, 7, 13, (peer, version) -> {
                final String topic = peer.createTopic("a", 1, "message.timestamp.type", "LogAppendTime");
                new ProduceAsk(peer, version)
                        .topic(topic)
                        .partition(0, Batches.compressed(CompressionType.forName(compression), Batches.records(3)))
                        .ask("produce");
                ProduceAsk.readBack(peer, topic, 1);
            });
        }
        book.each(ApiKeys.PRODUCE, "compacted-without-key", (peer, version) -> {
            final String topic = peer.createTopic("a", 1, "cleanup.policy", "compact");
            new ProduceAsk(peer, version)
                    .topic(topic)
                    .partition(0, Batches.plain(2))
                    .ask("with-keys");
            new ProduceAsk(peer, version)
                    .topic(topic)
                    .partition(
                            0,
                            Batches.of(
                                    Batches.record(Batches.TIME, "a", "a"),
                                    Batches.record(Batches.TIME, null, "b"),
                                    Batches.record(Batches.TIME, "", "c"),
                                    Batches.record(Batches.TIME, null, "d")))
                    .ask("without");
            ProduceAsk.readBack(peer, topic, 1);
        });
        for (final String target : new String[] {"uncompressed", "gzip", "snappy", "lz4", "zstd", "producer"}) {
            for (final String source : new String[] {"none", "gzip", "zstd"}) {
                book.each(ApiKeys.PRODUCE, "recompressed-" + source + "-to-" + target, 7, 7, (peer, version) -> {
                    peer.expectRecompression();
                    final String topic = peer.createTopic("a", 1, "compression.type", target);
                    new ProduceAsk(peer, version)
                            .topic(topic)
                            .partition(0, Batches.compressed(CompressionType.forName(source), Batches.variedRecords()))
                            .ask("produce");
                    ProduceAsk.readBack(peer, topic, 1);
                });
            }
        }
    }

    private interface Records {
        MemoryRecords get();
    }

    /** Adds a case that sends records which are likely refused, sends sound ones after it, and reads the log. */
    private static void refused(final CaseBook book, final String name, final Records records) {
        book.at(ApiKeys.PRODUCE, name, TELLING_VERSIONS, (peer, version) -> oneOdd(peer, version, records));
    }

    private static void oneOdd(final Peer peer, final short version, final Records records) throws IOException {
        final String topic = peer.createTopic("a", 2);
        new ProduceAsk(peer, version)
                .topic(topic)
                .partition(0, records.get())
                .partition(1, Batches.plain(1))
                .ask("odd");
        new ProduceAsk(peer, version)
                .topic(topic)
                .partition(0, Batches.plain(1))
                .ask("sound");
        ProduceAsk.readBack(peer, topic, 2);
    }
}
