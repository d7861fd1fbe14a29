package io.ottla.interop;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** The beginning of logs, which clients may move, and their sizes. */
final class LogCases {
    private static final short LIST_OFFSETS_VERSION = 9;
    private static final int EARLIEST = -2;

    private LogCases() {}

    static void addTo(final CaseBook book) {
        deleteRecords(book);
        describeLogDirs(book);
    }

    /** A batch of three records and one of two. */
    private static void fill(final Peer peer, final String topic, final int partition) throws IOException {
        for (final int count : new int[] {3, 2}) {
            final SimpleRecord[] records = new SimpleRecord[count];
            for (int i = 0; i < count; i++) {
                records[i] = Batches.record(Batches.TIME + i, "k" + i, "v" + i);
            }
            new ProduceAsk(peer, (short) 9)
                    .topic(topic)
                    .partition(partition, Batches.compressed(CompressionType.NONE, records))
                    .prepare();
        }
    }

    private static DeleteRecordsTopic before(final String topic, final int partition, final long... offsets) {
        final DeleteRecordsTopic wanted = new DeleteRecordsTopic().setName(topic);
        for (final long offset : offsets) {
            wanted.partitions()
                    .add(new DeleteRecordsPartition()
                            .setPartitionIndex(partition)
                            .setOffset(offset));
        }
        return wanted;
    }

    private static void delete(
            final Peer peer,
            final short version,
            final String label,
            final int timeoutMs,
            final DeleteRecordsTopic... topics)
            throws IOException {
        final DeleteRecordsRequestData request =
                new DeleteRecordsRequestData().setTimeoutMs(timeoutMs).setTopics(Arrays.asList(topics));
        peer.ask(label, ApiKeys.DELETE_RECORDS, version, request);
    }

    private static void start(final Peer peer, final String topic) throws IOException {
        final ListOffsetsTopic wanted = new ListOffsetsTopic()
                .setName(topic)
                .setPartitions(
                        List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(EARLIEST)));
        final ListOffsetsRequestData request =
                new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(wanted));
        peer.ask("start", ApiKeys.LIST_OFFSETS, LIST_OFFSETS_VERSION, request);
    }

    private static void deleteRecords(final CaseBook book) {
        book.each(ApiKeys.DELETE_RECORDS, "offsets", (peer, version) -> {
            final String log = peer.createTopic("log", 1);
            fill(peer, log, 0);
            for (final long offset : new long[] {0, 2, 1, 6, -2, Long.MIN_VALUE, Long.MAX_VALUE, 3, 4, 5, 5, 0, -1}) {
                delete(peer, version, "before" + offset, 10_000, before(log, 0, offset));
                start(peer, log);
            }
        });
        book.each(ApiKeys.DELETE_RECORDS, "high-watermark", (peer, version) -> {
            final String log = peer.createTopic("log", 2);
            fill(peer, log, 0);
            delete(peer, version, "empty", 10_000, before(log, 1, -1));
            delete(peer, version, "all", 10_000, before(log, 0, -1));
            delete(peer, version, "all-again", 10_000, before(log, 0, -1));
            start(peer, log);
        });
        book.each(ApiKeys.DELETE_RECORDS, "names", (peer, version) -> {
            final String log = peer.createTopic("log", 2);
            fill(peer, log, 0);
            delete(peer, version, "none", 10_000);
            delete(peer, version, "unknown-topic", 10_000, before(peer.topic("absent"), 0, 0));
            delete(peer, version, "unknown-partition", 10_000, before(log, 2, 0), before(log, -1, 0));
            delete(peer, version, "odd-name", 10_000, before("a b", 0, 0), before("", 0, 0));
            delete(peer, version, "some", 10_000, before(peer.topic("absent"), 0, 0), before(log, 0, 1));
            delete(peer, version, "no-partitions", 10_000, before(log, 0));
            delete(peer, version, "twice", 10_000, before(log, 0, 3, 2));
            delete(peer, version, "topic-twice", 10_000, before(log, 0, 4), before(log, 1, 0));
        });
        book.each(ApiKeys.DELETE_RECORDS, "policies", (peer, version) -> {
            for (final String policy : new String[] {"delete", "compact", "compact,delete", ""}) {
                final String topic =
                        peer.createTopic("policy-" + policy.replace(',', '-'), 1, "cleanup.policy", policy);
                fill(peer, topic, 0);
                delete(peer, version, "policy-" + policy, 10_000, before(topic, 0, 1));
                delete(peer, version, "policy-" + policy + "-too-far", 10_000, before(topic, 0, 9));
            }
        });
        book.each(ApiKeys.DELETE_RECORDS, "timeouts", (peer, version) -> {
            final String log = peer.createTopic("log", 1);
            fill(peer, log, 0);
            int offset = 0;
            for (final int timeoutMs : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                delete(peer, version, "timeout" + timeoutMs, timeoutMs, before(log, 0, ++offset));
            }
        });
        book.each(ApiKeys.DELETE_RECORDS, "internal-topic", (peer, version) -> {
            delete(peer, version, "metadata", 10_000, before(Topic.CLUSTER_METADATA_TOPIC_NAME, 0, 0));
        });
    }

    private static void describe(
            final Peer peer, final short version, final String label, final DescribableLogDirTopic... topics)
            throws IOException {
        final DescribeLogDirsRequestData request = new DescribeLogDirsRequestData()
                .setTopics(new DescribableLogDirTopicCollection(
                        Arrays.asList(topics).iterator()));
        peer.ask(label, ApiKeys.DESCRIBE_LOG_DIRS, version, request);
    }

    private static DescribableLogDirTopic of(final String topic, final Integer... partitions) {
        return new DescribableLogDirTopic().setTopic(topic).setPartitions(List.of(partitions));
    }

    private static void describeLogDirs(final CaseBook book) {
        book.each(ApiKeys.DESCRIBE_LOG_DIRS, "sizes", (peer, version) -> {
            final String log = peer.createTopic("log", 3);
            fill(peer, log, 0);
            fill(peer, log, 2);
            fill(peer, log, 2);
            describe(peer, version, "all-three", of(log, 0, 1, 2));
            describe(peer, version, "two", of(log, 2, 0));
            delete(peer, (short) 2, "delete", 10_000, before(log, 2, 3), before(log, 0, -1));
            describe(peer, version, "one-moved", of(log, 2));
        });
        book.each(ApiKeys.DESCRIBE_LOG_DIRS, "names", (peer, version) -> {
            final String log = peer.createTopic("log", 1);
            fill(peer, log, 0);
            describe(peer, version, "none");
            describe(peer, version, "unknown-topic", of(peer.topic("absent"), 0));
            describe(peer, version, "unknown-partition", of(log, 1, -1));
            describe(peer, version, "some", of(log, 0, 1), of(peer.topic("absent"), 0));
            describe(peer, version, "no-partitions", of(log));
            describe(peer, version, "twice", of(log, 0, 0));
            describe(peer, version, "odd-names", of("a b", 0), of("", 0), of(Topic.CLUSTER_METADATA_TOPIC_NAME, 0));
        });
        book.each(ApiKeys.DESCRIBE_LOG_DIRS, "every-topic", (peer, version) -> {
            final String log = peer.createTopic("log", 2);
            fill(peer, log, 1);
            peer.onlyOwnTopics();
            peer.ask("null", ApiKeys.DESCRIBE_LOG_DIRS, version, new DescribeLogDirsRequestData().setTopics(null));
        });
    }
}
