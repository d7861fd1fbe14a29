package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.coordinator.group.GroupFixture.bytes;
import static io.ottla.coordinator.group.GroupFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.coordinator.runtime.MachineTimers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that the records of a request change a classic group only when they are committed. */
class ClassicWriteTest {
    private final GroupFixture fixture = new GroupFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void assertFailed(final CompletionStage<?> stage, final ErrorCode error) {
        fixture.step();
        assertThat(stage.toCompletableFuture())
                .failsWithin(0, java.util.concurrent.TimeUnit.SECONDS)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        cause -> assertThat(cause.error()).isEqualTo(error));
    }

    @Test
    void shouldKeepTheLastMemberWhenItsLeaveIsNotWritten() {
        final String member = fixture.stableMember();
        fixture.setFull(true);
        assertFailed(fixture.leave(member), ErrorCode.NOT_COORDINATOR);
        assertThat(fixture.state()).isEqualTo("Stable");
        assertThat(fixture.heartbeat(id(member, 1))).isEqualTo(ErrorCode.NONE);
        fixture.setFull(false);
        assertThat(fixture.done(fixture.leave(member)).members()).containsExactly(ErrorCode.NONE);
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldKeepWhoIsToComeBackWhenTheLeaveIsNotWritten() {
        final String member = fixture.stableMember();
        final String pending = fixture.newMemberId();
        final LeaveGroup both = new LeaveGroup(
                GROUP, List.of(new LeaveGroup.Member(member, null, null), new LeaveGroup.Member(pending, null, null)));
        fixture.setFull(true);
        assertFailed(fixture.groups.leave(both), ErrorCode.NOT_COORDINATOR);
        fixture.setFull(false);
        assertThat(fixture.done(fixture.groups.leave(both)).members()).containsExactly(ErrorCode.NONE, ErrorCode.NONE);
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldShowTheLastMemberUntilItsLeaveIsCommitted() {
        final String member = fixture.stableMember();
        fixture.setLagging(true);
        final CompletionStage<LeaveGroupResult> leave = fixture.leave(member);
        assertThat(fixture.isWaiting(leave)).isTrue();
        assertThat(fixture.state()).isEqualTo("Stable");
        assertThat(fixture.describe().members()).hasSize(1);
        fixture.commitAll();
        assertThat(fixture.done(leave).members()).containsExactly(ErrorCode.NONE);
        assertThat(fixture.state()).isEqualTo("Empty");
    }

    @Test
    void shouldTakeASilentMemberOutWhenItsEndCanBeWritten() {
        final String member = fixture.stableMember();
        fixture.setFull(true);
        fixture.advance(SESSION_MS + 10);
        assertThat(fixture.state()).isEqualTo("Stable");
        fixture.setFull(false);
        fixture.advance(MachineTimers.RETRY_MS + 10);
        assertThat(fixture.state()).isEqualTo("Empty");
        assertThat(fixture.heartbeat(id(member, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldKeepASilentMemberThatIsHeardOfBeforeItsEndCanBeWritten() {
        final String member = fixture.stableMember();
        fixture.setFull(true);
        fixture.advance(SESSION_MS + 10);
        assertThat(fixture.heartbeat(id(member, 1))).isEqualTo(ErrorCode.NONE);
        fixture.setFull(false);
        fixture.advance(MachineTimers.RETRY_MS + 10);
        assertThat(fixture.state()).isEqualTo("Stable");
    }

    @Test
    void shouldGatherAgainWhenAnAssignmentIsRejected() {
        final String leader = fixture.newMemberId();
        final String follower = fixture.newMemberId();
        final CompletionStage<JoinGroupResult> joined = fixture.join(leader);
        fixture.join(follower);
        fixture.done(joined);
        fixture.setLagging(true);
        final CompletionStage<SyncGroupResult> waits = fixture.sync(id(follower, 1), Map.of());
        final CompletionStage<SyncGroupResult> leads =
                fixture.sync(id(leader, 1), Map.of(leader, bytes("a"), follower, bytes("b")));
        assertThat(fixture.isWaiting(leads)).isTrue();
        // The deadlines of both pass while the write is pending.
        fixture.advance(SESSION_MS + 10);
        assertThat(fixture.state()).isEqualTo("CompletingRebalance");
        fixture.reject();
        assertFailed(leads, ErrorCode.NOT_COORDINATOR);
        assertThat(fixture.done(waits).error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        fixture.setLagging(false);
        assertThat(fixture.heartbeat(id(leader, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.heartbeat(id(follower, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final CompletionStage<JoinGroupResult> again = fixture.join(leader);
        assertThat(fixture.done(fixture.join(follower)).generation()).isEqualTo(2);
        assertThat(fixture.done(again).members()).hasSize(2);
    }
}
