package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.REBALANCE_MS;
import static io.ottla.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.coordinator.group.GroupFixture.id;
import static io.ottla.coordinator.group.GroupFixture.joinOf;
import static io.ottla.coordinator.group.GroupFixture.protocols;
import static io.ottla.coordinator.group.GroupFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests joins of classic groups, and the change from one generation to the next. */
class ClassicJoinTest {
    private final GroupFixture fixture = new GroupFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldTellANewMemberToComeBackWithItsId() {
        final JoinGroupResult result = fixture.done(fixture.join(""));
        assertThat(result.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(result.memberId()).startsWith("client-").hasSize("client-".length() + 36);
        assertThat(result.generation()).isEqualTo(-1);
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldAddAMemberAtOnceWhenItsClientKnowsNoIds() {
        final JoinGroupResult result = fixture.done(fixture.groups.join(oldJoin("")));
        assertThat(result.error()).isEqualTo(ErrorCode.NONE);
        assertThat(result.memberId()).startsWith("client-");
        assertThat(result.leaderId()).isEqualTo(result.memberId());
    }

    private static JoinGroup oldJoin(final String memberId) {
        return JoinGroup.builder(GROUP, memberId)
                .client("client", "/127.0.0.1")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(REBALANCE_MS)
                .protocols("consumer", protocols("range"))
                .build();
    }

    @Test
    void shouldForgetAnIdWhenNobodyComesBackWithIt() {
        final String member = fixture.newMemberId();
        fixture.advance(SESSION_MS + 10);
        assertThat(fixture.done(fixture.join(member)).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldNotWaitForeverForAnIdThatNobodyComesBackWith() {
        final String member = fixture.stableMember();
        fixture.newMemberId();
        final CompletionStage<JoinGroupResult> join = fixture.join(member);
        assertThat(fixture.isWaiting(join)).isTrue();
        fixture.advance(SESSION_MS + 10);
        assertThat(fixture.done(join).generation()).isEqualTo(2);
    }

    @Test
    void shouldLeadAndKnowAllMembersWhenFirst() {
        final String first = fixture.newMemberId();
        final String second = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> firstJoin = fixture.join(first);
        final CompletionStage<JoinGroupResult> secondJoin = fixture.join(second);
        final JoinGroupResult led = fixture.done(firstJoin);
        final JoinGroupResult followed = fixture.done(secondJoin);
        assertThat(led.generation()).isEqualTo(1);
        assertThat(led.protocolType()).isEqualTo("consumer");
        assertThat(led.protocolName()).isEqualTo("range");
        assertThat(led.members()).extracting(JoinGroupResult.Member::memberId).containsExactly(first, second);
        assertThat(led.members().getFirst().metadata()).isEqualTo(subscription("orders"));
        assertThat(followed.leaderId()).isEqualTo(first);
        assertThat(followed.members()).isEmpty();
        assertThat(followed.generation()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWithoutMembersThatDoNotJoinAgain() {
        final String first = fixture.stableMember();
        final String second = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> join = fixture.join(second);
        for (int waitedMs = 0; waitedMs < REBALANCE_MS - 1000; waitedMs += 5000) {
            assertThat(fixture.isWaiting(join)).isTrue();
            fixture.heartbeat(id(first, 1));
            fixture.advance(5000);
        }
        final JoinGroupResult result = fixture.done(join);
        assertThat(result.generation()).isEqualTo(2);
        assertThat(result.leaderId()).isEqualTo(second);
        assertThat(fixture.heartbeat(id(first, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldGoOnAtOnceWhenTheLastMissingMemberExpires() {
        fixture.stableMember();
        final CompletionStage<JoinGroupResult> join = fixture.join(fixture.newMemberId());
        fixture.advance(SESSION_MS + 10);
        assertThat(fixture.done(join).generation()).isEqualTo(2);
    }

    @Test
    void shouldWaitForMoreMembersWhenToldTo() {
        fixture.configure(config -> config.initialRebalanceDelayMs = 3000);
        final CompletionStage<JoinGroupResult> first = fixture.join(fixture.newMemberId());
        fixture.advance(2000);
        final CompletionStage<JoinGroupResult> second = fixture.join(fixture.newMemberId());
        fixture.advance(2000);
        // The second member has extended the wait.
        assertThat(fixture.isWaiting(first)).isTrue();
        fixture.advance(2500);
        assertThat(fixture.done(first).members()).hasSize(2);
        assertThat(fixture.done(second).generation()).isEqualTo(1);
    }

    @Test
    void shouldStopExtendingTheWaitAfterTheRebalanceTimeout() {
        fixture.configure(config -> config.initialRebalanceDelayMs = 3000);
        final CompletionStage<JoinGroupResult> first = fixture.join(fixture.newMemberId());
        int waitedMs = 0;
        while (fixture.isWaiting(first)) {
            fixture.join(fixture.newMemberId());
            fixture.advance(1000);
            waitedMs += 1000;
            assertThat(waitedMs).isLessThan(REBALANCE_MS + 5000);
        }
        assertThat(waitedMs).isGreaterThan(REBALANCE_MS - 5000);
    }

    @Test
    void shouldChooseTheProtocolThatMostMembersLikeBest() {
        final List<String> ids = List.of(fixture.newMemberId(), fixture.newMemberId(), fixture.newMemberId());
        final CompletionStage<JoinGroupResult> first = join(ids.get(0), "range", "roundrobin", "sticky");
        final CompletionStage<JoinGroupResult> second = join(ids.get(1), "sticky", "roundrobin", "range");
        join(ids.get(2), "sticky", "roundrobin");
        assertThat(fixture.done(first).protocolName()).isEqualTo("sticky");
        assertThat(fixture.done(second).protocolName()).isEqualTo("sticky");
    }

    @Test
    void shouldNotChooseAProtocolThatAMemberDoesNotKnow() {
        final List<String> ids = List.of(fixture.newMemberId(), fixture.newMemberId(), fixture.newMemberId());
        final CompletionStage<JoinGroupResult> first = join(ids.get(0), "range", "roundrobin");
        join(ids.get(1), "range", "roundrobin");
        join(ids.get(2), "roundrobin");
        assertThat(fixture.done(first).protocolName()).isEqualTo("roundrobin");
    }

    private CompletionStage<JoinGroupResult> join(final String memberId, final String... protocols) {
        return fixture.join(memberId, null, protocols);
    }

    @Test
    void shouldRefuseAMemberThatSharesNoProtocol() {
        fixture.stableMember();
        assertThat(fixture.done(join("", "sticky")).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(fixture.done(fixture.groups.join(withType("connect"))).error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(fixture.state()).isEqualTo("Stable");
    }

    @Test
    void shouldRefuseAMemberWithoutProtocols() {
        assertThat(fixture.done(fixture.join("", null)).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(fixture.done(fixture.groups.join(withType(""))).error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    private static JoinGroup withType(final String type) {
        return JoinGroup.builder(GROUP, "")
                .client("client", "/h")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(REBALANCE_MS)
                .protocols(type, protocols("range"))
                .memberIdRequired(true)
                .skipAssignmentSupported(true)
                .build();
    }

    @Test
    void shouldSurviveAProtocolThatIsNamedTwice() {
        final CompletionStage<JoinGroupResult> first = join(fixture.newMemberId(), "range", "range");
        assertThat(fixture.done(first).protocolName()).isEqualTo("range");
        final String memberId = first.toCompletableFuture().join().memberId();
        fixture.done(fixture.leave(memberId));
        assertThat(fixture.done(join(fixture.newMemberId(), "sticky")).protocolName())
                .isEqualTo("sticky");
    }

    @Test
    void shouldCheckGroupIdAndSessionTimeout() {
        assertThat(fixture.done(fixture.groups.join(of("", SESSION_MS))).error())
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(fixture.done(fixture.groups.join(of(GROUP, 5999))).error())
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(fixture.done(fixture.groups.join(of(GROUP, 1_800_001))).error())
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(fixture.done(fixture.groups.join(of(GROUP, 6000))).error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
    }

    private static JoinGroup of(final String groupId, final int sessionMs) {
        return JoinGroup.builder(groupId, "")
                .client("client", "/h")
                .sessionTimeoutMs(sessionMs)
                .rebalanceTimeoutMs(REBALANCE_MS)
                .protocols("consumer", protocols("range"))
                .memberIdRequired(true)
                .skipAssignmentSupported(true)
                .build();
    }

    @Test
    void shouldAnswerWithTheSameGenerationWhenAFollowerJoinsAgainUnchanged() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        assertThat(fixture.done(joined).generation()).isEqualTo(1);
        // Both before and after the leader's assignment.
        assertThat(fixture.done(fixture.join(follower)).generation()).isEqualTo(1);
        final JoinGroupResult repeated = fixture.done(fixture.join(leader));
        assertThat(repeated.generation()).isEqualTo(1);
        assertThat(repeated.members()).hasSize(2);
        fixture.done(fixture.sync(id(leader, 1), Map.of()));
        assertThat(fixture.done(fixture.join(follower)).generation()).isEqualTo(1);
        assertThat(fixture.state()).isEqualTo("Stable");
    }

    @Test
    void shouldRebalanceWhenTheLeaderJoinsAgain() {
        final String leader = fixture.stableMember();
        assertThat(fixture.done(fixture.join(leader)).generation()).isEqualTo(2);
        assertThat(fixture.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void shouldRebalanceWhenAFollowerHasNewMetadata() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        fixture.done(fixture.sync(id(leader, 1), Map.of()));
        final CompletionStage<JoinGroupResult> changed = fixture.groups.join(
                joinOf(follower, null, List.of(new JoinGroupProtocol("range", subscription("payments")))));
        assertThat(fixture.isWaiting(changed)).isTrue();
        assertThat(fixture.done(fixture.join(leader)).generation()).isEqualTo(2);
        assertThat(fixture.done(changed).generation()).isEqualTo(2);
    }

    @Test
    void shouldAnswerAnOlderJoinWhenTheSameMemberJoinsOnceMore() {
        fixture.stableMember();
        final String second = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> first = fixture.join(second);
        final CompletionStage<JoinGroupResult> again = fixture.join(second);
        assertThat(fixture.done(first).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.isWaiting(again)).isTrue();
    }

    @Test
    void shouldLetNoMoreMembersInThanAllowed() {
        fixture.configure(config -> config.sizeMax = 2);
        final String first = fixture.newMemberId();
        final String second = fixture.newMemberId();
        final String third = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(first);
        fixture.join(second);
        assertThat(fixture.done(fixture.join(third)).error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(fixture.done(joined).members()).hasSize(2);
        assertThat(fixture.done(fixture.join("")).error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        fixture.done(fixture.sync(id(first, 1), Map.of()));
        assertThat(fixture.done(fixture.join(second)).generation()).isEqualTo(1);
    }

    @Test
    void shouldGiveUpOnNewMembersThatWaitTooLong() {
        final String first = fixture.stableMember();
        final JoinGroup patient = JoinGroup.builder(GROUP, "")
                .client("client", "/h")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(10 * 60_000)
                .protocols("consumer", protocols("range"))
                .build();
        final CompletionStage<JoinGroupResult> join = fixture.groups.join(patient);
        for (int minute = 0; minute < 5; minute++) {
            assertThat(fixture.isWaiting(join)).isTrue();
            for (int i = 0; i < 12; i++) {
                fixture.heartbeat(id(first, 1));
                fixture.advance(5000);
            }
        }
        assertThat(fixture.done(join).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldWaitOnWhenNoMemberJoinsAgain() {
        final JoinGroupResult only = fixture.done(fixture.join("", "instance", "range"));
        fixture.done(fixture.groups.sync(
                new SyncGroup(GroupFixture.staticId(only.memberId(), "instance", 1), null, null, Map.of())));
        final String second = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> join = fixture.join(second);
        fixture.done(fixture.leave(second));
        assertThat(fixture.done(join).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        // The static member neither joins nor sends heartbeats, so its session ends, and the group is empty.
        fixture.advance(REBALANCE_MS + SESSION_MS);
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldGiveFollowersNothingWhenTheLeaderNeverSyncs() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        final CompletionStage<SyncGroupResult> sync = fixture.sync(id(follower, 1), Map.of());
        for (int waitedMs = 0; waitedMs < REBALANCE_MS - 1000; waitedMs += 5000) {
            assertThat(fixture.isWaiting(sync)).isTrue();
            fixture.heartbeat(id(leader, 1));
            fixture.advance(5000);
        }
        assertThat(fixture.done(sync).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        // The leader is removed although it sent heartbeats, and the follower leads the next generation.
        assertThat(fixture.heartbeat(id(leader, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        final JoinGroupResult next = fixture.done(fixture.join(follower));
        assertThat(next.generation()).isEqualTo(2);
        assertThat(next.leaderId()).isEqualTo(follower);
    }

    @Test
    void shouldTellSyncingMembersWhenTheGroupRebalances() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        final CompletionStage<SyncGroupResult> sync = fixture.sync(id(follower, 1), Map.of());
        fixture.join(fixture.newMemberId());
        assertThat(fixture.done(sync).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }
}
