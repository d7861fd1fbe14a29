package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.PartitionOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests consumer groups beyond {@link LogGroupContractTest}: the configuration, and the behaviour that differs between
 * coordinators.
 */
class ConsumerGroupTest {
    private final GroupFixture fixture = new GroupFixture(config -> config.assignmentIntervalMs = 0);
    private final UUID orders = fixture.topics.topic("orders").id();

    @AfterEach
    void close() {
        fixture.close();
    }

    private ConsumerGroupHeartbeatResult beat(final ConsumerGroupHeartbeat heartbeat) {
        return fixture.done(fixture.groups.consumerHeartbeat(heartbeat));
    }

    private static ConsumerGroupHeartbeat heartbeat(
            final String memberId,
            final String instanceId,
            final int epoch,
            final List<String> topics,
            final String regex,
            final Map<UUID, Set<Integer>> owned) {
        return ConsumerGroupHeartbeat.builder(new MemberIdentity(GROUP, memberId, instanceId, epoch))
                .client("client", "/h")
                .rebalanceTimeoutMs(epoch == 0 ? 30_000 : -1)
                .topics(topics)
                .topicRegex(regex)
                .owned(owned)
                .memberIdRequired(true)
                .build();
    }

    private ConsumerGroupHeartbeatResult join(final String memberId, final String... topics) {
        return beat(heartbeat(memberId, null, 0, List.of(topics), null, Map.of()));
    }

    private ConsumerGroupHeartbeatResult alive(final String memberId, final int epoch) {
        return beat(heartbeat(memberId, null, epoch, null, null, null));
    }

    private ConsumerGroupDescription describe() {
        return fixture.done(fixture.groups.describeConsumerGroups(List.of(GROUP)))
                .getFirst();
    }

    private void joinFor(final String memberId, final String assignor) {
        final ConsumerGroupHeartbeat heartbeat = ConsumerGroupHeartbeat.builder(
                        new MemberIdentity(GROUP, memberId, null, 0))
                .client("client", "/h")
                .rebalanceTimeoutMs(30_000)
                .topics(List.of("orders"))
                .assignor(assignor)
                .owned(Map.of())
                .memberIdRequired(true)
                .build();
        assertThat(beat(heartbeat).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldNameTheAssignorThatIsUsedWhenAsManyMembersWantAnother() {
        joinFor("a", "range");
        assertThat(describe().assignor()).isEqualTo("range");
        joinFor("b", "uniform");
        assertThat(describe().assignor()).isEqualTo("uniform");
        fixture.configure(config -> config.assignors = List.of("range", "uniform"));
        assertThat(describe().assignor()).isEqualTo("range");
    }

    @Test
    void shouldNameTheAssignorThatIsUsedWhenTheOneThatIsWantedIsNoLongerOffered() {
        joinFor("a", "range");
        fixture.configure(config -> config.assignors = List.of("uniform"));
        joinFor("b", null);
        assertThat(describe().assignor()).isEqualTo("uniform");
    }

    /** As Kafka from 4.4 on. */
    @Test
    void shouldBeginAnEpochWhenTheMembersElectAnotherAssignor() {
        join("a", "orders");
        assertThat(describe().epoch()).isEqualTo(2);

        final ConsumerGroupHeartbeatResult elected = alive("a", 2, "range");

        assertThat(elected.memberEpoch()).isEqualTo(3);
        assertThat(describe().assignor()).isEqualTo("range");
        assertThat(alive("a", 3, "range").memberEpoch()).isEqualTo(3);
    }

    @Test
    void shouldStayInTheEpochWhenAVoteElectsNoOtherAssignor() {
        joinFor("a", "range");
        joinFor("b", "range");
        final int epoch = describe().epoch();

        joinFor("a", "uniform");
        assertThat(describe().epoch()).isEqualTo(epoch + 1);
        joinFor("a", "uniform");
        assertThat(describe().epoch()).isEqualTo(epoch + 1);
    }

    private ConsumerGroupHeartbeatResult alive(final String memberId, final int epoch, final String assignor) {
        return beat(ConsumerGroupHeartbeat.builder(id(memberId, epoch))
                .client("client", "/h")
                .rebalanceTimeoutMs(-1)
                .assignor(assignor)
                .build());
    }

    /** As Kafka from 4.4 on. */
    @Test
    void shouldBringTheTargetsToTheGroupsEpochWhenTheLastMemberLeaves() {
        join("a", "orders");
        join("b", "orders");
        beat(heartbeat("a", null, -1, null, null, null));
        assertThat(describe().assignmentEpoch()).isEqualTo(3);

        beat(heartbeat("b", null, -1, null, null, null));

        assertThat(describe().state()).isEqualTo("Empty");
        assertThat(describe().epoch()).isEqualTo(5);
        assertThat(describe().assignmentEpoch()).isEqualTo(5);
        fixture.restart();
        assertThat(describe().assignmentEpoch()).isEqualTo(5);
    }

    @Test
    void shouldWaitBetweenTargets() {
        fixture.configure(config -> config.assignmentIntervalMs = 1000);
        join("a", "orders");
        assertThat(join("b", "orders").memberEpoch()).isEqualTo(2);
        assertThat(describe().state()).isEqualTo("Assigning");
        fixture.advance(1000);
        assertThat(alive("b", 2).memberEpoch()).isEqualTo(3);
    }

    /**
     * Covers a lost answer to a join. Apache Kafka 4.4.0 answers UNRELEASED_INSTANCE_ID, which ends the Java client;
     * the behaviour tested here is proposed there (apache/kafka#23542).
     */
    @Test
    void shouldTakeAStaticMemberBackWhenItJoinsUnderItsOwnMemberId() {
        final ConsumerGroupHeartbeat join = heartbeat("a", "s", 0, List.of("orders"), null, Map.of());
        final ConsumerGroupHeartbeatResult joined = beat(join);
        assertThat(beat(join)).isEqualTo(joined);
        assertThat(describe().epoch()).isEqualTo(2);
        assertThat(describe().members()).hasSize(1);
    }

    @Test
    void shouldServeTheGroupOnWhenAnExpressionIsNestedDeeply() {
        join("a", "orders");
        final ConsumerGroupHeartbeatResult refused =
                beat(heartbeat("b", null, 0, null, "(".repeat(2000) + ")".repeat(2000), Map.of()));
        assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(refused.message()).startsWith("SubscribedTopicRegex `((").contains("nested");
        assertThat(alive("a", 2).error()).isEqualTo(ErrorCode.NONE);
        assertThat(describe().members()).hasSize(1);
    }

    @Test
    void shouldTakeACommitOfAnEarlierEpochForAPartitionThatTheMemberHadThen() {
        join("a", "orders");
        join("b", "payments");
        alive("a", 2);
        assertThat(commit("a", 2, 0)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("b", 2, 0)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
    }

    private ErrorCode commit(final String memberId, final int epoch, final int partition) {
        return fixture.commit(id(memberId, epoch), new PartitionOffset("orders", orders, partition, 7, -1, ""))
                .getFirst();
    }

    @Test
    void shouldLimitTheSizeOfGroups() {
        fixture.configure(config -> config.consumerSizeMax = 1);
        join("a", "orders");
        assertThat(join("b", "orders").error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(alive("a", 2).error()).isEqualTo(ErrorCode.NONE);
    }

    /** As Kafka from 4.4 on. */
    @Test
    void shouldLetAStaticMemberComeBackWhenTheGroupIsFull() {
        fixture.configure(config -> config.consumerSizeMax = 1);
        beat(heartbeat("a", "s", 0, List.of("orders"), null, Map.of()));
        beat(heartbeat("a", "s", -2, null, null, null));

        assertThat(beat(heartbeat("b", "s", 0, List.of("orders"), null, Map.of()))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        assertThat(beat(heartbeat("c", "t", 0, List.of("orders"), null, Map.of()))
                        .error())
                .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }
}
