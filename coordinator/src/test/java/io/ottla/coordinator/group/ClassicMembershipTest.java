package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.coordinator.group.GroupFixture.bytes;
import static io.ottla.coordinator.group.GroupFixture.id;
import static io.ottla.coordinator.group.GroupFixture.joinOf;
import static io.ottla.coordinator.group.GroupFixture.protocols;
import static io.ottla.coordinator.group.GroupFixture.staticId;
import static io.ottla.coordinator.group.GroupFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.GroupListing;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests members of classic groups after they joined: fencing, sessions, leaving, static membership, restarts. */
class ClassicMembershipTest {
    private final GroupFixture fixture = new GroupFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void assertFenced(final MemberIdentity member, final ErrorCode error) {
        assertThat(fixture.heartbeat(member)).as("heartbeat of %s", member).isEqualTo(error);
        assertThat(syncError(member)).as("sync of %s", member).isEqualTo(error);
    }

    private ErrorCode syncError(final MemberIdentity member) {
        return fixture.done(fixture.sync(member, Map.of())).error();
    }

    @Test
    void shouldRefuseSyncsForAnotherProtocol() {
        final String member = fixture.stableMember();
        assertThat(fixture.done(fixture.groups.sync(new SyncGroup(id(member, 1), "connect", "range", Map.of())))
                        .error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(fixture.done(fixture.groups.sync(new SyncGroup(id(member, 1), "consumer", "sticky", Map.of())))
                        .error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(fixture.done(fixture.groups.sync(new SyncGroup(id(member, 1), null, null, Map.of())))
                        .error())
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldRefuseSyncsWhileMembersGather() {
        final String member = fixture.stableMember();
        fixture.join(fixture.newMemberId());
        assertThat(syncError(id(member, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldTakeCommitsForSignsOfLife() {
        final String member = fixture.stableMember();
        for (int i = 0; i < 5; i++) {
            fixture.advance(SESSION_MS - 1000);
            assertThat(fixture.commit(id(member, 1), i)).isEqualTo(ErrorCode.NONE);
        }
        assertThat(fixture.state()).isEqualTo("Stable");
    }

    @Test
    void shouldNotTakeAMemberOutWhileItsSyncWaits() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        final CompletionStage<SyncGroupResult> sync = fixture.sync(id(follower, 1), Map.of());
        for (int i = 0; i < 4; i++) {
            fixture.advance(SESSION_MS / 2);
            fixture.heartbeat(id(leader, 1));
        }
        fixture.done(fixture.sync(id(leader, 1), Map.of()));
        assertThat(fixture.done(sync).error()).isEqualTo(ErrorCode.NONE);
        // From now on the member must send heartbeats again.
        fixture.advance(SESSION_MS - 1000);
        assertThat(fixture.heartbeat(id(leader, 1))).isEqualTo(ErrorCode.NONE);
        fixture.advance(1100);
        assertThat(fixture.heartbeat(id(leader, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldRebalanceWhenAMemberLeaves() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        fixture.done(fixture.sync(id(leader, 1), Map.of()));
        assertThat(fixture.done(fixture.leave(leader)).members()).containsExactly(ErrorCode.NONE);
        assertThat(fixture.heartbeat(id(leader, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fixture.heartbeat(id(follower, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final JoinGroupResult next = fixture.done(fixture.join(follower));
        assertThat(next.generation()).isEqualTo(2);
        assertThat(next.leaderId()).isEqualTo(follower);
    }

    @Test
    void shouldBecomeEmptyWhenTheLastMemberLeaves() {
        final String member = fixture.stableMember();
        fixture.done(fixture.leave(member));
        assertThat(fixture.state()).isEqualTo("Empty");
        assertThat(fixture.describe().protocolType()).isEqualTo("consumer");
        // The next member starts a new generation.
        assertThat(fixture.done(fixture.join(fixture.newMemberId())).generation())
                .isEqualTo(3);
    }

    @Test
    void shouldAnswerEachOfManyThatLeave() {
        final JoinGroupResult first = fixture.done(fixture.join("", "a", "range"));
        final String pending = fixture.newMemberId();
        final LeaveGroupResult result = fixture.done(fixture.groups.leave(new LeaveGroup(
                GROUP,
                List.of(
                        new LeaveGroup.Member("", "a", "scaled down"),
                        new LeaveGroup.Member("", "b", null),
                        new LeaveGroup.Member("", null, null),
                        new LeaveGroup.Member("unknown", null, null),
                        new LeaveGroup.Member(pending, null, null),
                        new LeaveGroup.Member(first.memberId(), "a", null)))));
        assertThat(result.error()).isEqualTo(ErrorCode.NONE);
        assertThat(result.members())
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldCheckTheGroupId() {
        final MemberIdentity member = new MemberIdentity("", "member", null, 1);
        assertThat(fixture.heartbeat(member)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(fixture.done(fixture.sync(member, Map.of())).error()).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void shouldAnswerForEachMemberWhenThereIsNoGroup() {
        assertThat(fixture.done(fixture.leave("unknown")).members()).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fixture.done(fixture.groups.leave(new LeaveGroup("", List.of())))
                        .error())
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void shouldFenceALeaverWhoseNameWasTakenOver() {
        final String old = stableStatic("a");
        fixture.done(fixture.join("", "a", "range"));
        final LeaveGroupResult result = fixture.done(
                fixture.groups.leave(new LeaveGroup(GROUP, List.of(new LeaveGroup.Member(old, "a", null)))));
        assertThat(result.members()).containsExactly(ErrorCode.FENCED_INSTANCE_ID);
    }

    /** Creates a stable group of one static member, in generation 1. */
    private String stableStatic(final String instanceId) {
        final JoinGroupResult joined = fixture.done(fixture.join("", instanceId, "range"));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.memberId()).startsWith(instanceId + "-");
        final String member = joined.memberId();
        assertThat(syncError(staticId(member, instanceId, 1), Map.of(member, bytes("all"))))
                .isEqualTo(ErrorCode.NONE);
        return member;
    }

    private ErrorCode syncError(final MemberIdentity member, final Map<String, byte[]> assignments) {
        return fixture.done(fixture.sync(member, assignments)).error();
    }

    @Test
    void shouldReplaceAStaticMemberWithoutARebalance() {
        final String old = stableStatic("a");
        final JoinGroupResult back = fixture.done(fixture.groups.join(JoinGroup.builder(GROUP, "")
                .instanceId("a")
                .client("other-client", "/10.0.0.1")
                .sessionTimeoutMs(7000)
                .rebalanceTimeoutMs(8000)
                .protocols("consumer", protocols("range"))
                .memberIdRequired(true)
                .skipAssignmentSupported(true)
                .build()));
        assertThat(back.error()).isEqualTo(ErrorCode.NONE);
        assertThat(back.memberId()).isNotEqualTo(old).startsWith("a-");
        assertThat(back.generation()).isEqualTo(1);
        assertThat(back.leaderId()).isEqualTo(back.memberId());
        // KIP-814: the leader gets the member list, and must skip the assignment.
        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.members()).hasSize(1);
        assertThat(fixture.state()).isEqualTo("Stable");
        assertFenced(staticId(old, "a", 1), ErrorCode.FENCED_INSTANCE_ID);
        assertThat(fixture.commit(staticId(old, "a", 1), 5)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(fixture.done(fixture.join(old, "a", "range")).error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(fixture.done(fixture.sync(staticId(back.memberId(), "a", 1), Map.of()))
                        .assignment())
                .isEqualTo(bytes("all"));
        final ClassicGroupDescription.Member described =
                fixture.describe().members().getFirst();
        assertThat(described.clientId()).isEqualTo("other-client");
        assertThat(described.clientHost()).isEqualTo("/10.0.0.1");
        assertThat(described.instanceId()).isEqualTo("a");
        // Its timeouts are the new ones.
        fixture.advance(7100);
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldTellAnOldLeaderThatSomebodyElseLeadsWhenItComesBack() {
        final String old = stableStatic("a");
        final JoinGroup join = JoinGroup.builder(GROUP, "")
                .instanceId("a")
                .client("client", "/h")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(SESSION_MS)
                .protocols("consumer", protocols("range"))
                .memberIdRequired(true)
                .build();
        final JoinGroupResult back = fixture.done(fixture.groups.join(join));
        assertThat(back.leaderId()).isEqualTo(old);
        assertThat(back.skipAssignment()).isFalse();
        assertThat(back.members()).isEmpty();
    }

    @Test
    void shouldRebalanceWhenAStaticMemberComesBackWithOtherProtocols() {
        fixture.done(fixture.join("", "a", "range", "sticky"));
        final JoinGroupResult joined = fixture.done(fixture.join("", "a", "range", "sticky"));
        syncError(staticId(joined.memberId(), "a", joined.generation()), Map.of());
        final int generation = joined.generation();
        final JoinGroupResult back = fixture.done(fixture.join("", "a", "sticky"));
        assertThat(back.generation()).isEqualTo(generation + 1);
        assertThat(back.protocolName()).isEqualTo("sticky");
    }

    @Test
    void shouldAnswerTheOldOnesRequestsWhenAStaticMemberIsReplaced() {
        stableStatic("a");
        final CompletionStage<JoinGroupResult> second = fixture.join("", "b", "range");
        final CompletionStage<JoinGroupResult> other = fixture.join("", "b", "range");
        assertThat(fixture.done(second).error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(fixture.isWaiting(other)).isTrue();
    }

    @Test
    void shouldKeepAStaticMemberThatIsAwayForAMoment() {
        final String away = stableStatic("a");
        final String second = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> join = fixture.join(second);
        // The member comes back with a new id within its session, and takes part in the rebalance.
        fixture.advance(SESSION_MS / 2);
        final CompletionStage<JoinGroupResult> back = fixture.join("", "a", "range");
        assertThat(fixture.done(back).generation()).isEqualTo(2);
        assertThat(fixture.done(join).generation()).isEqualTo(2);
        assertThat(fixture.done(back).memberId()).isNotEqualTo(away);
    }

    @Test
    void shouldKnowMembersAndAssignmentsAfterARestart() {
        final String member = fixture.stableMember();
        fixture.restart();
        final ClassicGroupDescription described = fixture.describe();
        assertThat(described.state()).isEqualTo("Stable");
        assertThat(described.protocolName()).isEqualTo("range");
        assertThat(described.members()).hasSize(1);
        assertThat(described.members().getFirst().memberId()).isEqualTo(member);
        assertThat(described.members().getFirst().clientHost()).isEqualTo("/127.0.0.1");
        assertThat(described.members().getFirst().assignment()).isEqualTo(bytes("all"));
        assertThat(described.members().getFirst().metadata()).isEqualTo(subscription("orders"));
        assertThat(fixture.heartbeat(id(member, 1))).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.commit(id(member, 1), 7)).isEqualTo(ErrorCode.NONE);
        // No other generation can act for the member.
        assertThat(fixture.heartbeat(id(member, 0))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void shouldTakeMembersOutThatAreSilentAfterARestart() {
        fixture.stableMember();
        fixture.restart();
        // The group is loaded even without a request, and the session begins then.
        fixture.advance(SESSION_MS + 2000);
        fixture.restart();
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldCountGenerationsOnAfterARestart() {
        final String member = fixture.stableMember();
        fixture.done(fixture.leave(member));
        fixture.restart();
        assertThat(fixture.state()).isEqualTo("Empty");
        assertThat(fixture.done(fixture.join(fixture.newMemberId())).generation())
                .isEqualTo(3);
    }

    @Test
    void shouldKnowAReplacedStaticMemberAfterARestart() {
        final String old = stableStatic("a");
        final JoinGroupResult back = fixture.done(fixture.join("", "a", "range"));
        fixture.restart();
        assertThat(fixture.heartbeat(staticId(back.memberId(), "a", 1))).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.heartbeat(staticId(old, "a", 1))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void shouldTellMembersThatWaitWhenTheCoordinatorEnds() {
        fixture.stableMember();
        final CompletionStage<JoinGroupResult> join = fixture.join(fixture.newMemberId());
        assertThat(fixture.isWaiting(join)).isTrue();
        fixture.close();
        assertThat(fixture.done(join).error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void shouldRebalanceAGroupThatIsTooLargeAfterARestart() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        fixture.done(fixture.sync(id(leader, 1), Map.of()));
        fixture.configure(config -> config.sizeMax = 1);
        assertThat(fixture.heartbeat(id(leader, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final CompletionStage<JoinGroupResult> again = fixture.join(follower);
        assertThat(fixture.done(fixture.join(leader)).error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(fixture.done(again).generation()).isEqualTo(2);
    }

    private List<GroupListing> list(final Set<String> states, final Set<String> types) {
        return fixture.done(fixture.groups.list(states, types));
    }

    @Test
    void shouldDescribeGroups() {
        fixture.done(fixture.groups.join(joinOf("", null, List.of(new JoinGroupProtocol("range", bytes("odd"))))));
        final List<ClassicGroupDescription> described = fixture.done(fixture.groups.describe(List.of(GROUP, "none")));
        assertThat(described.get(0).state()).isEqualTo("Empty");
        assertThat(described.get(1).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(described.get(1).state()).isEqualTo("Dead");
        assertThat(described.get(1).message()).isEqualTo("Group none not found.");
    }
}
