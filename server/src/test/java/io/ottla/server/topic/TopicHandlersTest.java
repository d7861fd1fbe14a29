package io.ottla.server.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.CreatePartitionsRequest;
import io.ottla.codec.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.ottla.codec.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.ottla.codec.message.CreatePartitionsResponse;
import io.ottla.codec.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.codec.message.CreateTopicsResponse.CreatableTopicResult;
import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.codec.message.DeleteTopicsResponse;
import io.ottla.codec.message.DeleteTopicsResponse.DeletableTopicResult;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves({ApiKey.CREATE_TOPICS, ApiKey.DELETE_TOPICS, ApiKey.CREATE_PARTITIONS})
class TopicHandlersTest {
    private static final UUID ZERO = new UUID(0, 0);

    private final SteppedBroker broker = new SteppedBroker("num.partitions", "4");
    private final TestClient client = broker.connect();

    @AfterEach
    void close() {
        broker.close();
    }

    private static CreatableTopic topic(final String name, final int partitions, final int replicationFactor) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short)
                replicationFactor);
    }

    private static CreateTopicsRequest create(final CreatableTopic... topics) {
        return new CreateTopicsRequest().setTopics(List.of(topics));
    }

    private CreatableTopicResult create(final int version, final CreateTopicsRequest request) {
        final CreateTopicsResponse response = client.ask(version, request);
        assertThat(response.topics()).hasSize(1);
        return response.topics().getFirst();
    }

    private CreatableTopicResult refused(final CreatableTopic topic, final ErrorCode error) {
        final CreatableTopicResult result = create(7, create(topic));
        assertThat(ErrorCode.of(result.errorCode())).isEqualTo(error);
        assertThat(result.errorMessage()).isNotEmpty();
        assertThat(broker.broker().listeners()).isNotEmpty();
        return result;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7})
    void shouldCreateInAnyVersion(final int version) {
        final CreatableTopicResult result = create(version, create(topic("topic", 3, 1)));

        assertThat(result.errorCode()).isZero();
        assertThat(result.name()).isEqualTo("topic");
        if (version >= 5) {
            assertThat(result.numPartitions()).isEqualTo(3);
            assertThat(result.replicationFactor()).isEqualTo((short) 1);
            assertThat(result.configs()).extracting("name").contains("cleanup.policy", "retention.ms");
        }
        assertThat(result.topicId().equals(ZERO)).isEqualTo(version < 7);
        assertThat(Batches.append(client, "topic", 2, "a")).isZero();
    }

    @Test
    void shouldTakeTheBrokersDefaultsWhenCountsAreMinusOne() {
        final CreatableTopicResult result = create(7, create(topic("topic", -1, -1)));

        assertThat(result.numPartitions()).isEqualTo(4);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
    }

    @Test
    void shouldOnlyValidateWhenRequested() {
        final CreatableTopicResult good = create(7, create(topic("topic", 3, 1)).setValidateOnly(true));
        final CreatableTopicResult bad = create(7, create(topic("topic", 0, 1)).setValidateOnly(true));

        assertThat(good.errorCode()).isZero();
        assertThat(ErrorCode.of(bad.errorCode())).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(ErrorCode.of(
                        Batches.send(client, "topic", 0, Batches.of("a")).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "ä", "a\u0000"})
    void shouldRefuseABadName(final String name) {
        refused(topic(name, 1, 1), ErrorCode.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void shouldRefuseANameThatIsTooLong() {
        refused(topic("a".repeat(250), 1, 1), ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(create(7, create(topic("a".repeat(249), 1, 1))).errorCode()).isZero();
    }

    @Test
    void shouldRefuseANameThatLooksLikeAnother() {
        broker.createTopic("a.b_c", 1);

        refused(topic("a_b.c", 1, 1), ErrorCode.INVALID_TOPIC_EXCEPTION);
        refused(topic("a.b_c", 1, 1), ErrorCode.TOPIC_ALREADY_EXISTS);
    }

    @ParameterizedTest
    @CsvSource({
        "0,1,INVALID_PARTITIONS",
        "-2,1,INVALID_PARTITIONS",
        "1,0,INVALID_REPLICATION_FACTOR",
        "1,-2,INVALID_REPLICATION_FACTOR",
        "1,2,INVALID_REPLICATION_FACTOR"
    })
    void shouldRefuseCountsThatCantBe(final int partitions, final int replicationFactor, final ErrorCode error) {
        refused(topic("topic", partitions, replicationFactor), error);
    }

    @Test
    void shouldRefuseTooManyPartitionsAtOnce() {
        final CreateTopicsResponse response = client.ask(7, create(topic("a", 9_000, 1), topic("b", 2_000, 1)));

        assertThat(response.topics())
                .extracting(topic -> ErrorCode.of(topic.errorCode()))
                .containsExactly(ErrorCode.POLICY_VIOLATION, ErrorCode.POLICY_VIOLATION);
    }

    @Test
    void shouldRefuseDuplicatesAndCreateTheRest() {
        final CreateTopicsResponse response =
                client.ask(7, create(topic("a", 1, 1), topic("b", 1, 1), topic("a", 2, 1)));

        assertThat(response.topics()).extracting(CreatableTopicResult::name).containsExactlyInAnyOrder("a", "b");
        response.topics()
                .forEach(result -> assertThat(ErrorCode.of(result.errorCode()))
                        .isEqualTo(result.name().equals("a") ? ErrorCode.INVALID_REQUEST : ErrorCode.NONE));
    }

    @Test
    void shouldRefuseTheMetadatasOwnTopic() {
        refused(topic("__cluster_metadata", 1, 1), ErrorCode.INVALID_REQUEST);
    }

    @Test
    void shouldRefuseBadConfigurations() {
        final CreatableTopic unknown = topic("topic", 1, 1);
        unknown.configs().add(new CreatableTopicConfig().setName("no.such.key").setValue("1"));
        final CreatableTopic bad = topic("topic", 1, 1);
        bad.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue("soon"));
        final CreatableTopic missing = topic("topic", 1, 1);
        missing.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue(null));

        refused(unknown, ErrorCode.INVALID_CONFIG);
        refused(bad, ErrorCode.INVALID_CONFIG);
        refused(missing, ErrorCode.INVALID_CONFIG);
    }

    private static CreatableReplicaAssignment assignment(final int partition, final Integer... brokers) {
        return new CreatableReplicaAssignment().setPartitionIndex(partition).setBrokerIds(List.of(brokers));
    }

    private static CreatableTopic assigned(final CreatableReplicaAssignment... assignments) {
        return topic("topic", -1, -1).setAssignments(List.of(assignments));
    }

    @Test
    void shouldTakeAssignmentsToTheOneBroker() {
        final CreatableTopicResult result = create(7, create(assigned(assignment(1, 1), assignment(0, 1))));

        assertThat(result.errorCode()).isZero();
        assertThat(result.numPartitions()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAssignmentsThatCantBe() {
        refused(assigned(assignment(0, 2)), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(assigned(assignment(0, 1, 1)), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(assigned(assignment(0)), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(assigned(assignment(0, 1), assignment(2, 1)), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(assigned(assignment(0, 1), assignment(0, 1)), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        refused(assigned(assignment(0, 1)).setNumPartitions(1), ErrorCode.INVALID_REQUEST);
        refused(assigned(assignment(0, 1)).setReplicationFactor((short) 1), ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void shouldDeleteInAnyVersion(final int version) {
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "old");
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        if (version >= 6) {
            request.topics().add(new DeleteTopicState().setName("topic"));
        } else {
            request.topicNames().add("topic");
        }

        final DeleteTopicsResponse response = client.ask(version, request);

        assertThat(response.responses().getFirst().errorCode()).isZero();
        assertThat(response.responses().getFirst().name()).isEqualTo("topic");
        assertThat(ErrorCode.of(
                        Batches.send(client, "topic", 0, Batches.of("a")).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        broker.createTopic("topic", 1);
        assertThat(Fetches.read(client, "topic", 0, 0)).isEmpty();
    }

    @Test
    void shouldDeleteByIdAndReturnTheName() {
        final UUID id = broker.createTopic("topic", 1);
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        request.topics().add(new DeleteTopicState().setName(null).setTopicId(id));

        final DeleteTopicsResponse response = client.ask(6, request);

        assertThat(response.responses().getFirst().errorCode()).isZero();
        assertThat(response.responses().getFirst().name()).isEqualTo("topic");
        assertThat(response.responses().getFirst().topicId()).isEqualTo(id);
    }

    @Test
    void shouldRefuseDeletionsThatCantBe() {
        final UUID id = broker.createTopic("topic", 1);
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        request.topics().add(new DeleteTopicState().setName("absent"));
        request.topics().add(new DeleteTopicState().setName(null).setTopicId(new UUID(1, 2)));
        request.topics().add(new DeleteTopicState().setName("topic").setTopicId(id));
        request.topics().add(new DeleteTopicState().setName(null));

        final DeleteTopicsResponse response = client.ask(6, request);

        assertThat(response.responses())
                .extracting(DeletableTopicResult::errorCode)
                .map(ErrorCode::of)
                .containsExactlyInAnyOrder(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.UNKNOWN_TOPIC_ID,
                        ErrorCode.INVALID_REQUEST,
                        ErrorCode.INVALID_REQUEST);
        Batches.append(client, "topic", 0, "still there");
    }

    @Test
    void shouldRefuseOnceWhenATopicIsToBeDeletedTwice() {
        broker.createTopic("topic", 1);
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        request.topics().add(new DeleteTopicState().setName("topic"));
        request.topics().add(new DeleteTopicState().setName("topic"));

        final DeleteTopicsResponse response = client.ask(6, request);

        assertThat(response.responses())
                .extracting(result -> result.name() + " " + ErrorCode.of(result.errorCode()))
                .containsExactly("topic INVALID_REQUEST");
        Batches.append(client, "topic", 0, "still there");
    }

    @Test
    void shouldRefuseDeletionWhenItIsDisabled() {
        final SteppedBroker strict = new SteppedBroker("delete.topic.enable", "false");
        strict.createTopic("topic", 1);
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        request.topics().add(new DeleteTopicState().setName("topic"));

        final DeleteTopicsResponse response = strict.connect().ask(6, request);
        strict.close();

        assertThat(ErrorCode.of(response.responses().getFirst().errorCode()))
                .isEqualTo(ErrorCode.TOPIC_DELETION_DISABLED);
    }

    private static CreatePartitionsRequest increase(
            final String topic, final int count, final List<CreatePartitionsAssignment> assignments) {
        final CreatePartitionsRequest request = new CreatePartitionsRequest();
        request.topics()
                .add(new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(assignments));
        return request;
    }

    private CreatePartitionsTopicResult increase(final int version, final CreatePartitionsRequest request) {
        final CreatePartitionsResponse response = client.ask(version, request);
        assertThat(response.results()).hasSize(1);
        return response.results().getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldAddPartitionsInAnyVersion(final int version) {
        broker.createTopic("topic", 1);
        Batches.append(client, "topic", 0, "kept");

        assertThat(increase(version, increase("topic", 3, null)).errorCode()).isZero();

        Batches.append(client, "topic", 2, "a");
        assertThat(Fetches.read(client, "topic", 0, 0)).containsExactly("0:kept");
    }

    @Test
    void shouldRefuseIncreasesThatCantBe() {
        broker.createTopic("topic", 2);
        final CreatePartitionsAssignment here = new CreatePartitionsAssignment().setBrokerIds(List.of(1));
        final CreatePartitionsAssignment there = new CreatePartitionsAssignment().setBrokerIds(List.of(2));

        assertThat(errorOf(increase("topic", 2, null))).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(errorOf(increase("topic", 1, null))).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(errorOf(increase("topic", -5, null))).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(errorOf(increase("topic", 1_000_000, null))).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(errorOf(increase("absent", 3, null))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(increase("topic", 3, List.of(here, here)))).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(errorOf(increase("topic", 3, List.of(there)))).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(errorOf(increase("topic", 3, null).setValidateOnly(true))).isEqualTo(ErrorCode.NONE);
        assertThat(ErrorCode.of(
                        Batches.send(client, "topic", 2, Batches.of("a")).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(increase("topic", 3, List.of(here)))).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode errorOf(final CreatePartitionsRequest request) {
        return ErrorCode.of(increase(3, request).errorCode());
    }
}
