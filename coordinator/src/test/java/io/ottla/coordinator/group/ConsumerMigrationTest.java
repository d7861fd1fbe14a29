package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroupResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Classic groups become consumer groups and back while they have members (KIP-848). */
class ConsumerMigrationTest {
    private final GroupFixture fixture = new GroupFixture(config -> config.assignmentIntervalMs = 0);
    private final UUID orders = fixture.topics.topic("orders").id();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A stable classic group of one member that has all of a topic, in generation 1. */
    private String classicMember() {
        final String member = fixture.newMemberId();
        assertThat(fixture.done(fixture.join(member)).error()).isEqualTo(ErrorCode.NONE);
        final byte[] all =
                ConsumerProtocols.writeAssignment((short) 1, Map.of(orders, Set.of(0, 1, 2, 3)), fixture.topics);
        assertThat(fixture.done(fixture.sync(id(member, 1), Map.of(member, all)))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        return member;
    }

    private ConsumerGroupHeartbeatResult consumer(final String memberId, final int epoch) {
        return fixture.done(fixture.groups.consumerHeartbeat(
                ConsumerGroupHeartbeat.builder(new MemberIdentity(GROUP, memberId, null, epoch))
                        .client("client", "/h")
                        .rebalanceTimeoutMs(epoch == 0 ? 30_000 : -1)
                        .topics(epoch == 0 ? List.of("orders") : null)
                        .owned(epoch == 0 ? Map.of() : null)
                        .memberIdRequired(true)
                        .build()));
    }

    private ConsumerGroupDescription describe() {
        return fixture.done(fixture.groups.describeConsumerGroups(List.of(GROUP)))
                .getFirst();
    }

    private Set<Integer> held(final SyncGroupResult result) {
        return ConsumerProtocols.readAssignment(result.assignment(), fixture.topics)
                .getOrDefault(orders, Set.of());
    }

    @Test
    void shouldShareWorkBetweenMembersOfBothProtocols() {
        final String old = classicMember();
        fixture.commit(id(old, 1), 7);
        final ConsumerGroupHeartbeatResult joined = consumer("new", 0);
        assertThat(joined.error()).as(joined.message()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.memberEpoch()).isEqualTo(2);
        assertThat(joined.assignment()).isEmpty();
        assertThat(describe().members())
                .extracting(ConsumerGroupDescription.Member::isClassic)
                .containsExactlyInAnyOrder(true, false);
        assertThat(fixture.committed("orders", 0)).isEqualTo(7);
        // The classic member is told to join again, and says that it holds nothing any more.
        assertThat(fixture.heartbeat(id(old, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.done(fixture.sync(id(old, 1), Map.of())).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final JoinGroupResult again = fixture.done(fixture.join(old));
        assertThat(again.error()).isEqualTo(ErrorCode.NONE);
        assertThat(again.generation()).isEqualTo(2);
        assertThat(again.leaderId()).isEmpty();
        assertThat(again.protocolName()).isEqualTo("range");
        final Set<Integer> kept = held(fixture.done(fixture.sync(id(old, 2), Map.of())));
        assertThat(kept).hasSize(2);
        assertThat(fixture.heartbeat(id(old, 2))).isEqualTo(ErrorCode.NONE);
        assertThat(consumer("new", 2).assignment().get(orders)).hasSize(2).doesNotContainAnyElementsOf(kept);
        assertThat(describe().state()).isEqualTo("Stable");
    }

    @Test
    void shouldBecomeClassicAgainWhenTheLastMemberOfTheNewProtocolIsGone() {
        final String old = classicMember();
        consumer("new", 0);
        fixture.done(fixture.join(old));
        fixture.done(fixture.sync(id(old, 2), Map.of()));
        consumer("new", 2);
        assertThat(consumer("new", -1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(describe().error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(fixture.state()).isEqualTo("PreparingRebalance");
        assertThat(fixture.heartbeat(id(old, 2))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final JoinGroupResult led = fixture.done(fixture.join(old));
        assertThat(led.leaderId()).isEqualTo(old);
        assertThat(led.generation()).isEqualTo(3);
        fixture.done(fixture.sync(id(old, 3), Map.of()));
        fixture.restart();
        assertThat(fixture.state()).isEqualTo("Stable");
        assertThat(fixture.heartbeat(id(old, 3))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldTellThoseWhoWaitWhenTheGroupTurnsOver() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        final CompletionStage<SyncGroupResult> waiting = fixture.sync(id(follower, 1), Map.of());
        assertThat(fixture.isWaiting(waiting)).isTrue();
        assertThat(consumer("new", 0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.done(waiting).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.done(fixture.join(follower)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldLetClassicMembersJoinAConsumerGroup() {
        consumer("new", 0);
        final JoinGroupResult first = fixture.done(fixture.join(""));
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        final JoinGroupResult joined = fixture.done(fixture.join(first.memberId()));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.generation()).isEqualTo(3);
        assertThat(held(fixture.done(fixture.sync(id(joined.memberId(), 3), Map.of()))))
                .isEmpty();
        // The other one gives up, and the classic one is called to fetch it.
        final ConsumerGroupHeartbeatResult told = consumer("new", 2);
        assertThat(told.assignment().get(orders)).hasSize(2);
        assertThat(fixture.heartbeat(id(joined.memberId(), 3))).isEqualTo(ErrorCode.NONE);
        fixture.done(fixture.groups.consumerHeartbeat(ConsumerGroupHeartbeat.builder(id("new", 2))
                .client("client", "/h")
                .owned(told.assignment())
                .memberIdRequired(true)
                .build()));
        assertThat(fixture.heartbeat(id(joined.memberId(), 3))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.done(fixture.join(joined.memberId())).generation()).isEqualTo(3);
        assertThat(held(fixture.done(fixture.sync(id(joined.memberId(), 3), Map.of()))))
                .hasSize(2);
        assertThat(fixture.done(fixture.leave(joined.memberId())).members()).containsExactly(ErrorCode.NONE);
        assertThat(describe().members()).hasSize(1);
    }

    @Test
    void shouldTakeAClassicMemberOutThatDoesNotJoinAgain() {
        final String old = classicMember();
        consumer("new", 0);
        for (int waitedMs = 0; waitedMs < GroupFixture.REBALANCE_MS; waitedMs += 5000) {
            assertThat(fixture.heartbeat(id(old, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            consumer("new", 2);
            fixture.advance(5000);
        }
        assertThat(fixture.heartbeat(id(old, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        fixture.advance(100);
        assertThat(describe().members()).hasSize(1);
    }

    @Test
    void shouldKnowMembersOfBothProtocolsAfterARestart() {
        final String old = classicMember();
        consumer("new", 0);
        fixture.restart();
        assertThat(describe().members()).hasSize(2);
        assertThat(fixture.heartbeat(id(old, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.done(fixture.join(old)).generation()).isEqualTo(2);
    }

    @Test
    void shouldRefuseToTurnOverWhenForbiddenOrImpossible() {
        fixture.stableMember();
        // Its assignment is not one of consumers.
        assertThat(consumer("new", 0).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(fixture.state()).isEqualTo("Stable");
        fixture.configure(config -> config.migration = GroupConfig.Migration.DISABLED);
        final ConsumerGroupHeartbeatResult refused = consumer("new", 0);
        assertThat(refused.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(refused.message()).contains("online upgrade is disabled");
    }

    @Test
    void shouldRefuseClassicMembersWhenMigrationIsDisabled() {
        fixture.configure(config -> config.migration = GroupConfig.Migration.DISABLED);
        consumer("new", 0);
        assertThat(fixture.done(fixture.join("")).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }
}
