package io.ottla.server.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.MetadataResponse.MetadataResponseBroker;
import io.ottla.codec.message.MetadataResponse.MetadataResponsePartition;
import io.ottla.codec.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.server.Batches;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(ApiKey.METADATA)
class MetadataHandlerTest {
    private SteppedBroker broker = new SteppedBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private void restart(final String... properties) {
        broker.close();
        broker = new SteppedBroker(properties);
    }

    private static MetadataRequest named(final String... names) {
        final MetadataRequest request = new MetadataRequest();
        for (final String name : names) {
            request.topics().add(new MetadataRequestTopic().setName(name));
        }
        return request;
    }

    private MetadataResponse ask(final int version, final MetadataRequest request) {
        return broker.connect().ask(version, request);
    }

    private static List<String> names(final MetadataResponse response) {
        return response.topics().stream()
                .map(MetadataResponseTopic::name)
                .sorted()
                .toList();
    }

    private static ErrorCode errorOf(final MetadataResponseTopic topic) {
        return ErrorCode.of(topic.errorCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
    void shouldDescribeATopicInAnyVersion(final int version) {
        final UUID id = broker.createTopic("topic", 2);

        final MetadataResponse response = ask(version, named("topic"));

        assertThat(response.brokers()).hasSize(1);
        assertThat(response.brokers().getFirst().nodeId()).isEqualTo(1);
        final MetadataResponseTopic topic = response.topics().getFirst();
        assertThat(errorOf(topic)).isEqualTo(ErrorCode.NONE);
        assertThat(topic.name()).isEqualTo("topic");
        assertThat(topic.isInternal()).isFalse();
        assertThat(topic.partitions())
                .extracting(MetadataResponsePartition::partitionIndex)
                .containsExactly(0, 1);
        final MetadataResponsePartition partition = topic.partitions().getFirst();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.replicaNodes()).containsExactly(1);
        assertThat(partition.isrNodes()).containsExactly(1);
        if (version >= 1) {
            assertThat(response.controllerId()).isEqualTo(1);
        }
        if (version >= 2) {
            assertThat(response.clusterId()).isEqualTo(broker.broker().clusterId());
        }
        if (version >= 7) {
            assertThat(partition.leaderEpoch()).isZero();
        }
        if (version >= 10) {
            assertThat(topic.topicId()).isEqualTo(id);
        }
    }

    @Test
    void shouldDistinguishNullFromEmpty() {
        broker.createTopic("a", 1);
        broker.createTopic("b", 1);

        assertThat(names(ask(0, named()))).containsExactly("a", "b");
        assertThat(names(ask(1, named()))).isEmpty();
        assertThat(names(ask(1, named().setTopics(null)))).containsExactly("a", "b");
        assertThat(names(ask(13, named()))).isEmpty();
        assertThat(names(ask(13, named().setTopics(null)))).containsExactly("a", "b");
    }

    @Test
    void shouldCreateTheTopicWhenBothSidesAllowIt() {
        restart("num.partitions", "3");

        final MetadataResponse response = ask(12, named("new"));

        assertThat(errorOf(response.topics().getFirst())).isEqualTo(ErrorCode.NONE);
        assertThat(response.topics().getFirst().partitions()).hasSize(3);
        Batches.append(broker.connect(), "new", 2, "a");
    }

    @Test
    void shouldNotCreateTheTopicWhenOneSideForbidsIt() {
        final MetadataResponse refused = ask(12, named("new").setAllowAutoTopicCreation(false));
        restart("auto.create.topics.enable", "false");
        final MetadataResponse disabled = ask(12, named("new"));

        assertThat(errorOf(refused.topics().getFirst())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(disabled.topics().getFirst())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(names(ask(12, named().setTopics(null)))).isEmpty();
    }

    @Test
    void shouldNotCreateATopicWithABadName() {
        final MetadataResponse response = ask(12, named("not a name", "good"));

        assertThat(response.topics())
                .extracting(topic -> topic.name() + " " + errorOf(topic))
                .containsExactlyInAnyOrder("not a name INVALID_TOPIC_EXCEPTION", "good NONE");
    }

    @Test
    void shouldFindTopicsByTheirIds() {
        final UUID id = broker.createTopic("topic", 1);
        final MetadataRequest request = new MetadataRequest();
        request.topics().add(new MetadataRequestTopic().setName(null).setTopicId(id));
        request.topics().add(new MetadataRequestTopic().setName(null).setTopicId(new UUID(1, 2)));

        final MetadataResponse response = ask(12, request);

        assertThat(response.topics())
                .extracting(topic -> topic.name() + " " + errorOf(topic))
                .containsExactlyInAnyOrder("topic NONE", "null UNKNOWN_TOPIC_ID");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void shouldRefuseIdsWhenTheVersionHasThemButDoesNotServeThem(final int version) {
        final MetadataRequest request = new MetadataRequest();
        request.topics().add(new MetadataRequestTopic().setName(null).setTopicId(new UUID(1, 2)));

        final MetadataResponse response = ask(version, request);

        assertThat(errorOf(response.topics().getFirst())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void shouldReturnATopicOnceWhenItIsRequestedTwice() {
        assertThat(names(ask(12, named("a", "b", "a")))).containsExactly("a", "b");
    }

    @Test
    void shouldNotLookAtNamesWhenIdsAreBesideThem() {
        final MetadataRequest request = named("a");
        request.topics().add(new MetadataRequestTopic().setName(null).setTopicId(new UUID(1, 2)));

        assertThat(ask(12, request).topics())
                .extracting(topic -> topic.topicId() + " " + errorOf(topic))
                .containsExactly(new UUID(1, 2) + " UNKNOWN_TOPIC_ID");
    }

    @Test
    void shouldReturnAuthorizedOperationsOnlyWhenRequested() {
        final MetadataResponse without = ask(8, named("topic"));
        final MetadataResponse with = ask(
                8,
                named("topic").setIncludeClusterAuthorizedOperations(true).setIncludeTopicAuthorizedOperations(true));

        assertThat(without.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(without.topics().getFirst().topicAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(with.clusterAuthorizedOperations()).isEqualTo(8096);
        assertThat(with.topics().getFirst().topicAuthorizedOperations()).isEqualTo(3576);
    }

    @Test
    void shouldAdvertiseTheAddressThatTheClientConnectedTo() throws UnknownHostException {
        restart("listeners", "PLAINTEXT://:7001");
        final InetSocketAddress v4 = new InetSocketAddress(InetAddress.getByName("10.1.2.3"), 7001);
        final InetSocketAddress v6 = new InetSocketAddress(InetAddress.getByName("fe80::1%1"), 7001);

        assertThat(advertised(v4)).isEqualTo("10.1.2.3:7001");
        assertThat(advertised(v6)).isEqualTo("fe80:0:0:0:0:0:0:1:7001");
    }

    @Test
    void shouldAdvertiseByTheListenerThatTheClientCameInBy() {
        restart(
                "listeners", "IN://127.0.0.1:5000,OUT://127.0.0.1:5001",
                "listener.security.protocol.map", "IN:PLAINTEXT,OUT:PLAINTEXT",
                "advertised.listeners", "OUT://kafka.example.org:443");

        assertThat(advertised(new InetSocketAddress("127.0.0.1", 5000))).isEqualTo("127.0.0.1:5000");
        assertThat(advertised(new InetSocketAddress("127.0.0.1", 5001))).isEqualTo("kafka.example.org:443");
    }

    private String advertised(final InetSocketAddress address) {
        final MetadataResponse response = broker.connect(0, address).ask(12, named());
        final MetadataResponseBroker node = response.brokers().getFirst();
        return node.host() + ":" + node.port();
    }

    @Test
    void shouldReturnWhichTopicsAreInternal() {
        broker.createTopic("__consumer_offsets", 1);
        broker.createTopic("__mine", 1);
        final List<String> internal = new ArrayList<>();
        for (final MetadataResponseTopic topic :
                ask(12, named().setTopics(null)).topics()) {
            if (topic.isInternal()) {
                internal.add(topic.name());
            }
        }

        assertThat(internal).containsExactly("__consumer_offsets");
    }
}
