package io.ottla.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ConsumerGroupDescribeRequest;
import io.ottla.codec.message.ConsumerGroupDescribeResponse;
import io.ottla.codec.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.ottla.codec.message.ConsumerGroupHeartbeatRequest;
import io.ottla.codec.message.ConsumerGroupHeartbeatResponse;
import io.ottla.server.Proves;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the APIs of consumer groups, in each of their versions, over the protocol. */
@Proves({ApiKey.CONSUMER_GROUP_HEARTBEAT, ApiKey.CONSUMER_GROUP_DESCRIBE})
class ConsumerGroupHandlersTest {
    private static final String GROUP = "group";

    private final SteppedBroker broker = new SteppedBroker("offsets.topic.num.partitions", "3");
    private TestClient client;
    private UUID topicId;

    @BeforeEach
    void connect() {
        client = broker.connect();
        topicId = broker.createTopic("orders", 2);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private static ConsumerGroupHeartbeatRequest join(final int version) {
        return new ConsumerGroupHeartbeatRequest()
                .setGroupId(GROUP)
                .setMemberId(version == 0 ? "" : "m")
                .setRebalanceTimeoutMs(10_000)
                .setSubscribedTopicNames(List.of("orders"))
                .setTopicPartitions(new ArrayList<>());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldReturnTheAssignmentsOfMembers(final int version) {
        final ConsumerGroupHeartbeatResponse joined = client.ask(version, join(version));
        assertThat(joined.errorCode()).as(joined.errorMessage()).isZero();
        assertThat(joined.memberEpoch()).isEqualTo(2);
        assertThat(joined.memberId()).isNotEmpty();
        assertThat(joined.heartbeatIntervalMs()).isEqualTo(5000);
        assertThat(joined.assignment().topicPartitions()).hasSize(1);
        assertThat(joined.assignment().topicPartitions().getFirst().topicId()).isEqualTo(topicId);
        assertThat(joined.assignment().topicPartitions().getFirst().partitions())
                .containsExactly(0, 1);
        final ConsumerGroupHeartbeatRequest alive = new ConsumerGroupHeartbeatRequest()
                .setGroupId(GROUP)
                .setMemberId(joined.memberId())
                .setMemberEpoch(2);
        final ConsumerGroupHeartbeatResponse again = client.ask(version, alive);
        assertThat(again.errorCode()).isZero();
        assertThat(again.assignment()).isNull();
        final ConsumerGroupHeartbeatResponse wrong = client.ask(version, alive.setMemberEpoch(9));
        assertThat(ErrorCode.of(wrong.errorCode())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(wrong.errorMessage()).contains("greater member epoch (9)");
        final ConsumerGroupHeartbeatResponse left = client.ask(version, alive.setMemberEpoch(-1));
        assertThat(left.errorCode()).isZero();
        assertThat(left.memberEpoch()).isEqualTo(-1);
    }

    @Test
    void shouldTakeRegularExpressionsSinceVersionOne() {
        broker.createTopic("orders-eu", 1);
        final ConsumerGroupHeartbeatResponse joined =
                client.ask(1, join(1).setSubscribedTopicNames(null).setSubscribedTopicRegex("orders.*"));
        assertThat(joined.assignment().topicPartitions()).hasSize(2);
        final ConsumerGroupHeartbeatResponse wrong = client.ask(
                1, join(1).setMemberId("n").setSubscribedTopicNames(null).setSubscribedTopicRegex("(["));
        assertThat(ErrorCode.of(wrong.errorCode())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    }

    @Test
    void shouldRequireMemberIdsSinceVersionOne() {
        final ConsumerGroupHeartbeatResponse wrong = client.ask(1, join(1).setMemberId(""));
        assertThat(ErrorCode.of(wrong.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(wrong.errorMessage()).isEqualTo("MemberId can't be empty.");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldDescribeConsumerGroups(final int version) {
        client.ask(1, join(1));
        final ConsumerGroupDescribeResponse response = client.ask(
                version,
                new ConsumerGroupDescribeRequest()
                        .setGroupIds(List.of(GROUP, "none", GROUP))
                        .setIncludeAuthorizedOperations(true));
        final DescribedGroup group = response.groups().get(0);
        assertThat(group.errorCode()).isZero();
        assertThat(group.groupState()).isEqualTo("Stable");
        assertThat(group.groupEpoch()).isEqualTo(2);
        assertThat(group.assignmentEpoch()).isEqualTo(2);
        assertThat(group.assignorName()).isEqualTo("uniform");
        assertThat(group.authorizedOperations()).isEqualTo(AuthorizedOperations.GROUP);
        final var member = group.members().getFirst();
        assertThat(member.memberId()).isEqualTo("m");
        assertThat(member.memberEpoch()).isEqualTo(2);
        assertThat(member.subscribedTopicNames()).containsExactly("orders");
        assertThat(member.assignment()).isEqualTo(member.targetAssignment());
        assertThat(member.assignment().topicPartitions().getFirst().topicName()).isEqualTo("orders");
        assertThat(member.memberType()).isEqualTo((byte) (version == 0 ? -1 : 1));
        assertThat(ErrorCode.of(response.groups().get(1).errorCode())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(response.groups().get(1).errorMessage()).isEqualTo("Group none not found.");
        assertThat(response.groups()).hasSize(3).last().isEqualTo(group);
    }
}
