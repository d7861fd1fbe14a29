package io.ottla.interop;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Questions for offsets, by time and by leader epoch. */
final class OffsetCases {
    /** Times that do not rise, in plain and compressed batches; partition 1 is empty, and partition 2 has equal times. */
    private static final Script TIMES = peer -> {
        final String times = peer.createTopic("times", 3);
        prepare(peer, times, 0, CompressionType.NONE, 10, 30, 20);
        prepare(peer, times, 0, CompressionType.LZ4, 15, 50, 50, 40);
        prepare(peer, times, 0, CompressionType.NONE, 5);
        prepare(peer, times, 0, CompressionType.ZSTD, 45, 50, 49);
        prepare(peer, times, 2, CompressionType.NONE, 7, 7, 7);
        prepare(peer, times, 2, CompressionType.NONE, 7);
        final String appendTime = peer.createTopic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        prepare(peer, appendTime, 0, CompressionType.NONE, 1, 2, 3);
    };

    private OffsetCases() {}

    private static void prepare(
            final Peer peer, final String topic, final int partition, final CompressionType type, final int... times)
            throws IOException {
        final SimpleRecord[] records = new SimpleRecord[times.length];
        for (int i = 0; i < times.length; i++) {
            records[i] = Batches.record(Batches.TIME + times[i], "k" + i, "v" + times[i]);
        }
        new ProduceAsk(peer, (short) 9)
                .topic(topic)
                .partition(partition, Batches.compressed(type, records))
                .prepare();
    }

    static void addTo(final CaseBook book) {
        listOffsets(book);
        epochs(book);
    }

    private static void list(
            final Peer peer, final short version, final String label, final Consumer<ListOffsetsRequestData> change)
            throws IOException {
        final ListOffsetsRequestData request =
                new ListOffsetsRequestData().setReplicaId(-1).setTimeoutMs(10_000);
        change.accept(request);
        peer.ask(label, ApiKeys.LIST_OFFSETS, version, request);
    }

    private static ListOffsetsTopic topic(final String name, final ListOffsetsPartition... partitions) {
        return new ListOffsetsTopic().setName(name).setPartitions(List.of(partitions));
    }

    private static ListOffsetsPartition at(final int partition, final long timestamp) {
        return new ListOffsetsPartition().setPartitionIndex(partition).setTimestamp(timestamp);
    }

    private static void listOffsets(final CaseBook book) {
        book.each(ApiKeys.LIST_OFFSETS, "every-time", (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            for (int time = 0; time <= 52; time++) {
                final long timestamp = Batches.TIME + time;
                list(
                        peer,
                        version,
                        "time" + time,
                        request -> request.topics()
                                .add(topic(times, at(0, timestamp), at(1, timestamp), at(2, timestamp))));
            }
            for (final long timestamp : new long[] {0, 1, Long.MAX_VALUE}) {
                list(
                        peer,
                        version,
                        "time" + timestamp,
                        request -> request.topics()
                                .add(topic(times, at(0, timestamp), at(1, timestamp), at(2, timestamp))));
            }
        });
        book.each(ApiKeys.LIST_OFFSETS, "special-times", (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            for (int special = -1; special >= -9; special--) {
                final long timestamp = special;
                list(
                        peer,
                        version,
                        "special" + timestamp,
                        request -> request.topics()
                                .add(topic(times, at(0, timestamp), at(1, timestamp), at(2, timestamp))));
            }
            list(peer, version, "lowest", request -> request.topics().add(topic(times, at(0, Long.MIN_VALUE))));
        });
        book.each(ApiKeys.LIST_OFFSETS, "log-append-time", (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "append-time");
            for (final long timestamp : new long[] {-3, -2, -1, Batches.TIME, 4_000_000_000_000L}) {
                list(
                        peer,
                        version,
                        "time" + timestamp,
                        request -> request.topics().add(topic(times, at(0, timestamp))));
            }
        });
        book.each(ApiKeys.LIST_OFFSETS, "names", (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            list(
                    peer,
                    version,
                    "unknown-topic",
                    request -> request.topics().add(topic(peer.topic("none"), at(0, -1), at(3, -2))));
            list(
                    peer,
                    version,
                    "unknown-partition",
                    request -> request.topics().add(topic(times, at(3, -1), at(0, -1), at(-1, -1))));
            list(peer, version, "invalid-name", request -> request.topics().add(topic("a b", at(0, -1))));
            list(peer, version, "empty-name", request -> request.topics().add(topic("", at(0, -1))));
            list(peer, version, "no-topics", request -> {});
            list(peer, version, "no-partitions", request -> request.topics().add(topic(times)));
            list(peer, version, "twice", request -> request.topics().add(topic(times, at(0, -1), at(0, -2))));
            list(peer, version, "topic-twice", request -> {
                request.topics().add(topic(times, at(0, -1)));
                request.topics().add(topic(times, at(1, -1)));
            });
        });
        book.each(ApiKeys.LIST_OFFSETS, "replica-ids", (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            for (final int replica : new int[] {-2, -3, 5}) {
                list(
                        peer,
                        version,
                        "replica" + replica,
                        request -> request.setReplicaId(replica).topics().add(topic(times, at(0, -1), at(2, -2))));
            }
        });
        book.each(ApiKeys.LIST_OFFSETS, "isolation-levels", 2, 99, (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            for (final int level : new int[] {0, 1, 2, -1}) {
                list(
                        peer,
                        version,
                        "level" + level,
                        request -> request.setIsolationLevel((byte) level)
                                .topics()
                                .add(topic(times, at(0, -1), at(1, -2), at(2, -3))));
            }
        });
        book.each(ApiKeys.LIST_OFFSETS, "current-leader-epoch", 4, 99, (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            for (final int epoch : new int[] {-2, -1, 0, 1}) {
                list(
                        peer,
                        version,
                        "epoch" + epoch,
                        request -> request.topics()
                                .add(topic(
                                        times,
                                        at(0, -1).setCurrentLeaderEpoch(epoch),
                                        at(1, Batches.TIME).setCurrentLeaderEpoch(epoch),
                                        at(4, -1).setCurrentLeaderEpoch(epoch))));
            }
        });
        book.each(ApiKeys.LIST_OFFSETS, "timeouts", 10, 99, (peer, version) -> {
            final String times = peer.fixture("times", TIMES, "times");
            for (final int timeoutMs : new int[] {0, -1}) {
                list(
                        peer,
                        version,
                        "timeout" + timeoutMs,
                        request -> request.setTimeoutMs(timeoutMs).topics().add(topic(times, at(0, -1), at(0, -3))));
            }
        });
    }

    private static void epochs(final CaseBook book) {
        book.each(ApiKeys.OFFSET_FOR_LEADER_EPOCH, "epochs", (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            for (final int current : new int[] {-2, -1, 0, 1}) {
                for (final int asked : new int[] {-2, -1, 0, 1, 1000}) {
                    final OffsetForLeaderTopic topic = new OffsetForLeaderTopic().setTopic(log);
                    for (final int partition : new int[] {0, 2, 9}) {
                        topic.partitions()
                                .add(new OffsetForLeaderPartition()
                                        .setPartition(partition)
                                        .setCurrentLeaderEpoch(current)
                                        .setLeaderEpoch(asked));
                    }
                    final OffsetForLeaderEpochRequestData request =
                            new OffsetForLeaderEpochRequestData().setReplicaId(-1);
                    request.topics().add(topic);
                    peer.ask("current" + current + "-asked" + asked, ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request);
                }
            }
        });
        book.each(ApiKeys.OFFSET_FOR_LEADER_EPOCH, "names", (peer, version) -> {
            final OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-2);
            peer.ask("no-topics", ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request);
            for (final String name : new String[] {peer.topic("none"), "", "a b"}) {
                final OffsetForLeaderTopic topic = new OffsetForLeaderTopic().setTopic(name);
                topic.partitions()
                        .add(new OffsetForLeaderPartition()
                                .setPartition(0)
                                .setCurrentLeaderEpoch(-1)
                                .setLeaderEpoch(0));
                request.topics().add(topic);
            }
            peer.ask("unknown", ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request);
        });
    }
}
