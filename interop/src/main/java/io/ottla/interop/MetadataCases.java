package io.ottla.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Questions for topics and for the cluster. */
final class MetadataCases {
    private static final String[] ODD_NAMES = {
        "", ".", "..", "a b", "x".repeat(249), "x".repeat(250), "ü", "a/b", "a\u0000", "__consumer_offsetz"
    };

    private MetadataCases() {}

    static void addTo(final CaseBook book) {
        names(book);
        autoCreation(book);
        ids(book);
        flags(book);
        cluster(book);
        topicPartitions(book);
    }

    private static void metadata(
            final Peer peer, final short version, final String label, final Consumer<MetadataRequestData> change)
            throws IOException {
        final MetadataRequestData request = new MetadataRequestData();
        if (version >= 4) {
            request.setAllowAutoTopicCreation(false);
        }
        change.accept(request);
        peer.ask(label, ApiKeys.METADATA, version, request);
    }

    private static MetadataRequestTopic named(final String name) {
        return new MetadataRequestTopic().setName(name);
    }

    private static void names(final CaseBook book) {
        book.each(ApiKeys.METADATA, "known-topics", (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            final String other = peer.fixture("log", FetchCases.LOG, "other");
            metadata(peer, version, "one", request -> request.topics().add(named(log)));
            metadata(peer, version, "two", request -> {
                request.topics().add(named(other));
                request.topics().add(named(log));
            });
            metadata(peer, version, "twice", request -> {
                request.topics().add(named(log));
                request.topics().add(named(log));
            });
        });
        book.each(ApiKeys.METADATA, "null-topics", 1, 99, (peer, version) -> {
            peer.fixture("log", FetchCases.LOG, "log");
            peer.onlyOwnTopics();
            metadata(peer, version, "all", request -> request.setTopics(null));
        });
        book.each(ApiKeys.METADATA, "empty-topics", (peer, version) -> {
            peer.fixture("log", FetchCases.LOG, "log");
            peer.onlyOwnTopics();
            metadata(peer, version, "none-or-all", request -> {});
        });
        book.each(ApiKeys.METADATA, "unknown-and-odd-names", 4, 99, (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            metadata(peer, version, "unknown", request -> request.topics().add(named(peer.topic("none"))));
            metadata(peer, version, "mixed", request -> {
                request.topics().add(named(peer.topic("none")));
                request.topics().add(named(log));
            });
            for (final String name : ODD_NAMES) {
                metadata(
                        peer,
                        version,
                        "odd-" + name.length() + name.hashCode(),
                        request -> request.topics().add(named(name)));
            }
        });
    }

    private static void autoCreation(final CaseBook book) {
        book.each(ApiKeys.METADATA, "auto-creation", (peer, version) -> {
            final String name = peer.topic("auto");
            metadata(
                    peer,
                    version,
                    "ask",
                    request -> request.setAllowAutoTopicCreation(true).topics().add(named(name)));
            peer.awaitTopic(name, 1);
            metadata(peer, version, "ask-again", request -> request.topics().add(named(name)));
            metadata(peer, version, "two-more", request -> {
                request.setAllowAutoTopicCreation(true);
                request.topics().add(named(peer.topic("auto-2")));
                request.topics().add(named(name));
                request.topics().add(named(peer.topic("auto-3")));
            });
            peer.awaitTopic(peer.topic("auto-2"), 1);
            peer.awaitTopic(peer.topic("auto-3"), 1);
        });
        book.each(ApiKeys.METADATA, "auto-creation-of-odd-names", (peer, version) -> {
            for (final String name : new String[] {"", ".", "a b", "x".repeat(250), "ü"}) {
                metadata(
                        peer,
                        version,
                        "odd-" + name.length() + name.hashCode(),
                        request ->
                                request.setAllowAutoTopicCreation(true).topics().add(named(name)));
            }
        });
    }

    private static void ids(final CaseBook book) {
        book.each(ApiKeys.METADATA, "ids", 12, 99, (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            peer.learn("unknown", FetchCases.UNKNOWN_ID);
            metadata(
                    peer,
                    version,
                    "known",
                    request -> request.topics().add(named(null).setTopicId(peer.topicId(log))));
            metadata(
                    peer,
                    version,
                    "unknown",
                    request -> request.topics().add(named(null).setTopicId(FetchCases.UNKNOWN_ID)));
            metadata(peer, version, "mixed-with-name", request -> {
                request.topics().add(named(null).setTopicId(peer.topicId(log)));
                request.topics().add(named(log));
            });
            metadata(
                    peer,
                    version,
                    "name-and-id",
                    request -> request.topics().add(named(log).setTopicId(peer.topicId(log))));
            metadata(
                    peer,
                    version,
                    "zero-id-null-name",
                    request -> request.topics().add(named(null).setTopicId(Uuid.ZERO_UUID)));
            metadata(peer, version, "unknown-with-known", request -> {
                request.topics().add(named(null).setTopicId(FetchCases.UNKNOWN_ID));
                request.topics().add(named(null).setTopicId(peer.topicId(log)));
            });
        });
        book.each(ApiKeys.METADATA, "ids-before-12", 10, 11, (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            metadata(
                    peer,
                    version,
                    "known",
                    request -> request.topics().add(named(log).setTopicId(peer.topicId(log))));
            metadata(
                    peer,
                    version,
                    "null-name",
                    request -> request.topics().add(named(null).setTopicId(peer.topicId(log))));
        });
    }

    private static void flags(final CaseBook book) {
        book.each(ApiKeys.METADATA, "authorized-operations", 8, 99, (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            metadata(
                    peer,
                    version,
                    "of-topic",
                    request -> request.setIncludeTopicAuthorizedOperations(true)
                            .topics()
                            .add(named(log)));
            metadata(
                    peer,
                    version,
                    "of-unknown",
                    request -> request.setIncludeTopicAuthorizedOperations(true)
                            .topics()
                            .add(named(peer.topic("none"))));
            if (version <= 10) {
                metadata(
                        peer,
                        version,
                        "of-cluster",
                        request -> request.setIncludeClusterAuthorizedOperations(true)
                                .topics()
                                .add(named(log)));
            }
        });
    }

    private static void cluster(final CaseBook book) {
        book.each(ApiKeys.DESCRIBE_CLUSTER, "flags", (peer, version) -> {
            for (final boolean operations : new boolean[] {false, true}) {
                peer.ask(
                        "operations-" + operations,
                        ApiKeys.DESCRIBE_CLUSTER,
                        version,
                        new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(operations));
            }
            for (int type = 0; type <= 3 && version >= 1; type++) {
                peer.ask(
                        "endpoint-type-" + type,
                        ApiKeys.DESCRIBE_CLUSTER,
                        version,
                        new DescribeClusterRequestData().setEndpointType((byte) type));
            }
            if (version >= 2) {
                peer.ask(
                        "fenced",
                        ApiKeys.DESCRIBE_CLUSTER,
                        version,
                        new DescribeClusterRequestData().setIncludeFencedBrokers(true));
            }
        });
    }

    private static void topicPartitions(final CaseBook book) {
        book.each(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, "names", (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            final String other = peer.fixture("log", FetchCases.LOG, "other");
            describe(peer, version, "one", 2000, null, log);
            describe(peer, version, "two", 2000, null, other, log);
            describe(peer, version, "twice", 2000, null, log, log);
            describe(peer, version, "unknown", 2000, null, peer.topic("none"), log);
            for (final String name : ODD_NAMES) {
                describe(peer, version, "odd-" + name.length() + name.hashCode(), 2000, null, name);
            }
        });
        book.each(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, "limits", (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            final String other = peer.fixture("log", FetchCases.LOG, "other");
            for (final int limit : new int[] {-1, 0, 1, 2, 3, 4, 5, Integer.MAX_VALUE}) {
                describe(peer, version, "limit" + limit, limit, null, log, other, peer.topic("none"));
            }
        });
        book.each(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, "cursors", (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            final String other = peer.fixture("log", FetchCases.LOG, "other");
            for (final int partition : new int[] {-1, 0, 1, 2, 3, 100}) {
                final Cursor cursor = new Cursor().setTopicName(log).setPartitionIndex(partition);
                describe(peer, version, "partition" + partition, 2, cursor, log, other);
            }
            describe(peer, version, "second", 5, new Cursor().setTopicName(other), log, other);
            describe(peer, version, "unknown", 5, new Cursor().setTopicName(peer.topic("none")), log, other);
            describe(peer, version, "not-asked", 5, new Cursor().setTopicName(log), other);
            describe(peer, version, "before-all", 5, new Cursor().setTopicName("a"), log, other);
            describe(peer, version, "after-all", 5, new Cursor().setTopicName("zzz"), log, other);
            describe(peer, version, "odd", 5, new Cursor().setTopicName("a b"), log);
        });
        book.each(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, "all-topics", (peer, version) -> {
            final String log = peer.fixture("log", FetchCases.LOG, "log");
            peer.onlyOwnTopics();
            describe(peer, version, "all", 2000, new Cursor().setTopicName(log));
        });
    }

    private static void describe(
            final Peer peer,
            final short version,
            final String label,
            final int limit,
            final Cursor cursor,
            final String... topics)
            throws IOException {
        final DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setTopics(new ArrayList<>())
                .setResponsePartitionLimit(limit)
                .setCursor(cursor);
        for (final String topic : topics) {
            request.topics().add(new TopicRequest().setName(topic));
        }
        peer.ask(label, ApiKeys.DESCRIBE_TOPIC_PARTITIONS, version, request);
    }
}
