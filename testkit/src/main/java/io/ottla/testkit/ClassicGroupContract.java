package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Tests classic groups: members join, sync, send heartbeats and leave. */
abstract class ClassicGroupContract extends GroupFixture {
    @Test
    void shouldLeadAGroupFromJoinToLeave() {
        final String memberId = newMemberId();
        final JoinGroupResult joined = done(join(memberId, "range"));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.generation()).isEqualTo(1);
        assertThat(joined.protocolType()).isEqualTo("test");
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.memberId()).isEqualTo(memberId);
        assertThat(joined.leaderId()).isEqualTo(memberId);
        assertThat(joined.members()).singleElement().satisfies(member -> {
            assertThat(member.memberId()).isEqualTo(memberId);
            assertThat(member.metadata()).isEqualTo(bytes("range of " + memberId));
        });
        final var synced = done(sync(member(memberId, 1), Map.of(memberId, bytes("all"))));
        assertThat(synced.error()).isEqualTo(ErrorCode.NONE);
        assertThat(synced.assignment()).isEqualTo(bytes("all"));
        assertThat(heartbeat(member(memberId, 1))).isEqualTo(ErrorCode.NONE);
        assertThat(state()).isEqualTo("Stable");

        final LeaveGroupResult left = done(groups.leave(new LeaveGroup(
                GROUP,
                List.of(
                        new LeaveGroup.Member("other", null, null),
                        new LeaveGroup.Member(memberId, null, "closing")))));
        assertThat(left.error()).isEqualTo(ErrorCode.NONE);
        assertThat(left.members()).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.NONE);
        assertThat(heartbeat(member(memberId, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void shouldLetJoinsAndSyncsWaitForTheOthers() {
        final String first = stableMember();
        final String second = newMemberId();
        final CompletionStage<JoinGroupResult> secondJoin = join(second, "sticky", "range");
        assertWaits(secondJoin);
        assertThat(heartbeat(member(first, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final CompletionStage<JoinGroupResult> firstJoin = join(first, "range");
        final JoinGroupResult led = done(firstJoin);
        final JoinGroupResult followed = done(secondJoin);
        assertThat(List.of(led.generation(), followed.generation())).containsExactly(2, 2);
        assertThat(List.of(led.leaderId(), followed.leaderId())).containsExactly(first, first);
        assertThat(List.of(led.protocolName(), followed.protocolName())).containsExactly("range", "range");
        assertThat(led.members()).extracting(JoinGroupResult.Member::memberId).containsExactlyInAnyOrder(first, second);
        assertThat(followed.members()).isEmpty();

        final var followerSync = sync(member(second, 2), Map.of());
        assertWaits(followerSync);
        final var leaderSync = sync(member(first, 2), Map.of(first, bytes("one"), second, bytes("two")));
        assertThat(done(leaderSync).assignment()).isEqualTo(bytes("one"));
        assertThat(done(followerSync).assignment()).isEqualTo(bytes("two"));
        assertThat(done(sync(member(second, 2), Map.of())).assignment())
                .as("asked again")
                .isEqualTo(bytes("two"));
        final ClassicGroupDescription description =
                done(groups.describe(List.of(GROUP))).getFirst();
        assertThat(description.protocolName()).isEqualTo("range");
        assertThat(description.members())
                .extracting(ClassicGroupDescription.Member::memberId)
                .containsExactlyInAnyOrder(first, second);
    }

    @Test
    void shouldFenceMembersThatAreNotOfThisGeneration() {
        assertThat(done(join("other", "range")).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertFenced(member("other", 1), ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(state()).isEqualTo("Dead");
        final String member = stableMember();
        assertThat(done(join("other", "range")).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertFenced(member("", 1), ErrorCode.UNKNOWN_MEMBER_ID);
        assertFenced(member("other", 1), ErrorCode.UNKNOWN_MEMBER_ID);
        assertFenced(member(member, -1), ErrorCode.ILLEGAL_GENERATION);
        assertFenced(member(member, 0), ErrorCode.ILLEGAL_GENERATION);
        assertFenced(member(member, 2), ErrorCode.ILLEGAL_GENERATION);
        assertFenced(new MemberIdentity(GROUP, member, "instance", 1), ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(done(commit(NO_MEMBER, offset("orders", 0, 1)))).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(committed("orders", 0)).isEqualTo(-1);
        assertFenced(member(member, 1), ErrorCode.NONE);
        assertThat(committed("orders", 0)).isEqualTo(1);
    }

    private void assertFenced(final MemberIdentity member, final ErrorCode error) {
        assertFenced(member, error, error);
    }

    private void assertFenced(final MemberIdentity member, final ErrorCode error, final ErrorCode commitError) {
        assertThat(heartbeat(member)).as("heartbeat of %s", member).isEqualTo(error);
        assertThat(done(sync(member, Map.of())).error())
                .as("sync of %s", member)
                .isEqualTo(error);
        assertThat(done(commit(member, offset("orders", 0, 1))))
                .as("commit of %s", member)
                .containsExactly(commitError);
    }

    @Test
    void shouldTakeMembersOutThatAreSilent() {
        final String member = stableMember();
        for (int i = 0; i < 3; i++) {
            advanceMs(SESSION_MS / 2);
            assertThat(heartbeat(member(member, 1))).isEqualTo(ErrorCode.NONE);
        }
        advanceMs(SESSION_MS + 100);
        assertThat(heartbeat(member(member, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(state()).isEqualTo("Empty");
    }
}
