package io.ottla.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.protocol.ApiKeys;

/** Topics that come, grow and go, and those that may not. */
final class TopicCases {
    private static final String[] ODD_NAMES = {
        "", ".", "..", "a b", "x".repeat(250), "ü", "a/b", "a\u0000", "a,b", "a:b", "\"a\"", "a\nb"
    };

    private TopicCases() {}

    static void addTo(final CaseBook book) {
        create(book);
        createWithAssignments(book);
        createWithConfigs(book);
        delete(book);
        grow(book);
    }

    private static void create(
            final Peer peer, final short version, final String label, final Consumer<CreateTopicsRequestData> change)
            throws IOException {
        final CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(20_000);
        change.accept(request);
        peer.ask(label, ApiKeys.CREATE_TOPICS, version, request);
    }

    private static CreatableTopic topic(final String name, final int partitions, final int replicas) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
    }

    private static void create(final CaseBook book) {
        book.each(ApiKeys.CREATE_TOPICS, "new-existing-twice", (peer, version) -> {
            create(peer, version, "new", request -> request.topics().add(topic(peer.topic("a"), 2, 1)));
            peer.awaitTopic(peer.topic("a"), 2);
            create(peer, version, "existing", request -> {
                request.topics().add(topic(peer.topic("a"), 2, 1));
                request.topics().add(topic(peer.topic("b"), 1, 1));
            });
            create(peer, version, "twice-in-one", request -> {
                request.topics().add(topic(peer.topic("c"), 1, 1));
                request.topics().add(topic(peer.topic("c"), 2, 1));
                request.topics().add(topic(peer.topic("d"), 1, 1));
            });
            create(peer, version, "none", request -> {});
        });
        book.each(
                ApiKeys.CREATE_TOPICS,
                "odd-names",
                (peer, version) -> create(peer, version, "create", request -> {
                    for (final String name : ODD_NAMES) {
                        request.topics().add(topic(name, 1, 1));
                    }
                }));
        book.each(ApiKeys.CREATE_TOPICS, "longest-and-colliding-names", (peer, version) -> {
            final String longest = peer.topic("x".repeat(249)).substring(0, 249);
            create(peer, version, "longest", request -> request.topics().add(topic(longest, 1, 1)));
            create(peer, version, "dot", request -> request.topics().add(topic(peer.topic("a.b"), 1, 1)));
            peer.awaitTopic(peer.topic("a.b"), 1);
            create(peer, version, "underscore", request -> request.topics().add(topic(peer.topic("a_b"), 1, 1)));
            create(peer, version, "dot-again", request -> request.topics().add(topic(peer.topic("a.b"), 1, 1)));
        });
        book.each(ApiKeys.CREATE_TOPICS, "partition-counts", (peer, version) -> {
            for (final int partitions : new int[] {0, -1, -2, Integer.MIN_VALUE, 10_001, Integer.MAX_VALUE}) {
                create(
                        peer,
                        version,
                        "partitions" + partitions,
                        request -> request.topics().add(topic(peer.topic("p" + partitions), partitions, 1)));
            }
        });
        book.each(ApiKeys.CREATE_TOPICS, "replication-factors", (peer, version) -> {
            for (final int replicas : new int[] {0, -1, -2, 2, 3, Short.MAX_VALUE}) {
                create(
                        peer,
                        version,
                        "replicas" + replicas,
                        request -> request.topics().add(topic(peer.topic("r" + replicas), 1, replicas)));
            }
        });
        book.each(ApiKeys.CREATE_TOPICS, "validate-only", (peer, version) -> {
            create(peer, version, "good", request -> {
                request.setValidateOnly(true).topics().add(topic(peer.topic("a"), 3, 1));
                request.topics().add(topic("a b", 3, 1));
            });
            create(peer, version, "was-not-made", request -> request.topics().add(topic(peer.topic("a"), 1, 1)));
            peer.awaitTopic(peer.topic("a"), 1);
            create(
                    peer,
                    version,
                    "existing",
                    request -> request.setValidateOnly(true).topics().add(topic(peer.topic("a"), 3, 1)));
        });
        book.each(ApiKeys.CREATE_TOPICS, "timeouts", (peer, version) -> {
            for (final int timeoutMs : new int[] {60_000, Integer.MAX_VALUE}) {
                create(
                        peer,
                        version,
                        "timeout" + timeoutMs,
                        request ->
                                request.setTimeoutMs(timeoutMs).topics().add(topic(peer.topic("t" + timeoutMs), 1, 1)));
            }
        });
        book.each(ApiKeys.CREATE_TOPICS, "internal-names", (peer, version) -> {
            final String name = Topic.CLUSTER_METADATA_TOPIC_NAME;
            create(peer, version, name, request -> request.topics().add(topic(name, 1, 1)));
        });
    }

    private static CreatableReplicaAssignment assignment(final int partition, final Integer... brokers) {
        return new CreatableReplicaAssignment().setPartitionIndex(partition).setBrokerIds(List.of(brokers));
    }

    private static void assigned(
            final Peer peer,
            final short version,
            final String label,
            final int partitions,
            final int replicas,
            final CreatableReplicaAssignment... assignments)
            throws IOException {
        create(peer, version, label, request -> {
            final CreatableTopic topic = topic(peer.topic(label), partitions, replicas);
            for (final CreatableReplicaAssignment assignment : assignments) {
                topic.assignments().add(assignment);
            }
            request.topics().add(topic);
        });
    }

    private static void createWithAssignments(final CaseBook book) {
        book.each(ApiKeys.CREATE_TOPICS, "assignments", (peer, version) -> {
            assigned(peer, version, "sound", -1, -1, assignment(0, 1), assignment(1, 1));
            assigned(peer, version, "with-partition-count", 2, -1, assignment(0, 1), assignment(1, 1));
            assigned(peer, version, "with-replication-factor", -1, 1, assignment(0, 1));
            assigned(peer, version, "unknown-broker", -1, -1, assignment(0, 7));
            assigned(peer, version, "negative-broker", -1, -1, assignment(0, -1));
            assigned(peer, version, "same-broker-twice", -1, -1, assignment(0, 1, 1));
            assigned(peer, version, "no-brokers", -1, -1, assignment(0));
            assigned(peer, version, "gap", -1, -1, assignment(0, 1), assignment(2, 1));
            assigned(peer, version, "not-from-0", -1, -1, assignment(1, 1));
            assigned(peer, version, "negative-partition", -1, -1, assignment(-1, 1));
            assigned(peer, version, "partition-twice", -1, -1, assignment(0, 1), assignment(0, 1));
            assigned(peer, version, "uneven", -1, -1, assignment(0, 1), assignment(1, 1, 2));
        });
    }

    private static void configured(final Peer peer, final short version, final String label, final String... configs)
            throws IOException {
        create(peer, version, label, request -> {
            final CreatableTopic topic = topic(peer.topic(label.replace('=', '_')), 1, 1);
            for (int i = 0; i < configs.length; i += 2) {
                topic.configs()
                        .add(new CreatableTopicConfig().setName(configs[i]).setValue(configs[i + 1]));
            }
            request.topics().add(topic);
        });
    }

    private static void createWithConfigs(final CaseBook book) {
        book.each(ApiKeys.CREATE_TOPICS, "configs", (peer, version) -> {
            configured(peer, version, "sound", "retention.ms", "1000", "cleanup.policy", "compact,delete");
            configured(peer, version, "unknown-key", "no.such.key", "1");
            configured(peer, version, "empty-key", "", "1");
            configured(peer, version, "null-value", "retention.ms", null);
            configured(peer, version, "empty-value", "retention.ms", "");
            configured(peer, version, "same-key-twice", "retention.ms", "1", "retention.ms", "2");
            configured(peer, version, "spaces", "retention.ms", " 1000 ");
            configured(peer, version, "sound-and-unsound", "retention.ms", "5", "segment.bytes", "x");
        });
        final String[][] values = {
            {"cleanup.policy", "", "delete", "compact", "delete,compact", "compact,compact", "none", "Delete"},
            {"compression.type", "zstd", "producer", "uncompressed", "none", "ZSTD", "brotli"},
            {"compression.gzip.level", "-1", "0", "1", "9", "10"},
            {"compression.lz4.level", "0", "1", "17", "18"},
            {"compression.zstd.level", "-131072", "22", "23", "-131073"},
            {"delete.retention.ms", "-1", "0"},
            {"file.delete.delay.ms", "-1", "0"},
            {"flush.messages", "0", "1"},
            {"flush.ms", "-1", "0"},
            {"index.interval.bytes", "-1", "0"},
            {"max.message.bytes", "-1", "0", "2147483647", "2147483648"},
            {"max.compaction.lag.ms", "0", "1"},
            {"message.timestamp.type", "LogAppendTime", "logappendtime", "x"},
            {"message.timestamp.before.max.ms", "-1", "0"},
            {"message.timestamp.after.max.ms", "-1", "0"},
            {"min.cleanable.dirty.ratio", "-0.1", "0", "1", "1.1", "x"},
            {"min.compaction.lag.ms", "-1", "0"},
            {"min.insync.replicas", "0", "1", "2"},
            {"preallocate", "true", "false", "yes", "TRUE"},
            {"retention.bytes", "-2", "-1", "0"},
            {"retention.ms", "-2", "-1", "0", "9223372036854775807", "9223372036854775808"},
            {"segment.bytes", "13", "1048575", "1048576", "2147483647"},
            {"segment.index.bytes", "3", "4"},
            {"segment.jitter.ms", "-1", "0"},
            {"segment.ms", "0", "1"},
            {"unclean.leader.election.enable", "true", "x"},
            {"message.format.version", "3.0"},
            {"message.downconversion.enable", "false"},
            {"remote.storage.enable", "false", "true"},
            {"leader.replication.throttled.replicas", "*", "", "0:1", "x"},
            {"follower.replication.throttled.replicas", "*", "0:1,1:1"}
        };
        for (final String[] key : values) {
            book.at(ApiKeys.CREATE_TOPICS, "config-" + key[0], new int[] {2, 7}, (peer, version) -> {
                for (int i = 1; i < key.length; i++) {
                    configured(peer, version, "v" + i, key[0], key[i]);
                }
            });
        }
        book.at(ApiKeys.CREATE_TOPICS, "configs-that-clash", new int[] {7}, (peer, version) -> {
            configured(peer, version, "lags", "min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5");
            configured(peer, version, "local", "local.retention.ms", "10", "retention.ms", "5");
            configured(peer, version, "local-bytes", "local.retention.bytes", "10", "retention.bytes", "5");
        });
    }

    private static void delete(
            final Peer peer, final short version, final String label, final Consumer<DeleteTopicsRequestData> change)
            throws IOException {
        final DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(20_000);
        change.accept(request);
        peer.ask(label, ApiKeys.DELETE_TOPICS, version, request);
    }

    private static void delete(final CaseBook book) {
        book.each(ApiKeys.DELETE_TOPICS, "names", 0, 5, (peer, version) -> {
            final String topic = peer.createTopic("a", 2);
            final String other = peer.createTopic("b", 1);
            delete(
                    peer,
                    version,
                    "unknown-and-known",
                    request -> request.topicNames().addAll(List.of(peer.topic("none"), topic)));
            peer.awaitNoTopic(topic);
            delete(peer, version, "gone", request -> request.topicNames().add(topic));
            delete(
                    peer,
                    version,
                    "twice-in-one",
                    request -> request.topicNames().addAll(List.of(other, other)));
            delete(peer, version, "none", request -> {});
            delete(peer, version, "odd", request -> request.topicNames().addAll(List.of("", "a b", ".")));
            peer.createTopic("a", 1);
            delete(peer, version, "made-again", request -> request.topicNames().add(topic));
        });
        book.each(ApiKeys.DELETE_TOPICS, "names-and-ids", 6, 99, (peer, version) -> {
            final String topic = peer.createTopic("a", 2);
            final String other = peer.createTopic("b", 1);
            final String third = peer.createTopic("c", 1);
            peer.learn("unknown", FetchCases.UNKNOWN_ID);
            delete(
                    peer,
                    version,
                    "by-name",
                    request -> request.topics()
                            .addAll(List.of(state(topic, Uuid.ZERO_UUID), state(peer.topic("none"), Uuid.ZERO_UUID))));
            peer.awaitNoTopic(topic);
            delete(
                    peer,
                    version,
                    "by-id",
                    request -> request.topics()
                            .addAll(List.of(state(null, peer.topicId(other)), state(null, FetchCases.UNKNOWN_ID))));
            peer.awaitNoTopic(other);
            delete(
                    peer,
                    version,
                    "gone",
                    request -> request.topics()
                            .addAll(List.of(state(null, peer.topicId(other)), state(topic, Uuid.ZERO_UUID))));
            delete(peer, version, "both", request -> request.topics().add(state(third, peer.topicId(third))));
            delete(peer, version, "neither", request -> request.topics().add(state(null, Uuid.ZERO_UUID)));
            delete(
                    peer,
                    version,
                    "same-by-name-and-id",
                    request -> request.topics()
                            .addAll(List.of(state(third, Uuid.ZERO_UUID), state(null, peer.topicId(third)))));
            delete(
                    peer,
                    version,
                    "twice-by-name",
                    request -> request.topics()
                            .addAll(List.of(state(third, Uuid.ZERO_UUID), state(third, Uuid.ZERO_UUID))));
            delete(
                    peer,
                    version,
                    "twice-by-id",
                    request -> request.topics()
                            .addAll(List.of(state(null, peer.topicId(third)), state(null, peer.topicId(third)))));
            delete(peer, version, "none", request -> {});
        });
    }

    private static DeleteTopicState state(final String name, final Uuid id) {
        return new DeleteTopicState().setName(name).setTopicId(id);
    }

    private static void grow(
            final Peer peer,
            final short version,
            final String label,
            final Consumer<CreatePartitionsRequestData> change)
            throws IOException {
        final CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(20_000);
        change.accept(request);
        peer.ask(label, ApiKeys.CREATE_PARTITIONS, version, request);
    }

    private static CreatePartitionsTopic grown(final String name, final int count) {
        return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
    }

    private static void grow(final CaseBook book) {
        book.each(ApiKeys.CREATE_PARTITIONS, "counts", (peer, version) -> {
            final String topic = peer.createTopic("a", 2);
            for (final int count : new int[] {2, 1, 0, -1, Integer.MIN_VALUE}) {
                grow(peer, version, "count" + count, request -> request.topics().add(grown(topic, count)));
            }
            grow(
                    peer,
                    version,
                    "validate-only",
                    request -> request.setValidateOnly(true).topics().add(grown(topic, 3)));
            grow(peer, version, "count4", request -> request.topics().add(grown(topic, 4)));
            peer.awaitTopic(topic, 4);
            new ProduceAsk(peer, (short) 9)
                    .topic(topic)
                    .partition(3, Batches.plain(1))
                    .prepare();
            ProduceAsk.readBack(peer, topic, 5);
        });
        book.each(ApiKeys.CREATE_PARTITIONS, "names", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            grow(peer, version, "unknown-and-known", request -> {
                request.topics().add(grown(peer.topic("none"), 3));
                request.topics().add(grown(topic, 2));
                request.topics().add(grown("a b", 2));
                request.topics().add(grown("", 2));
            });
            grow(peer, version, "twice-in-one", request -> {
                request.topics().add(grown(topic, 3));
                request.topics().add(grown(topic, 4));
                request.topics().add(grown(peer.topic("none"), 4));
            });
            grow(peer, version, "none", request -> {});
        });
        book.each(ApiKeys.CREATE_PARTITIONS, "assignments", (peer, version) -> {
            final String topic = peer.createTopic("a", 1);
            final Integer[][][] assignments = {{}, {{1}}, {{1}, {1}, {1}}, {{1}, {7}}, {{1}, {}}, {{1}, {1, 1}}};
            for (final Integer[][] assignment : assignments) {
                grow(peer, version, Arrays.deepToString(assignment), request -> {
                    final CreatePartitionsTopic grown = grown(topic, 3).setAssignments(new ArrayList<>());
                    for (final Integer[] brokers : assignment) {
                        grown.assignments().add(new CreatePartitionsAssignment().setBrokerIds(List.of(brokers)));
                    }
                    request.topics().add(grown);
                });
            }
            grow(
                    peer,
                    version,
                    "sound",
                    request -> request.topics()
                            .add(grown(topic, 2)
                                    .setAssignments(
                                            List.of(new CreatePartitionsAssignment().setBrokerIds(List.of(1))))));
        });
    }
}
